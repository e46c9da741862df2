"""A bill under review: opened, sent, appealed, decided; no step is skipped and nobody reviews twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import all_contested, browser, by, contested_form
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks import queries as clocks
from yijian.web.findings import actions as screening
from yijian.web.findings.models import Finding
from yijian.web.findings.rulebook import rules_about
from yijian.web.reviews import actions, opening, queries
from yijian.web.reviews.models import Notice, Review, ReviewChange
from yijian.web.reviews.steps import STEPS

TEXT = "床位费按出入院小时计算，附病历与护理记录。"


def of(place):
    return Review.objects.filter(institution_id=place, inpatient=True).first()


def test_confirmed_findings_become_one_review_for_each_bill(drafted):
    assert set(Review.objects.values_list("setl_id", "state")) == {("S1", "drafted"), ("S2", "drafted"), ("S3", "drafted")}
    for review in Review.objects.all():
        assert review.amount == sum(line.counted for line in review.lines.all())
        assert review.amount <= review.fees
    assert of("H1").inpatient
    assert Review.objects.get(setl_id="S3").lines.count() == 2


def test_overlapping_findings_on_a_bill_count_once(drafted):
    stay = Review.objects.get(setl_id="S2")
    assert sum(line.amount for line in stay.lines.all()) == Decimal("920.00")
    assert stay.amount == Decimal("900.00") == stay.fees


def test_findings_that_are_not_confirmed_are_not_reviewed(loaded, first):
    with pytest.raises(ValidationError, match="筛查"):
        opening.open_reviews(None, home=loaded, **by(first))


def test_what_the_agency_did_wrong_is_not_sent_to_an_institution(loaded, first):
    one = Finding.objects.filter(institution_id="H1").first()
    Finding.objects.filter(pk=one.pk).update(rule="overpaid_institution")
    assert rules_about("agency") >= {"overpaid_institution"}
    screening.screen([one.pk], "confirmed", **by(first))
    with pytest.raises(ValidationError, match="没有可以建单"):
        opening.open_reviews(None, home=loaded, **by(first))


def test_a_screening_cannot_be_taken_back_once_its_bill_is_under_review(drafted, first):
    from yijian.web.findings.models import Screening

    with pytest.raises(ValidationError, match="后续环节"):
        screening.undo(Screening.objects.get().pk, **by(first))


def test_findings_of_a_review_that_was_withdrawn_may_be_reviewed_again(drafted, loaded, first):
    review = of("H1")
    actions.withdraw(review.pk, reason="建单有误", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))
    again = Review.objects.get(setl_id=review.setl_id, state="drafted")
    assert (again.key, again.amount) == (f"{review.key}#2", review.amount)


def test_later_findings_of_a_bill_join_its_review_until_it_is_sent(loaded, first):
    some = list(Finding.objects.filter(setl_id="S3").order_by("pk"))
    screening.screen([some[0].pk], "confirmed", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))
    screening.screen([some[1].pk], "confirmed", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))
    (review,) = Review.objects.all()
    assert review.lines.count() == 2


def test_findings_after_the_letter_open_another_review_of_the_bill(loaded, first):
    some = list(Finding.objects.filter(setl_id="S3").order_by("pk"))
    screening.screen([some[0].pk], "confirmed", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))
    actions.send([Review.objects.get().pk], **by(first))
    screening.screen([some[1].pk], "confirmed", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))
    assert list(Review.objects.order_by("pk").values_list("key", "state")) == [("setl:S3", "sent"), ("setl:S3#2", "drafted")]


def test_a_letter_goes_to_each_institution_with_all_of_its_reviews(sent, clerk):
    assert {(n.institution_id, n.reviews_count) for n in sent} == {("H1", 2), ("H2", 1)}
    assert min(sent, key=lambda n: n.pk).number.endswith("999901-1号")
    assert [one.clock.kind for one in clocks.inbox(clerk)] == ["appeal_period"] * 2
    assert LogEntry.objects.filter(act="reviews.send").count() == 2


def test_an_institution_sees_only_its_own_and_only_what_was_sent(drafted, first, clerk, other_clerk):
    assert not queries.reviews_for(clerk).exists()
    actions.send(list(Review.objects.values_list("pk", flat=True)), **by(first))
    assert set(queries.reviews_for(clerk).values_list("institution_id", flat=True)) == {"H1"}
    theirs = of("H2")
    assert browser(clerk).get(f"/reviews/{theirs.pk}/").status_code == 404
    with pytest.raises(Http404):
        actions.accept(theirs.pk, **by(clerk))
    assert browser(other_clerk).get(f"/reviews/{theirs.pk}/").status_code == 200


def test_accepted_and_decided(sent, clerk, second):
    review = of("H1")
    actions.accept(review.pk, **by(clerk))
    decision = actions.decide(review.pk, "recover", {}, reason="机构认可，全额追回", **by(second))
    review.refresh_from_db()
    # 250 of 500 yuan are in doubt, and the fund paid half of the bill
    assert (review.state, review.determined, decision.outcome) == ("decided", Decimal("125.00"), "recover")
    assert list(ReviewChange.objects.filter(record=review).order_by("pk").values_list("step", "new")) == [
        ("open", "drafted"), ("send", "sent"), ("accept", "accepted"), ("decide", "decided"),
    ]  # fmt: skip
    assert clocks.clock_of(f"reviews.review:{review.pk}") is None


def test_an_appeal_may_lower_what_is_determined_line_by_line(sent, clerk, second):
    review = of("H1")
    line = review.lines.get()
    actions.appeal(review.pk, all_contested(review, TEXT), **by(clerk))
    with pytest.raises(ValidationError, match="之间"):
        actions.decide(review.pk, "recover", {line.pk: "999999"}, reason="部分采纳申诉", **by(second))
    actions.decide(review.pk, "recover", {line.pk: "100.50"}, reason="部分采纳申诉", **by(second))
    review.refresh_from_db()
    assert review.determined == Decimal("100.50")


def test_a_withdrawn_doubt_is_determined_at_nothing(sent, clerk, second):
    review = of("H1")
    actions.appeal(review.pk, all_contested(review, TEXT), **by(clerk))
    actions.decide(review.pk, "withdraw", {review.lines.get().pk: "50"}, reason="申诉成立", **by(second))
    review.refresh_from_db()
    assert review.determined == 0


def test_whoever_screened_a_finding_does_not_decide_about_it(sent, clerk, first, second):
    review = of("H1")
    actions.accept(review.pk, **by(clerk))
    with pytest.raises(ValidationError, match="不同人员"):
        actions.decide(review.pk, "recover", {}, reason="机构认可", **by(first))
    assert "decide" not in queries.may_step(first, review)
    review.refresh_from_db()
    assert "decide" in queries.may_step(second, review)


def test_an_appeal_after_the_last_day_is_refused_and_the_review_lapses(sent, clerk, first):
    review = of("H1")
    late = timezone.now() + timedelta(days=60)
    with pytest.raises(ValidationError, match="届满"):
        actions.appeal(review.pk, all_contested(review, TEXT), **by(clerk, late))
    assert actions.lapse(**by(first)) == 0
    assert actions.lapse(**by(first, late)) == 3
    review.refresh_from_db()
    assert review.state == "silent"


def test_of_two_answers_the_second_is_told(sent, clerk):
    review = of("H1")
    actions.appeal(review.pk, all_contested(review, TEXT), **by(clerk))
    with pytest.raises(ValidationError, match="机构申诉"):
        actions.accept(review.pk, **by(clerk))


def test_a_sampled_stay_passes_or_goes_to_the_institution_and_another_decides(loaded, first, second, clerk):
    from datetime import date

    opening.draw_sample("999900", date(2026, 1, 1), date(2026, 1, 31), home=loaded, **by(first))
    mine, theirs = of("H1"), of("H2")
    actions.pass_sample(theirs.pk, **by(first))
    with pytest.raises(ValidationError, match="应在"):
        actions.object_sample(mine.pk, "100000", reason="无指征检查", **by(first))
    actions.object_sample(mine.pk, "120", reason="无指征检查", **by(first))
    actions.send([mine.pk], **by(first))
    actions.accept(mine.pk, **by(clerk))
    with pytest.raises(ValidationError, match="不同人员"):
        actions.decide(mine.pk, "deduct", {}, reason="机构认可", **by(first))
    actions.decide(mine.pk, "deduct", {}, reason="机构认可", **by(second))
    mine.refresh_from_db()
    assert mine.determined == 60  # the fund paid half of the bill


def test_who_may_not_review_or_answer_is_refused(drafted, supervisor, clerk, first):
    review = of("H1")
    with pytest.raises(PermissionDenied):
        actions.send([review.pk], **by(supervisor))
    actions.send([review.pk], **by(first))
    with pytest.raises(PermissionDenied):
        actions.accept(review.pk, **by(first))
    with pytest.raises(PermissionDenied):
        actions.decide(review.pk, "recover", {}, reason="随便写写", **by(clerk))


TRIES = {
    "send": lambda pk, cast: actions.send([pk], **by(cast["first"])),
    "withdraw": lambda pk, cast: actions.withdraw(pk, reason="建单有误", **by(cast["first"])),
    "accept": lambda pk, cast: actions.accept(pk, **by(cast["clerk"])),
    "appeal": lambda pk, cast: actions.appeal(pk, all_contested(Review.objects.get(pk=pk), TEXT), **by(cast["clerk"])),
    "decide": lambda pk, cast: actions.decide(pk, "recover", {}, reason="机构认可", **by(cast["second"])),
    "pass": lambda pk, cast: actions.pass_sample(pk, **by(cast["second"])),
    "object": lambda pk, cast: actions.object_sample(pk, "1", reason="无指征检查", **by(cast["second"])),
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(st.sampled_from(sorted(TRIES)), max_size=6))
def test_no_path_skips_a_step(drafted, first, second, clerk, path):
    from django.db import transaction

    review = of("H1")
    point = transaction.savepoint()
    state, rows = review.state, ReviewChange.objects.filter(record=review).count()
    for word in path:
        legal = state in STEPS[word].frm
        try:
            TRIES[word](review.pk, {"first": first, "second": second, "clerk": clerk})
            done = True
        except (ValidationError, Http404):
            done = False
        assert done == legal, (word, state)
        if legal:
            state, rows = STEPS[word].to, rows + 1
        review.refresh_from_db()
        assert review.state == state
        assert ReviewChange.objects.filter(record=review).count() == rows
    transaction.savepoint_rollback(point)


def test_the_pages_carry_a_bill_from_opening_to_decision(loaded, first, second, clerk):
    desk, hospital, other = browser(first), browser(clerk), browser(second)
    screening.screen([f.pk for f in Finding.objects.filter(institution_id="H1")], "confirmed", **by(first))
    assert "建单" in desk.get("/reviews/").content.decode()
    assert desk.post("/reviews/open/").status_code == 302
    assert desk.post("/reviews/send/", {"all": "1"}).status_code == 302
    review = of("H1")
    assert Notice.objects.get().number in hospital.get(f"/reviews/{review.pk}/").content.decode()
    assert hospital.post(f"/reviews/{review.pk}/appeal/", contested_form(review, "短")).status_code == 400
    assert hospital.post(f"/reviews/{review.pk}/appeal/", contested_form(review, TEXT)).status_code == 302
    assert TEXT in other.get(f"/reviews/{review.pk}/").content.decode()
    line = review.lines.get()
    said = {"outcome": "recover", "reason": "申诉不成立", f"line-{line.pk}": "90"}
    assert other.post(f"/reviews/{review.pk}/decide/", said).status_code == 302
    assert "90.00" in hospital.get(f"/reviews/{review.pk}/").content.decode()
    assert "吴审核" not in hospital.get(f"/reviews/{review.pk}/").content.decode()


def test_pages_of_reviews_ask_few_questions(sent, first, clerk, django_assert_max_num_queries):
    for client, addresses in (
        (browser(first), ("/reviews/", f"/reviews/{of('H1').pk}/", "/reviews/samples/", "/screening/")),
        (browser(clerk), ("/reviews/", f"/reviews/{of('H1').pk}/", "/inbox/")),
    ):
        for address in addresses:
            with django_assert_max_num_queries(20):
                assert client.get(address).status_code == 200
