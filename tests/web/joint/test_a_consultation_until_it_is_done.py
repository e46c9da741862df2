"""A consultation: called about a case, lead or transfer, minuted with each opinion, confirmed by each, done task by task."""

import contextlib
import itertools
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from tests.web.conftest import account, browser, by, organisation
from tests.web.joint.conftest import CITY, handed_over, note
from yijian.web.attachments.doors import may_see
from yijian.web.clocks.models import Clock, Notice
from yijian.web.institutions.queries import institution
from yijian.web.joint import consulting, meetings
from yijian.web.joint.meetings import Call, Minutes
from yijian.web.joint.models import Consultation, ConsultationChange, Task
from yijian.web.joint.steps import MEETING_STEPS
from yijian.web.leads import actions as leads
from yijian.web.papers.models import Paper

BUREAU, HEALTH = "示例市医疗保障局", "示例市卫生健康委员会"


@pytest.fixture
def lead(cast):
    given = leads.Given("media", "重复收费", "媒体报道某院重复收费", "institution", timezone.localdate(), institution("H1"))
    return leads.register(given, CITY, **by(cast["keeper"]))


def said(number, **more):
    fields = {
        "title": "重复收费案处理路径", "agenda": "研究行政处罚与行政处分如何同步", "place": "医保局三楼",
        "day": timezone.localdate(), "partners": ["WJ"],
    }  # fmt: skip
    return Call(number, **{**fields, **more})


def due(days=20):
    return timezone.localdate() + timedelta(days=days)


def talked(**more):
    fields = {
        "minutes": "介绍案情，讨论处理路径", "conclusion": "医保部门处罚，卫健部门同步处分", "ours": "建议同步处理",
        "opinions": {"WJ": "同意同步处分"}, "tasks": f"补充鉴定 | {BUREAU} | {due()}\n调取执业信息 | {HEALTH} | {due(10)}",
    }  # fmt: skip
    return Minutes(**{**fields, **more})


@pytest.fixture
def called(cast, lead):
    return meetings.call(said(lead.number), **by(cast["keeper"]))


@pytest.fixture
def confirmed(called, cast):
    meetings.minute(called.pk, talked(), **by(cast["keeper"]))
    return meetings.confirm(called.pk, **by(cast["health"]))


def running(about):
    return set(Clock.objects.filter(about=about, ended="").values_list("kind", flat=True))


def test_from_the_call_to_the_last_task(called, cast, lead):
    assert (called.about, called.matter, called.area) == (f"leads.lead:{lead.pk}", lead.number, CITY)
    assert running(f"joint.meeting:{called.pk}") == {"consultation"}
    assert Notice.objects.filter(to=cast["health"], text__contains="专案会商").exists()
    minuted = meetings.minute(called.pk, talked(), **by(cast["keeper"]))
    assert minuted.number == f"医保会商〔{timezone.localdate().year}〕{CITY}-1号"
    paper = Paper.objects.get(kind="consultation_minutes")
    assert paper.said["tables"][0]["rows"] == [[BUREAU, "建议同步处理"], [HEALTH, "同意同步处分"]]
    assert len(paper.said["tables"][1]["rows"]) == 2 and running(f"joint.meeting:{called.pk}") == {"joint_answer"}
    assert meetings.confirm(called.pk, **by(cast["health"])).state == "confirmed"
    ours, theirs = Task.objects.order_by("pk")
    assert Clock.objects.get(about=f"joint.task:{theirs.pk}", ended="").due == due(10)
    with pytest.raises(ValidationError, match="还有 2 项"):
        meetings.close(called.pk, **by(cast["keeper"]))
    with pytest.raises(ValidationError, match=f"由{BUREAU}落实"):
        meetings.do(ours.pk, reason="我们替他做", **by(cast["health"]))
    meetings.do(theirs.pk, reason="已调取执业信息", **by(cast["health"]))
    meetings.do(ours.pk, reason="鉴定意见已收到", **by(cast["keeper"]))
    assert not running(f"joint.task:{ours.pk}") and not running(f"joint.task:{theirs.pk}")
    assert meetings.close(called.pk, **by(cast["keeper"])).state == "closed"


