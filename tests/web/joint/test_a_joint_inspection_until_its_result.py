"""A joint inspection: drafted, approved by another, agreed by each partner, held with leads; the yearly clock."""

import contextlib
import itertools
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import given as for_any
from hypothesis import strategies as st

from tests.web.conftest import account, browser, by, organisation
from tests.web.joint.conftest import CITY, COUNTY, note
from yijian.web.attachments.doors import may_see
from yijian.web.clocks.models import Clock, Notice
from yijian.web.institutions import queries as known
from yijian.web.joint import planning, plans
from yijian.web.joint.models import JointPlan, PlanChange, Visit, YearlyDuty
from yijian.web.joint.plan_views import MORE
from yijian.web.joint.plans import Plan
from yijian.web.joint.steps import PLAN_STEPS
from yijian.web.joint.tending import tend
from yijian.web.leads.models import Lead
from yijian.web.papers.models import Paper

FOUND = "抽查病历 30 份，发现重复收费 4 例"


def said(**more):
    today = timezone.localdate()
    fields = {
        "title": "血液透析联合检查", "focus": "透析次数与收费次数是否一致", "work": "医保查结算，卫健查诊疗，各派两人",
        "begin": today - timedelta(days=3), "end": today + timedelta(days=10), "partners": ["WJ"], "institutions": ["H1", "H2"],
    }  # fmt: skip
    return Plan(**{**fields, **more})


@pytest.fixture
def drafted(cast):
    return plans.draft(CITY, said(), **by(cast["keeper"]))


@pytest.fixture
def agreed(drafted, cast):
    plans.approve(drafted.pk, version(drafted), **by(cast["head"]))
    return plans.agree(drafted.pk, version(drafted), **by(cast["health"]))


def version(plan):
    """The one that somebody reads who has just opened the page."""
    return JointPlan.objects.get(pk=plan.pk).version


def visits(plan):
    return list(Visit.objects.filter(plan=plan).order_by("pk"))


def running(about):
    return set(Clock.objects.filter(about=about, ended="").values_list("kind", flat=True))


def test_from_draft_to_result_with_a_lead(drafted, cast):
    today = timezone.localdate()
    assert not planning.plans_for(cast["health"]).exists()
    circulated = plans.approve(drafted.pk, version(drafted), **by(cast["head"]))
    assert circulated.number == f"医保联检〔{today.year}〕{CITY}-1号" and running(f"joint.plan:{drafted.pk}") == {"joint_answer"}
    assert Notice.objects.filter(to=cast["health"], text__contains="请会签").exists()
    assert plans.agree(drafted.pk, version(drafted), reason="同意，派两名专家", **by(cast["health"])).state == "agreed"
    assert not running(f"joint.plan:{drafted.pk}")
    first, second = visits(drafted)
    lead = plans.visit(first.pk, today, FOUND, lead="透析多计次数", **by(cast["keeper"]))
    assert (lead.source, lead.about, lead.area, lead.institution_id) == ("inspection", f"joint.visit:{first.pk}", CITY, "H1")
    with pytest.raises(ValidationError, match="还有 1 家机构"):
        plans.hold(drafted.pk, reason="检查完成，发现一条线索", **by(cast["keeper"]))
    assert plans.visit(second.pk, today, "抽查病历 30 份，未发现问题", **by(cast["keeper"])) is None
    plans.hold(drafted.pk, reason="检查完成，发现一条线索", **by(cast["keeper"]))
    assert plans.close(drafted.pk, **by(cast["head"])).state == "closed"
    paper = Paper.objects.get(kind="joint_result")
    assert paper.said["tables"][0]["rows"][0][4] == lead.number and "示例市卫生健康委员会" in paper.said["to"]
    assert browser(cast["keeper"]).get(f"/joint/visits/{first.pk}/")["Location"] == f"/joint/plans/{drafted.pk}/"
    assert f"/joint/visits/{first.pk}/" in browser(cast["keeper"]).get(f"/leads/{lead.pk}/").content.decode()


