"""Screening: a supervisor decides about findings, alone and in bulk, and takes a decision back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.web.conftest import account, browser, organisation
from yijian.web.audit_log.models import LogEntry
from yijian.web.findings import actions, queries
from yijian.web.findings.filters import Filters
from yijian.web.findings.groups import refresh
from yijian.web.findings.models import Finding, FindingGroup, Screened, Screening
from yijian.web.loading import take_over_newest_run


def screen(chosen, to, who, **more):
    return actions.screen(chosen, to, who=who, when=timezone.now(), where=None, **more)


def undo(screening, who, when=None):
    return actions.undo(screening.pk, who=who, when=when or timezone.now(), where=None)


def figures():
    """state → (n, yuan), as the groups say."""
    return {
        state: (
            sum(getattr(g, f"n_{state}") for g in FindingGroup.objects.all()),
            sum(getattr(g, f"yuan_{state}") for g in FindingGroup.objects.all()),
        )
        for state in Finding.State.values
    }


def counted_by_hand():
    found = {state: list(Finding.objects.filter(gone_in=None, state=state)) for state in Finding.State.values}
    return {state: (len(rows), sum((f.amount or Decimal(0) for f in rows), Decimal(0))) for state, rows in found.items()}


def test_the_findings_of_a_run_arrive_in_groups(loaded):
    assert FindingGroup.objects.count() >= 4
    assert figures() == counted_by_hand()
    for group in FindingGroup.objects.all():
        assert {(f.rule, f.institution_id, f.first_run_id) for f in group.findings.all()} == {
            (group.rule, group.institution_id, group.batch_id)
        }


def test_a_decision_is_a_row_for_each_finding_and_a_line_in_the_log(loaded, supervisor):
    one = Finding.objects.first()
    done = screen([one.pk], "rejected", supervisor, reason="病历能说明")
    one.refresh_from_db()
    assert one.state == "rejected"
    assert list(Screened.objects.values_list("finding", "old", "new")) == [(one.pk, "new", "rejected")]
    assert (done.findings, done.amount) == (1, one.amount)
    line = LogEntry.objects.get(act="findings.screen")
    assert (line.who, line.purpose) == ("wang", "病历能说明")
    assert figures() == counted_by_hand()


def test_a_whole_group_is_decided_at_once_and_taken_back(loaded, supervisor):
    before = figures()
    group = FindingGroup.objects.order_by("-n_new").first()
    done = screen(Filters(group=group.pk, state="new"), "confirmed", supervisor)
    assert done.findings == group.n_new
    assert figures()["confirmed"][0] == group.n_new
    undo(done, supervisor)
    assert figures() == before
    assert Screened.objects.count() == group.n_new  # what was decided stays on record
    with pytest.raises(ValidationError, match="已经撤回"):
        undo(done, supervisor)


def test_rejecting_needs_a_reason(loaded, supervisor):
    with pytest.raises(ValidationError, match="理由"):
        screen([Finding.objects.first().pk], "rejected", supervisor, reason="无")
    assert not Screening.objects.exists()


def test_of_two_who_decide_at_once_the_second_is_told(loaded, supervisor, bureau):
    colleague = account("sun", "孙监管", "supervisor", bureau)
    one = Finding.objects.first()
    screen([one.pk], "confirmed", supervisor)
    with pytest.raises(ValidationError, match="已有结论"):
        screen([one.pk], "rejected", colleague, reason="病历能说明")
    one.refresh_from_db()
    assert one.state == "confirmed"


def test_only_whoever_decided_takes_it_back_and_only_for_a_month(loaded, supervisor, bureau):
    colleague = account("sun", "孙监管", "supervisor", bureau)
    done = screen([Finding.objects.first().pk], "confirmed", supervisor)
    with pytest.raises(ValidationError, match="本人"):
        undo(done, colleague)
    with pytest.raises(ValidationError, match="30 天"):
        undo(done, supervisor, when=timezone.now() + timedelta(days=31))


def test_a_merged_finding_is_counted_in_the_other_only(loaded, supervisor):
    first, second = Finding.objects.filter(institution_id="H1")[:2]
    before = queries.counted(supervisor, Filters()).totals
    screen([second.pk], "merged", supervisor, into=first.pk)
    after = queries.counted(supervisor, Filters()).totals
    assert (before.count - after.count, before.amount - after.amount) == (1, second.amount)
    with pytest.raises(ValidationError, match="合并"):
        screen([first.pk], "merged", supervisor, into=second.pk)
    elsewhere = Finding.objects.exclude(institution_id="H1").first()
    with pytest.raises(ValidationError, match="同一家机构"):
        screen([elsewhere.pk], "merged", supervisor, into=first.pk)


def test_decisions_outlive_the_next_run(loaded, supervisor):
    one = Finding.objects.first()
    screen([one.pk], "confirmed", supervisor)
    Finding.objects.filter(pk=one.pk).update(explanation="旧的说明")
    from yijian.web.findings.models import Run

    Run.objects.update(snapshot=0)  # so that the run is taken over again
    take_over_newest_run(loaded)
    one.refresh_from_db()
    assert one.state == "confirmed"
    assert one.explanation != "旧的说明"
    assert figures() == counted_by_hand()


def test_a_group_is_given_to_a_colleague_of_the_area_only(loaded, supervisor, bureau):
    county = account("li", "李东城", "supervisor", organisation("YB1", "东城区医疗保障局", "authority", "999901"))
    inside = FindingGroup.objects.filter(area="999901").first()
    outside = FindingGroup.objects.filter(area="999902").first()
    give = {"who": supervisor, "when": timezone.now(), "where": None}
    assert actions.assign([inside.pk], "li", **give) == 1
    assert list(queries.groups_for(county).filter(assigned_to=county)) == [inside]
    with pytest.raises(ValidationError, match="管辖范围"):
        actions.assign([outside.pk], "li", **give)
    account("zhou", "周内审", "agency_auditor", organisation("JB", "医保中心", "agency", "999900"))
    with pytest.raises(ValidationError, match="不是可以筛查"):
        actions.assign([inside.pk], "zhou", **give)


def test_who_may_look_but_not_screen_is_refused(loaded, bureau):
    head = account("chen", "陈局长", "head", bureau)
    with pytest.raises(PermissionDenied):
        screen([Finding.objects.first().pk], "confirmed", head)
    assert browser(head).get("/screening/").status_code == 403


def test_groups_page_lists_what_is_to_be_screened_and_gives_it_away(page, supervisor):
    said = page.get("/screening/").content.decode()
    assert "住院天数" in said or "床位" in said
    group = FindingGroup.objects.first()
    assert page.post("/screening/assign/", {"group": group.pk, "to": "wang"}).status_code == 302
    assert [g.pk for g in page.get("/screening/?whose=mine").context["page"]] == [group.pk]


def test_a_mistake_on_the_page_keeps_what_was_ticked(page):
    group = FindingGroup.objects.order_by("-n_new").first()
    one = group.findings.first()
    response = page.post(f"/screening/{group.pk}/screen/", {"finding": one.pk, "to": "rejected", "reason": "无"})
    assert response.status_code == 400
    said = response.content.decode()
    assert "请写明理由" in said
    assert f'value="{one.pk}" checked' in said


def test_deciding_on_a_finding_leads_to_the_next_of_its_group(page, supervisor):
    group = FindingGroup.objects.filter(n_new__gt=1).first()
    first = group.findings.order_by("-amount", "pk").first()
    response = page.post(f"/findings/{first.pk}/screen/", {"to": "confirmed"})
    following = queries.next_to_screen(supervisor, first)
    assert response["Location"].startswith(f"/findings/{following.pk}/")
    assert "撤回" in page.get(response["Location"]).content.decode()


def test_a_county_sees_its_own_findings_only(loaded):
    county = account("li", "李东城", "supervisor", organisation("YB1", "东城区医疗保障局", "authority", "999901"))
    seen = set(queries.findings_for(county).values_list("area", flat=True))
    assert seen == {"999901"}
    foreign = Finding.objects.exclude(area="999901").first()
    client = browser(county)
    assert client.get(f"/findings/{foreign.pk}/").status_code == 404
    assert client.get("/institutions/H2/").status_code == 404
    assert client.get("/institutions/H1/").status_code == 200
    assert client.get(f"/screening/{foreign.group_id}/").status_code == 404
    with pytest.raises(ValidationError, match="已有结论"):
        screen([foreign.pk], "confirmed", county)


def test_a_group_without_open_findings_counts_nothing(loaded):
    group = FindingGroup.objects.first()
    Finding.objects.filter(group=group).update(gone_in=group.batch)
    refresh([group.pk])
    group.refresh_from_db()
    assert group.total == 0
