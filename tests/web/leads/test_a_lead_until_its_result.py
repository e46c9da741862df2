"""A lead from its registration to its result: graded, assigned, handed down, verified, confirmed; no step is skipped."""

import contextlib
import itertools
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import account, browser, by, organisation
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock
from yijian.web.findings.models import FindingGroup
from yijian.web.institutions.models import Institution
from yijian.web.leads import actions, queries, signals
from yijian.web.leads.actions import Given
from yijian.web.leads.grading import proposal
from yijian.web.leads.models import Lead, LeadChange
from yijian.web.leads.steps import STEPS
from yijian.web.parameters.queries import calendar_of

CITY, COUNTY = "999900", "999901"
WHY = "事实尚需进一步核实"


@pytest.fixture
def office(loaded):
    """A city bureau and one of its counties: keeper, two officers and a head each."""
    people = {}
    for level, area in (("city", CITY), ("county", COUNTY)):
        place = organisation(f"B{area}", f"{area}医保局", "authority", area)
        for word, role in (("keeper", "supervisor"), ("officer", "case_officer"), ("other", "case_officer"), ("head", "head")):
            people[f"{level}_{word}"] = account(f"{level}-{word}", f"{level}{word}", role, place)
    return people


def said(**more):
    fields = {
        "source": "inspection",
        "title": "收费疑点",
        "facts": "日常检查发现同一项目一天收费两次",
        "subject_kind": "institution",
        "received": timezone.localdate(),
        "institution": Institution.objects.get(pk="H1"),
    }
    return Given(**{**fields, **more})


@pytest.fixture
def lead(office):
    return actions.register(said(), CITY, **by(office["city_keeper"]))


def verify(lead, office, level="city", result="case"):
    actions.assign(lead.pk, f"{level}-officer", **by(office[f"{level}_keeper"]))
    return actions.report(lead.pk, result, Decimal("100"), reason="查明重复收费 100 元", **by(office[f"{level}_officer"]))


def test_registered_a_lead_has_a_number_and_fifteen_working_days(lead):
    today = timezone.localdate()
    assert lead.number == f"线索〔{today.year}〕{CITY}-1号"
    clock = Clock.objects.get(about=f"leads.lead:{lead.pk}")
    assert calendar_of(CITY).between(today, clock.due) == 15
    assert LogEntry.objects.filter(act="leads.register", about=lead.number).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "}, {"facts": "太短"}, {"source": "rumour"}, {"institution": None},
        {"received": date(2100, 1, 1)}, {"begin": date(2026, 2, 1), "end": date(2026, 1, 1)}, {"end": date(2026, 1, 1)},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(office, wrong):
    with pytest.raises(ValidationError):
        actions.register(said(**wrong), CITY, **by(office["city_keeper"]))
    assert not Lead.objects.exists()


def test_nobody_registers_for_another_area(office):
    with pytest.raises(PermissionDenied):
        actions.register(said(), CITY, **by(office["county_keeper"]))


def test_verified_and_confirmed_by_two_people(lead, office):
    ended = []
    signals.closed.connect(lambda lead, **_: ended.append(lead.pk), weak=False, dispatch_uid="test")
    try:
        verify(lead, office)
        actions.confirm(lead.pk, **by(office["city_head"]))
    finally:
        signals.closed.disconnect(dispatch_uid="test")
    lead.refresh_from_db()
    assert (lead.state, lead.result, lead.proved_amount, ended) == ("closed", "case", Decimal("100.00"), [lead.pk])
    assert list(LeadChange.objects.filter(record=lead).order_by("pk").values_list("step", flat=True)) == [
        "register", "assign", "report", "confirm",
    ]  # fmt: skip
    assert not Clock.objects.filter(about=f"leads.lead:{lead.pk}", ended="").exists()


def test_only_its_officer_reports_and_only_with_a_result(lead, office):
    actions.assign(lead.pk, "city-officer", **by(office["city_keeper"]))
    with pytest.raises(ValidationError, match="不由您办理"):
        actions.report(lead.pk, "case", None, reason=WHY, **by(office["city_other"]))
    with pytest.raises(ValidationError, match="请选择核查结果"):
        actions.report(lead.pk, "", None, reason=WHY, **by(office["city_officer"]))
    with pytest.raises(PermissionDenied):
        actions.confirm(lead.pk, **by(office["city_officer"]))


def test_a_paper_goes_with_the_result_and_is_seen_by_whoever_sees_the_lead(lead, office):
    actions.assign(lead.pk, "city-officer", **by(office["city_keeper"]))
    paper = SimpleUploadedFile("核查.txt", "核查记录".encode())
    actions.report(lead.pk, "case", None, reason=WHY, files=[paper], **by(office["city_officer"]))
    page = browser(office["city_head"]).get(f"/leads/{lead.pk}/")
    assert "核查.txt" in page.content.decode()