def test_the_drafter_does_not_approve_and_the_partner_does_not_hold_it(drafted, cast):
    for somebody in ("keeper", "second"):
        with pytest.raises(ValidationError, match="不由您办理"):
            plans.approve(drafted.pk, version(drafted), **by(cast[somebody]))
    with pytest.raises(PermissionDenied):
        plans.approve(drafted.pk, version(drafted), **by(cast["officer"]))
    both = account("j-both", "兼任", ("supervisor", "head"), cast["keeper"].organisation)
    plans.edit(drafted.pk, said(title="改过的方案"), **by(both))
    with pytest.raises(ValidationError, match="不同的人"):
        plans.approve(drafted.pk, version(drafted), **by(both))
    plans.approve(drafted.pk, version(drafted), **by(cast["head"]))
    with pytest.raises(ValidationError, match="不由您办理"):
        plans.hold(drafted.pk, reason="我们自己办了", **by(cast["health"]))
    with pytest.raises(ValidationError, match="须由示例市卫生健康委员会在系统中办理"):
        plans.agree(drafted.pk, version(drafted), "WJ", files=[note()], **by(cast["keeper"]))


def test_who_has_no_account_agrees_on_paper(cast):
    plan = plans.draft(CITY, said(partners=["WJ", "GA"]), **by(cast["keeper"]))
    plans.approve(plan.pk, version(plan), **by(cast["head"]))
    assert plans.agree(plan.pk, version(plan), **by(cast["health"])).state == "circulated"
    with pytest.raises(ValidationError, match="须上传对方的复函"):
        plans.agree(plan.pk, version(plan), "GA", **by(cast["keeper"]))
    assert plans.agree(plan.pk, version(plan), "GA", files=[note()], **by(cast["keeper"])).state == "agreed"


def test_a_partner_wants_it_changed_and_all_are_asked_again(drafted, cast):
    plans.approve(drafted.pk, version(drafted), **by(cast["head"]))
    plans.disagree(drafted.pk, reason="请增加处方质量", **by(cast["health"]))
    assert not planning.plans_for(cast["health"]).exists() and not running(f"joint.plan:{drafted.pk}")
    assert Notice.objects.filter(to=cast["keeper"], text__contains="请增加处方质量").exists()
    plans.edit(drafted.pk, said(focus="透析次数、收费次数和处方质量"), **by(cast["keeper"]))
    plans.approve(drafted.pk, version(drafted), **by(cast["head"]))
    assert Paper.objects.filter(kind="joint_plan").count() == 2
    assert plans.agree(drafted.pk, version(drafted), **by(cast["health"])).state == "agreed"
    with pytest.raises(ValidationError, match="不能修改"):
        plans.edit(drafted.pk, said(), **by(cast["keeper"]))