def test_a_correction_opens_the_minutes_again(called, cast):
    meetings.minute(called.pk, talked(), **by(cast["keeper"]))
    meetings.amend(called.pk, reason="我委的意见是先核实", **by(cast["health"]))
    assert running(f"joint.meeting:{called.pk}") == {"consultation"}
    meetings.minute(called.pk, talked(opinions={"WJ": "先核实再处分"}, tasks=""), **by(cast["keeper"]))
    assert Paper.objects.filter(kind="consultation_minutes").count() == 2 and not Task.objects.exists()
    confirmed = meetings.confirm(called.pk, **by(cast["health"]))
    assert meetings.close(confirmed.pk, **by(cast["keeper"])).state == "closed"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"conclusion": ""}, "会商结论"), ({"opinions": {}}, HEALTH), ({"minutes": ""}, "须写明理由"),
        ({"tasks": "补充鉴定"}, "应写成"), ({"tasks": f"补充鉴定 | 某公司 | {due()}"}, "某公司"),
        ({"tasks": f"补充鉴定 | {BUREAU} | 年底"}, "日期"), ({"tasks": f"补充鉴定 | {BUREAU} | 2020-01-01"}, "早于"),
    ],
)  # fmt: skip
def test_minutes_that_cannot_be_are_refused_whole(called, cast, wrong, words):
    with pytest.raises(ValidationError, match=words):
        meetings.minute(called.pk, talked(**wrong), **by(cast["keeper"]))
    called.refresh_from_db()
    assert (called.state, called.number) == ("called", "") and not Task.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"title": ""}, "议题"), ({"partners": []}, "协作部门"), ({"day": timezone.localdate() - timedelta(days=9)}, "已经过去")],
)
def test_calls_that_cannot_be_are_refused(cast, lead, wrong, words):
    with pytest.raises(ValidationError, match=words):
        meetings.call(said(lead.number, **wrong), **by(cast["keeper"]))
    assert not Consultation.objects.exists()


def test_it_is_about_something_that_there_is_and_that_is_ours(cast, lead):
    with pytest.raises(ValidationError, match="没有编号是"):
        meetings.call(said("线索〔2026〕999900-999号"), **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="没有编号是"):
        meetings.call(said(lead.number), **by(cast["county"]))
    with pytest.raises(PermissionDenied):
        meetings.call(said(lead.number), **by(cast["head"]))
    (one,) = handed_over(cast, 1)
    type(one).objects.filter(pk=one.pk).update(number="卫监移〔2026〕3号")
    made = meetings.call(said("卫监移〔2026〕3号"), **by(cast["keeper"]))
    assert f"joint/meetings/{made.pk}/" in browser(cast["keeper"]).get(f"/transfers/{one.pk}/").content.decode()


def test_minutes_wait_for_the_day(cast, lead):
    made = meetings.call(said(lead.number, day=due(3)), **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="还没有到"):
        meetings.minute(made.pk, talked(), **by(cast["keeper"]))
    meetings.drop(made.pk, reason="对方有其他安排", **by(cast["keeper"]))
    assert not running(f"joint.meeting:{made.pk}")


def test_who_has_no_account_confirms_on_paper(cast, lead):
    made = meetings.call(said(lead.number, partners=["WJ", "GA"]), **by(cast["keeper"]))
    meetings.minute(made.pk, talked(opinions={"WJ": "同意", "GA": "无意见"}), **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="在系统中办理"):
        meetings.confirm(made.pk, "WJ", files=[note()], **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="须上传对方的复函"):
        meetings.confirm(made.pk, "GA", **by(cast["keeper"]))
    meetings.confirm(made.pk, "GA", files=[note()], **by(cast["keeper"]))
    assert meetings.confirm(made.pk, **by(cast["health"])).state == "confirmed"