def test_more_time_is_given_once(lead, office):
    actions.assign(lead.pk, "city-officer", **by(office["city_keeper"]))
    actions.extend(lead.pk, reason=WHY, **by(office["city_head"]))
    clock = Clock.objects.get(about=f"leads.lead:{lead.pk}")
    assert calendar_of(CITY).between(timezone.localdate(), clock.due) == 30
    with pytest.raises(ValidationError, match="只能延长一次"):
        actions.extend(lead.pk, reason=WHY, **by(office["city_head"]))


def test_a_city_hands_down_and_the_county_reports_back(lead, office):
    actions.hand_down(lead.pk, COUNTY, reason="请你局核查", **by(office["city_keeper"]))
    with pytest.raises(ValidationError, match="不由您办理"):
        actions.assign(lead.pk, "county-officer", **by(office["city_keeper"]))
    verify(lead, office, "county", "unfounded")
    actions.confirm(lead.pk, **by(office["county_head"]))
    lead.refresh_from_db()
    assert lead.state == "answered"
    with pytest.raises(ValidationError, match="不由您办理"):
        actions.accept(lead.pk, **by(office["county_head"]))
    actions.send_back(lead.pk, reason=WHY, **by(office["city_head"]))
    actions.report(lead.pk, "minor", None, reason="补充核查：已责令改正", **by(office["county_officer"]))
    actions.confirm(lead.pk, **by(office["county_head"]))
    actions.accept(lead.pk, **by(office["city_head"]))
    lead.refresh_from_db()
    assert (lead.state, lead.result) == ("closed", "minor")


def test_a_county_passes_up_and_goes_on_seeing_it(office):
    lead = actions.register(said(), COUNTY, **by(office["county_keeper"]))
    actions.escalate(lead.pk, reason="涉及多个县区", **by(office["county_keeper"]))
    lead.refresh_from_db()
    assert (lead.area, lead.state) == (CITY, "registered")
    assert queries.lead_for(office["county_keeper"], lead.pk) == lead
    assert queries.may_step(office["county_keeper"], lead) == []


def test_another_county_does_not_see_it(lead, office):
    place = organisation("B999902", "西城区医保局", "authority", "999902")
    other = account("west", "西区监管", "supervisor", place)
    with pytest.raises(Http404):
        queries.lead_for(other, lead.pk)
    assert browser(other).get(f"/leads/{lead.pk}/").status_code == 404


def test_a_double_is_merged_into_the_other(lead, office):
    again = actions.register(said(source="media"), CITY, **by(office["city_keeper"]))
    assert [one.pk for one in queries.alike(office["city_keeper"], again)] == [lead.pk]
    with pytest.raises(ValidationError, match="没有可以并入"):
        actions.merge(again.pk, again.number, reason=WHY, **by(office["city_keeper"]))
    actions.merge(again.pk, lead.number, reason="同一事项", **by(office["city_keeper"]))
    again.refresh_from_db()
    assert (again.state, again.merged_into_id) == ("merged", lead.pk)


def test_times_that_do_not_overlap_are_not_alike(lead, office):
    old = actions.register(said(begin=date(2020, 1, 1), end=date(2020, 2, 1)), CITY, **by(office["city_keeper"]))
    new = actions.register(said(begin=date(2021, 1, 1), end=date(2021, 2, 1)), CITY, **by(office["city_keeper"]))
    assert [one.pk for one in queries.alike(office["city_keeper"], new)] == [lead.pk]
    assert old.pk not in {one.pk for one in queries.alike(office["city_keeper"], new)}


def test_points_propose_a_grade_and_a_person_sets_it(lead, office):
    assert proposal(lead).grade == "B"
    rich = actions.register(said(source="superior", amount=Decimal("600000")), CITY, **by(office["city_keeper"]))
    assert proposal(rich).grade == "A" and "上级交办 4" in proposal(rich).words
    actions.grade(rich.pk, "C", **by(office["city_keeper"]))
    assert Lead.objects.get(pk=rich.pk).grade == "C"


def test_what_was_proved_before_counts(lead, office):
    before = proposal(lead).points
    other = actions.register(said(title="旧线索"), CITY, **by(office["city_keeper"]))
    verify(other, office)
    actions.confirm(other.pk, **by(office["city_head"]))
    assert proposal(lead).points == before + 2