def test_a_plan_that_was_edited_meanwhile_is_read_before_anybody_agrees(cast):
    plan = plans.draft(CITY, said(partners=["WJ", "GA"]), **by(cast["keeper"]))
    read = version(plan)
    plans.edit(plan.pk, said(partners=["WJ", "GA"], focus="没有人看过的检查重点是什么"), **by(cast["second"]))
    with pytest.raises(ValidationError, match="方案已改过，请刷新页面再看一遍"):
        plans.approve(plan.pk, read, **by(cast["head"]))
    plan.refresh_from_db()
    assert plan.state == "drafted" and not plan.number and not Paper.objects.exists()
    read = version(plan)
    plans.approve(plan.pk, read, **by(cast["head"]))
    plans.disagree(plan.pk, "GA", reason="请增加处方质量", files=[note()], **by(cast["keeper"]))
    plans.edit(plan.pk, said(partners=["WJ", "GA"], focus="透析次数、收费次数和处方质量"), **by(cast["keeper"]))
    plans.approve(plan.pk, version(plan), **by(cast["head"]))
    with pytest.raises(ValidationError, match="方案已改过"):
        plans.agree(plan.pk, read, **by(cast["health"]))
    assert plans.agree(plan.pk, version(plan), **by(cast["health"])).partners.filter(agreed=None).count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "方案名称"), ({"focus": "短"}, "检查重点"), ({"partners": []}, "协作部门"),
        ({"partners": ["B999900"]}, "协作部门"), ({"institutions": []}, "机构"), ({"institutions": ["X"]}, "机构"),
        ({"end": date(2020, 1, 1)}, "前后颠倒"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(cast, wrong, words):
    with pytest.raises(ValidationError, match=words):
        plans.draft(CITY, said(**wrong), **by(cast["keeper"]))
    assert not JointPlan.objects.exists()


def test_what_was_found_is_written_once_and_on_a_day_of_the_plan(agreed, cast):
    one, today = visits(agreed)[0], timezone.localdate()
    for day in (today + timedelta(days=1), agreed.begin - timedelta(days=1)):
        with pytest.raises(ValidationError, match="检查日期"):
            plans.visit(one.pk, day, FOUND, **by(cast["keeper"]))
    plans.visit(one.pk, today, FOUND, **by(cast["keeper"]))
    with pytest.raises(ValidationError, match="已登记"):
        plans.visit(one.pk, today, FOUND, lead="再登记一次", **by(cast["keeper"]))
    assert not Lead.objects.exists()


def test_other_offices_and_authorities_see_nothing(agreed, cast):
    audit = account("j-audit", "审计", "partner", organisation("SJ", "示例市审计局", "partner", CITY))
    far = account("j-far", "外地", "supervisor", organisation("B888800", "他市医保局", "authority", "888800"))
    for somebody in (audit, far, cast["county"]):
        assert browser(somebody).get(f"/joint/plans/{agreed.pk}/").status_code == 404
        assert not may_see(somebody, f"joint.plan:{agreed.pk}")
    assert may_see(cast["health"], f"joint.plan:{agreed.pk}")
    with pytest.raises(PermissionDenied):
        plans.draft(CITY, said(), **by(cast["county"]))


def test_the_partner_reads_no_draft_steps_and_no_numbers_of_leads(agreed, cast):
    plans.visit(visits(agreed)[0].pk, timezone.localdate(), FOUND, lead="透析多计次数", **by(cast["keeper"]))
    shown = browser(cast["health"]).get(f"/joint/plans/{agreed.pk}/").content.decode()
    assert FOUND in shown and "线索〔" not in shown and "拟稿" not in shown


def test_each_office_is_reminded_of_the_yearly_one_once(cast):
    now = timezone.now()
    tend(now)
    tend(now)
    year = timezone.localdate(now).year
    assert set(YearlyDuty.objects.values_list("area", "year")) == {(CITY, year), (COUNTY, year)}
    clock = Clock.objects.get(about=f"joint.year:{CITY}-{year}")
    assert (clock.begun, clock.due.month) == (date(year, 1, 1), 12)
    assert "至少一次" in browser(cast["keeper"]).get("/joint/plans/").content.decode()


def test_the_one_that_was_held_ends_the_reminder(agreed, cast):
    tend(timezone.now())
    for one in visits(agreed):
        plans.visit(one.pk, timezone.localdate(), FOUND, **by(cast["keeper"]))
    plans.hold(agreed.pk, reason="检查完成", **by(cast["keeper"]))
    tend(timezone.now())
    assert not running(f"joint.year:{CITY}-{agreed.year}") and running(f"joint.year:{COUNTY}-{agreed.year}")


def test_the_forms(cast):
    page, today = browser(cast["keeper"]), timezone.localdate()
    sent = {
        "area": CITY, "title": "处方联合检查", "focus": "外配处方与购药记录是否一致", "work": "医保与卫健各派两人，分两组",
        "begin": str(today), "end": str(today), "partners": ["WJ"], "institutions": ["H1"],
    }  # fmt: skip
    assert "示例市卫生健康委员会" in page.get("/joint/plans/new/").content.decode()
    again = page.post("/joint/plans/draft/", {**sent, "focus": "短"})
    assert again.status_code == 400 and 'value="H1" checked' in again.content.decode()
    there = page.post("/joint/plans/draft/", sent)
    plan = JointPlan.objects.get()
    assert there["Location"] == f"/joint/plans/{plan.pk}/"
    assert "处方联合检查" in page.get(f"/joint/plans/{plan.pk}/edit/").content.decode()
    assert 'name="version" value="1"' in browser(cast["head"]).get(f"/joint/plans/{plan.pk}/").content.decode()
    assert browser(cast["head"]).post(f"/joint/plans/{plan.pk}/approve/").status_code == 400
    browser(cast["head"]).post(f"/joint/plans/{plan.pk}/approve/", {"version": "1"})
    shown = browser(cast["health"]).get(f"/joint/plans/{plan.pk}/").content.decode()
    assert "会签同意" in shown and 'name="version" value="1"' in shown
    browser(cast["health"]).post(f"/joint/plans/{plan.pk}/agree/", {"reason": "同意", "version": "1"})
    page.post(
        f"/joint/visits/{visits(plan)[0].pk}/record/", {"day": str(today), "found": FOUND, "lead": "处方不符", "amount": "120"}
    )
    assert Lead.objects.get().amount == 120
    page.post(f"/joint/plans/{plan.pk}/hold/", {"reason": "已完成检查"})
    plan.refresh_from_db()
    assert plan.state == "held"
    assert page.get("/export/joint-plans.xlsx").status_code == 200


def test_where_institutions_are_too_many_to_tick_each_has_a_line(cast, monkeypatch):
    monkeypatch.setattr(known, "FEW", 1)
    page, today = browser(cast["keeper"]), timezone.localdate()
    assert page.get("/joint/plans/new/").content.decode().count('name="institutions"') == MORE
    sent = {
        "area": CITY, "title": "处方联合检查", "focus": "外配处方与购药记录是否一致", "work": "医保与卫健各派两人，分两组",
        "begin": str(today), "end": str(today), "partners": ["WJ"], "institutions": ["H2", "", "H1", ""],
    }  # fmt: skip
    page.post("/joint/plans/draft/", sent)
    plan = JointPlan.objects.get()
    assert {one.institution_id for one in visits(plan)} == {"H1", "H2"}
    shown = page.get(f"/joint/plans/{plan.pk}/edit/").content.decode()
    assert 'value="H1"' in shown
    assert shown.count('name="institutions"') == MORE + 2


@for_any(
    path=st.lists(
        st.tuples(st.sampled_from(list(PLAN_STEPS)), st.sampled_from(["keeper", "head", "health", "officer"])), max_size=12
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_any_path_nothing_is_held_that_was_not_approved_and_agreed(cast, path):
    plan = plans.draft(CITY, said(institutions=["H1"]), **by(cast["keeper"]))
    calls = {
        "return": plans.send_back,
        "object": plans.disagree,
        "approve": lambda pk, **b: plans.approve(pk, 1, **b),
        "agree": lambda pk, **b: plans.agree(pk, 1, **b),
    }
    reasons = {word: {"reason": "写明的理由"} for word in ("return", "object", "hold", "drop")}
    for word, person in path:
        with contextlib.suppress(ValidationError, PermissionDenied, Http404):
            calls.get(word, getattr(plans, word, None))(plan.pk, **reasons.get(word, {}), **by(cast[person]))
        for one in visits(plan):
            with contextlib.suppress(ValidationError):
                plans.visit(one.pk, timezone.localdate(), FOUND, **by(cast["keeper"]))
        plan.refresh_from_db()
        changes = list(PlanChange.objects.filter(record=plan).order_by("pk"))
        assert all(before.new == after.old for before, after in itertools.pairwise(changes))
        assert all(c.old in PLAN_STEPS[c.step].frm for c in changes[1:])
        assert running(f"joint.plan:{plan.pk}") == ({"joint_answer"} if plan.state == "circulated" else set())
        if plan.state in ("agreed", "held", "closed"):
            assert plan.number and not plan.partners.filter(agreed=None).exists()
            assert {c.by_id for c in changes if c.step == "approve"} == {cast["head"].pk}
            assert {c.by_id for c in changes if c.step == "agree"} == {cast["health"].pk}
        assert bool(plan.outcome) == (plan.state in ("held", "closed"))
