"""What a screener is offered to merge findings into: the same bill, the same rows, the same person by the same rule."""

from datetime import date

import pytest

from tests.web.conftest import account, browser, organisation
from yijian.web.findings.merging import candidates
from yijian.web.findings.models import Finding


@pytest.fixture
def pair(loaded):
    """Two findings of one rule on one bill of a person at H1."""
    return list(Finding.objects.filter(rule="amount_arithmetic", institution_id="H1").order_by("pk"))


def another(like: Finding, pk: str, **changed) -> Finding:
    """A finding like another, but for what is changed."""
    made = Finding.objects.get(pk=like.pk)
    made.pk = pk
    for name, value in changed.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    return made


def offered(user, *chosen):
    return {one.finding.pk: one.why for one in candidates(user, list(chosen))}


def test_the_same_bill_rows_or_person_by_the_same_rule_are_offered_newest_first(pair, supervisor):
    one, two = pair
    apart = {"setl_id": "S9", "mdtrt_id": "M9", "evidence": "X9"}
    another(one, "rows", rule="else", **{**apart, "evidence": f"X8 {one.evidence}"}, day=date(2026, 2, 1))
    another(one, "person", **apart, day=date(2026, 3, 1))
    another(one, "nothing", rule="else", **apart)
    another(one, "elsewhere", institution_id="H2")
    found = offered(supervisor, one)
    assert found == {
        "person": "同一规则、同一人",
        two.pk: "同一结算、同一次就诊、同一规则、同一人",
        "rows": "同一证据",
    }
    assert list(found) == ["person", two.pk, "rows"]


@pytest.mark.parametrize("state", ["rejected", "merged", "mapping"])
def test_what_does_not_stand_is_not_offered(pair, supervisor, state):
    one, two = pair
    Finding.objects.filter(pk=two.pk).update(state=state)
    assert offered(supervisor, one) == {}


def test_of_several_chosen_one_may_stand_for_the_rest_but_not_of_two_institutions(pair, supervisor):
    assert set(offered(supervisor, *pair)) == {one.pk for one in pair}
    assert offered(supervisor, *pair, Finding.objects.filter(institution_id="H2").first()) == {}


def test_a_finding_without_a_person_is_offered_those_of_its_rule(pair, supervisor):
    for one in pair:
        Finding.objects.filter(pk=one.pk).update(psn_no="", setl_id="", mdtrt_id="", evidence=f"G{one.pk}")
    one, two = Finding.objects.filter(psn_no="").order_by("pk")
    assert offered(supervisor, one) == {two.pk: "同一规则"}


def test_only_what_the_screener_may_see_is_offered(pair):
    one, _ = pair
    west = account("li", "李西城", "supervisor", organisation("YB2", "西城区医疗保障局", "authority", "999902"))
    assert offered(west, one) == {}


def test_one_is_picked_on_the_page_of_a_finding(page, pair):
    one, two = pair
    said = page.get(f"/findings/{one.pk}/").content.decode()
    assert f'name="pick" id="pick-{two.pk}"' in said
    assert "同一结算" in said
    assert "20.00 元" in said
    assert page.post(f"/findings/{one.pk}/screen/", {"to": "merged", "pick": two.pk}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.merged_into_id) == ("merged", two.pk)


def test_a_typed_id_counts_before_the_picked_one(page, pair):
    one, two = pair
    third = another(one, "third", setl_id="S9", mdtrt_id="M9")
    page.post(f"/findings/{one.pk}/screen/", {"to": "merged", "pick": two.pk, "into": third.pk})
    assert Finding.objects.get(pk=one.pk).merged_into_id == third.pk


def test_a_wrong_id_is_said_on_the_page_and_nothing_typed_is_lost(page, pair):
    refused = page.post(f"/findings/{pair[0].pk}/screen/", {"to": "merged", "into": "nowhere"})
    assert refused.status_code == 400
    said = refused.content.decode()
    assert "请选择或填写要并入的疑点" in said
    assert 'value="nowhere"' in said


def test_ticked_findings_of_a_group_are_asked_for_their_target_first(page, pair):
    one, two = pair
    address, ticked = f"/screening/{one.group_id}/screen/", {"to": "merged", "finding": [one.pk, two.pk]}
    asked = page.post(address, ticked)
    assert asked.status_code == 200
    said = asked.content.decode()
    assert "所选 2 个疑点要并入哪一个" in said
    assert f'value="{one.pk}" checked' in said
    assert not Finding.objects.filter(state="merged").exists()
    assert page.post(address, {**ticked, "pick": two.pk}).status_code == 302
    assert list(Finding.objects.filter(state="merged").values_list("pk", "merged_into_id")) == [(one.pk, two.pk)]


def test_a_whole_group_is_merged_into_one_of_it(page, pair):
    one, two = pair
    address = f"/screening/{one.group_id}/screen/"
    assert "本组待筛查的疑点要并入哪一个" in page.post(address, {"to": "merged", "all": "1"}).content.decode()
    assert page.post(address, {"to": "merged", "all": "1", "pick": one.pk}).status_code == 302
    assert Finding.objects.get(pk=two.pk).merged_into_id == one.pk


def test_the_pages_ask_few_questions(loaded, supervisor, pair, django_assert_max_num_queries):
    client = browser(supervisor)
    with django_assert_max_num_queries(20):
        client.get(f"/findings/{pair[0].pk}/")
    with django_assert_max_num_queries(20):
        client.post(f"/screening/{pair[0].group_id}/screen/", {"to": "merged", "all": "1"})