def test_others_see_nothing_and_participants_see_no_case(confirmed, cast, lead):
    audit = account("j-audit", "审计", "partner", organisation("SJ", "示例市审计局", "partner", CITY))
    for somebody in (audit, cast["county"]):
        assert browser(somebody).get(f"/joint/meetings/{confirmed.pk}/").status_code == 404
        assert not may_see(somebody, f"joint.meeting:{confirmed.pk}")
    with pytest.raises(Http404):
        meetings.confirm(confirmed.pk, **by(audit))
    page = browser(cast["health"])
    assert "同意同步处分" in page.get(f"/joint/meetings/{confirmed.pk}/").content.decode()
    assert page.get(f"/leads/{lead.pk}/").status_code == 403
    assert may_see(cast["health"], f"joint.meeting:{confirmed.pk}")


def test_the_pages(cast, lead):
    page = browser(cast["keeper"])
    assert lead.number in page.get("/joint/meetings/new/", {"number": lead.number}).content.decode()
    sent = {
        "number": lead.number,
        "title": "会商",
        "agenda": "研究如何同步处理此案",
        "day": str(due(0)),
        "place": "三楼",
        "partners": ["WJ"],
    }
    again = page.post("/joint/meetings/call/", {**sent, "agenda": "短"})
    assert again.status_code == 400 and 'value="WJ" checked' in again.content.decode()
    page.post("/joint/meetings/call/", sent)
    made = Consultation.objects.get()
    assert "专案会商" in page.get(f"/leads/{lead.pk}/").content.decode()
    said_now = {"minutes": "讨论了案情", "conclusion": "同步处理", "ours": "同步处理", "opinion-WJ": "同意处理", "tasks": "鉴定"}
    again = page.post(f"/joint/meetings/{made.pk}/minute/", said_now)
    assert again.status_code == 400 and "讨论了案情" in again.content.decode()
    page.post(f"/joint/meetings/{made.pk}/minute/", {**said_now, "tasks": f"鉴定 | {BUREAU} | {due()}"})
    assert "提出更正" in browser(cast["health"]).get(f"/joint/meetings/{made.pk}/").content.decode()
    browser(cast["health"]).post(f"/joint/meetings/{made.pk}/confirm/")
    assert "还有" in page.get(f"/joint/meetings/{made.pk}/").content.decode()
    page.post(f"/joint/tasks/{Task.objects.get().pk}/done/", {"reason": "鉴定意见已收到"})
    page.post(f"/joint/meetings/{made.pk}/close/")
    made.refresh_from_db()
    assert made.state == "closed" and page.get("/export/consultations.xlsx").status_code == 200


@for_any(
    path=st.lists(st.tuples(st.sampled_from(list(MEETING_STEPS)), st.sampled_from(["keeper", "head", "health"])), max_size=12)
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_any_path_nothing_is_done_that_was_not_confirmed(cast, lead, path):
    made = meetings.call(said(lead.number), **by(cast["keeper"]))
    more = {"minute": {"given": talked()}, "amend": {"reason": "写明的理由"}, "drop": {"reason": "写明的理由"}}
    for word, person in path:
        with contextlib.suppress(ValidationError, PermissionDenied, Http404):
            getattr(meetings, word)(made.pk, **more.get(word, {}), **by(cast[person]))
        for task in Task.objects.filter(meeting=made):
            with contextlib.suppress(ValidationError):
                meetings.do(task.pk, reason="已经完成", **by(cast["keeper"]))
        made.refresh_from_db()
        changes = list(ConsultationChange.objects.filter(record=made).order_by("pk"))
        assert all(before.new == after.old for before, after in itertools.pairwise(changes))
        assert {c.by_id for c in changes if c.step == "confirm"} <= {cast["health"].pk}
        expected = {"called": {"consultation"}, "minuted": {"joint_answer"}}
        assert running(f"joint.meeting:{made.pk}") == expected.get(made.state, set())
        done = Task.objects.filter(meeting=made).exclude(done=None).exists()
        assert not done or made.state in ("confirmed", "closed")
    assert consulting.meeting_for(cast["keeper"], made.pk) == made
