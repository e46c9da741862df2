"""A supervisor proposes, a head decides, the hospital gets the letter, and what was done is registered."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import account, browser, by, organisation
from yijian.web.agreements import actions
from yijian.web.agreements.kinds import Given, kinds
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.agreements.queries import measure_for, measures_for
from yijian.web.agreements.steps import STEPS
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock
from yijian.web.institutions.models import Institution
from yijian.web.institutions.queries import institution
from yijian.web.leads import actions as leads
from yijian.web.papers.models import Paper
from yijian.web.papers.queries import papers_of

AREA = "999901"
LATER = timezone.localdate() + timedelta(days=30)
WHY = "多次将不属于医保支付范围的项目纳入结算"


@pytest.fixture
def people(loaded):
    """Keeper, head and officer of the county where the first hospital lies."""
    place = organisation("YBA", "东城区医保局", "authority", AREA)
    made = {role: account(f"{role}-a", "某人", role, place) for role in ("supervisor", "head", "case_officer")}
    return made | {"other": account("head-b", "某人", "head", place)}


def said(kind="rectification", **more):
    known = {"due": LATER} if kind in ("interview", "rectification", "terminate_agreement") else {}
    return Given(kind, institution("H1"), WHY, "第二十八条第（三）项", **(known | more))


@pytest.fixture
def proposed(people):
    return actions.propose(AREA, said(), **by(people["supervisor"]))


@pytest.fixture
def ordered(proposed, people):
    return actions.decide(proposed.pk, **by(people["head"]))


def text_of(about):
    return " ".join(" ".join(paper.said["paragraphs"]) for paper in papers_of(about))


def test_proposed_decided_carried_out(ordered, people, clerk):
    about = f"agreements.agreementmeasure:{ordered.pk}"
    assert ordered.number.startswith("医保协字〔")
    assert "完成整改" in text_of(about)
    assert WHY in text_of(about)
    clock = Clock.objects.get(about=about, ended="")
    assert (clock.due, clock.right) == (LATER, "keep_agreements")
    page = browser(clerk).get(f"/agreements/{ordered.pk}/")
    assert WHY in page.content.decode()
    done = actions.finish(ordered.pk, reason="已提交整改报告", **by(people["supervisor"]))
    assert done.state == "done"
    assert not Clock.objects.filter(about=about, ended="").exists()
    assert [one.step for one in done.changes.order_by("pk")] == ["propose", "decide", "finish"]
    assert LogEntry.objects.filter(kind="协议处理", area=AREA).count() == 3


def test_who_proposes_does_not_decide_and_another_office_does_neither(people, proposed):
    both = people["head"]
    AgreementMeasure.objects.filter(pk=proposed.pk).update(by=both)
    with pytest.raises(ValidationError, match="不同的人"):
        actions.decide(proposed.pk, **by(both))
    west = account("west", "某人", "head", organisation("YBB", "西城区医保局", "authority", "999902"))
    with pytest.raises(Http404):
        actions.decide(proposed.pk, **by(west))
    with pytest.raises(PermissionDenied):
        actions.decide(proposed.pk, **by(people["case_officer"]))
    with pytest.raises(PermissionDenied):
        actions.propose("999902", said(), **by(people["supervisor"]))


def test_the_hospital_sees_what_was_decided_about_itself_alone(proposed, people, clerk, other_clerk):
    assert not measures_for(clerk).exists()
    actions.decide(proposed.pk, **by(people["head"]))
    assert measures_for(clerk).count() == 1
    assert not measures_for(other_clerk).exists()
    assert browser(other_clerk).get(f"/agreements/{proposed.pk}/").status_code == 404
    page = browser(clerk).get(f"/agreements/{proposed.pk}/").content.decode()
    assert "经过" not in page


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"kind": "flogging"}, "请选择处理措施"),
        ({"institution": Institution(pk="X9", name="外地医院", area="110101")}, "不在本单位的统筹地区"),
        ({"reason": "短"}, "违约事实"),
        ({"clause": " "}, "协议条款"),
        ({"due": None}, "须写明日期"),
        ({"due": date(2020, 1, 1)}, "已经过去"),
        ({"kind": "damages"}, "须写明金额"),
        ({"kind": "suspend_department", "target": "骨科"}, "须写明起止日期"),
        ({"kind": "suspend_person", "target": "张三", "begin": LATER, "end": LATER}, "不要写姓名"),
        ({"kind": "points", "target": "D110000000001", "points": 13}, "1 到 12"),
        ({"kind": "suspend_agreement", "begin": LATER, "end": LATER - timedelta(days=1)}, "前后颠倒"),
        ({"kind": "suspend_agreement", "begin": LATER, "end": LATER + timedelta(days=180)}, "最长 180 天"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(people, more, told):
    with pytest.raises(ValidationError, match=told):
        actions.propose(AREA, replace(said(), **more), **by(people["supervisor"]))
    assert not AgreementMeasure.objects.exists()


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_its_letter(people, kind):
    all_there = {"amount": Decimal("5000.00"), "due": LATER, "target": "D110000000001", "begin": LATER, "end": LATER, "points": 3}
    made = actions.propose(AREA, said(kind, **all_there), **by(people["supervisor"]))
    actions.decide(made.pk, **by(people["head"]))
    letter = text_of(f"agreements.agreementmeasure:{made.pk}")
    assert kinds()[kind].title in letter
    assert "{" not in letter
    assert "None" not in letter


def test_a_suspension_runs_its_time_or_is_lifted_by_a_head(people):
    made = actions.propose(
        AREA, said("suspend_agreement", begin=LATER, end=LATER + timedelta(days=20)), **by(people["supervisor"])
    )
    actions.decide(made.pk, **by(people["head"]))
    with pytest.raises(ValidationError, match="期满"):
        actions.finish(made.pk, reason="恢复协议", **by(people["supervisor"]))
    assert measure_for(people["head"], made.pk).state == "decided"
    actions.lift(made.pk, reason="整改到位，提前恢复", **by(people["head"]))
    assert {paper.kind for paper in Paper.objects.filter(about=f"agreements.agreementmeasure:{made.pk}")} == {
        "agreement_measure",
        "agreement_lifting",
    }
    later = actions.propose(AREA, said("suspend_agreement", begin=LATER, end=LATER), **by(people["supervisor"]))
    actions.decide(later.pk, **by(people["head"]))
    assert (
        actions.finish(later.pk, reason="期满恢复", **by(people["supervisor"], timezone.now() + timedelta(days=31))).state
        == "done"
    )


def test_a_lead_that_ended_so_waits_for_its_measure(people):
    lead = leads.register(
        leads.Given("media", "串换药品", "媒体报道某院串换药品", "institution", timezone.localdate(), institution("H1")),
        AREA, **by(people["supervisor"]),
    )  # fmt: skip
    leads.assign(lead.pk, people["case_officer"].username, **by(people["supervisor"]))
    leads.report(lead.pk, "agreement", None, reason="违反服务协议，不构成处罚", **by(people["case_officer"]))
    leads.confirm(lead.pk, **by(people["head"]))
    about = f"leads.lead:{lead.pk}"
    assert Clock.objects.filter(about=f"agreements.due:{about}", ended="").exists()
    client = browser(people["supervisor"])
    assert lead.number in client.get("/agreements/").content.decode()
    assert f"/agreements/new/?about={about}" in client.get(f"/leads/{lead.pk}/").content.decode()
    form = client.get(f"/agreements/new/?about={about}").content.decode()
    assert "违反服务协议，不构成处罚" in form
    sent = {"about": about, "kind": "interview", "reason": WHY, "clause": "第十条", "due": LATER.isoformat(), "institution": "H2"}
    made = client.post("/agreements/propose/", sent)
    one = AgreementMeasure.objects.get()
    assert made["Location"] == f"/agreements/{one.pk}/"
    assert (one.institution_id, one.area) == ("H1", AREA)  # what the lead says counts
    assert not Clock.objects.filter(about=f"agreements.due:{about}", ended="").exists()
    assert lead.number not in client.get("/agreements/").content.decode()


def test_what_waited_past_its_day_is_proposed_anew(people, proposed):
    with pytest.raises(ValidationError, match="已经过去"):
        actions.decide(proposed.pk, **by(people["head"], timezone.now() + timedelta(days=31)))
    proposed.refresh_from_db()
    assert (proposed.state, proposed.number) == ("proposed", "")


def test_a_form_with_a_mistake_keeps_what_was_written(people):
    client = browser(people["supervisor"])
    sent = {"area": AREA, "kind": "damages", "institution": "H1", "reason": WHY, "clause": "第十条", "amount": "1e30"}
    answer = client.post("/agreements/propose/", sent)
    assert answer.status_code == 400
    assert "太大" in answer.content.decode()
    assert WHY in answer.content.decode()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.tuples(st.sampled_from([*STEPS]), st.sampled_from(["supervisor", "head", "other"])), max_size=6))
def test_no_path_skips_the_decision(people, words):
    made = actions.propose(
        AREA, said("suspend_agreement", begin=LATER, end=LATER + timedelta(days=60)), **by(people["supervisor"])
    )
    doing = {"decide": actions.decide, "drop": actions.drop, "finish": actions.finish, "lift": actions.lift}
    for n, (word, who) in enumerate(words):
        reason = {} if word == "decide" else {"reason": "写明理由"}
        try:
            doing[word](made.pk, **reason, **by(people[who], timezone.now() + timedelta(days=40 + 10 * n)))
        except (ValidationError, PermissionDenied):
            continue
    made.refresh_from_db()
    taken = [one.new for one in made.changes.order_by("pk")]
    assert taken[0] == "proposed"
    for old, new in itertools.pairwise(taken):
        assert any(old in step.frm and new == step.to for step in STEPS.values())
    assert ("done" in taken or "lifted" in taken) <= ("decided" in taken)
    assert bool(made.number) == ("decided" in taken)