def test_a_group_of_findings_becomes_one_lead(loaded, office):
    group = FindingGroup.objects.filter(institution_id="H1").first()
    page, about = browser(office["city_keeper"]), f"findings.group:{group.pk}"
    form = page.get("/leads/new/", {"about": about})
    assert group.rule_short in form.content.decode()
    sent = {"about": about, "title": "由疑点转来", "facts": "规则发现多个疑点，请核查。", "area": CITY, "amount": "1"}
    there = page.post("/leads/register/", sent)
    lead = Lead.objects.get()
    assert there["Location"] == f"/leads/{lead.pk}/"
    assert lead.amount == group.yuan_new + group.yuan_confirmed + group.yuan_review  # what the form said of it does not count
    assert page.post("/leads/register/", sent).status_code == 400
    assert page.get("/leads/new/", {"about": about})["Location"] == f"/leads/{lead.pk}/"


def test_a_mistake_keeps_what_was_written(office):
    page = browser(office["city_keeper"])
    answer = page.post("/leads/register/", {"source": "media", "title": "媒体报道某院", "facts": "短", "area": CITY,
                                            "subject_kind": "agency", "received": "2026-01-31"})  # fmt: skip
    assert answer.status_code == 400 and "媒体报道某院" in answer.content.decode()


def test_a_bill_that_is_to_be_a_case_waits_for_its_lead(sent, clerk, second, office):
    from yijian.web.reviews import actions as reviewing
    from yijian.web.reviews.models import Review

    review = Review.objects.get(setl_id="S1")
    reviewing.accept(review.pk, **by(clerk))
    reviewing.decide(review.pk, "to_case", {}, reason="涉嫌欺诈骗保，转立案", **by(second))
    page = browser(office["city_keeper"])
    assert f"审核单 {review.pk}" in page.get("/leads/").content.decode()
    page.post(
        "/leads/register/",
        {"about": f"reviews.review:{review.pk}", "title": "转立案", "facts": "审核认定转立案线索。", "area": CITY},
    )
    assert "还没有登记" not in page.get("/leads/").content.decode()


WORDS = [*STEPS, "grade"]


@given(
    path=st.lists(
        st.tuples(
            st.sampled_from(WORDS), st.sampled_from(["keeper", "officer", "other", "head"]), st.sampled_from(["city", "county"])
        ),
        max_size=14,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_any_path_no_step_is_skipped_and_no_duty_is_doubled(office, path):
    keeper = office["city_keeper"]
    lead = actions.register(said(), CITY, **by(keeper))
    calls = {
        "hand_down": lambda who: actions.hand_down(lead.pk, COUNTY, reason=WHY, **by(who)),
        "escalate": lambda who: actions.escalate(lead.pk, reason=WHY, **by(who)),
        "assign": lambda who: actions.assign(lead.pk, f"{who.username.split('-')[0]}-officer", **by(who)),
        "merge": lambda who: actions.merge(lead.pk, lead.number, reason=WHY, **by(who)),
        "extend": lambda who: actions.extend(lead.pk, reason=WHY, **by(who)),
        "report": lambda who: actions.report(lead.pk, "minor", None, reason=WHY, **by(who)),
        "send_back": lambda who: actions.send_back(lead.pk, reason=WHY, **by(who)),
        "confirm": lambda who: actions.confirm(lead.pk, **by(who)),
        "answer": lambda who: actions.confirm(lead.pk, **by(who)),
        "accept": lambda who: actions.accept(lead.pk, **by(who)),
        "grade": lambda who: actions.grade(lead.pk, "A", **by(who)),
    }  # fmt: skip
    for word, role, level in path:
        with contextlib.suppress(ValidationError, PermissionDenied, Http404):
            calls[word](office[f"{level}_{role}"])
        lead.refresh_from_db()
        changes = list(LeadChange.objects.filter(record=lead).order_by("pk"))
        assert all(before.new == after.old for before, after in itertools.pairwise(changes))
        assert all(c.old in STEPS[c.step].frm and c.new == STEPS[c.step].to for c in changes[1:])
        running = Clock.objects.filter(about=f"leads.lead:{lead.pk}", ended="").count()
        assert running == (1 if lead.state in ("registered", "verifying") else 0)
        reporters = {c.by_id for c in changes if c.step == "report"}
        assert not reporters & {c.by_id for c in changes if c.step in ("confirm", "answer", "accept")}
        assert lead.result or lead.state not in ("reported", "answered", "closed")
        assert sum(c.step == "extend" for c in changes) <= 1 + sum(c.step in ("hand_down", "escalate") for c in changes)
        assert lead.state != "closed" or not lead.handed_by or changes[-1].step == "accept"
