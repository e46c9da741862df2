"""An institution answers each line of a review for itself, and each gets its own yuan; the ledger follows."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import all_contested, browser, by
from yijian.web.audit_log.models import LogEntry
from yijian.web.recoveries import actions as recovering
from yijian.web.recoveries.models import Particulars, Recovery
from yijian.web.reviews import actions, forms
from yijian.web.reviews.models import Review, ReviewLine
from yijian.web.reviews.precision import precisions
from yijian.web.reviews.queries import lines_of

WHY = "当日确有两次使用，附医嘱与护理记录。"


@pytest.fixture
def bill(sent):
    """A bill of the first hospital with two doubts."""
    return Review.objects.get(setl_id="S3")


def lines(review):
    return list(lines_of(review))


def booked(review, stage):
    return sum((getattr(one, stage) for one in Recovery.objects.filter(review=review.pk)), Decimal(0))


def test_one_line_is_contested_and_the_other_admitted(bill, clerk, second):
    contested, admitted = lines(bill)
    actions.appeal(bill.pk, {contested.pk: WHY, admitted.pk: None}, **by(clerk))
    assert [(line.answer, line.objection) for line in lines(bill)] == [("contested", WHY), ("admitted", "")]
    assert booked(bill, "admitted") == admitted.at_stake > 0
    assert LogEntry.objects.get(act="reviews.appeal").purpose == "申诉 1 条，认可 1 条"
    actions.decide(bill.pk, "recover", {contested.pk: "0"}, notes={contested.pk: "申诉成立"}, reason="部分采纳申诉", **by(second))
    bill.refresh_from_db()
    assert [(line.determined, line.note) for line in lines(bill)] == [(0, "申诉成立"), (admitted.at_stake, "")]
    assert bill.determined == booked(bill, "confirmed") == admitted.at_stake
    sums = next(p for p in precisions(second) if p.rule == "amount_arithmetic")
    assert (sums.confirmed, sums.withdrawn) == (1, 1)


def test_who_accepts_admits_every_line(bill, clerk):
    actions.accept(bill.pk, **by(clerk))
    assert {line.answer for line in lines(bill)} == {"admitted"}
    assert booked(bill, "admitted") == sum(line.at_stake for line in lines(bill))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((WHY,), "第 2 条还没有答复"),
        ((None, None), "没有一条是申诉的"),
        ((None, "不认"), "第 2 条请写明申诉理由"),
        ((WHY, "  "), "第 2 条请写明申诉理由"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_and_nothing_is_admitted(bill, clerk, answers, said):
    given = dict(zip([line.pk for line in lines(bill)], answers, strict=False))
    with pytest.raises(ValidationError, match=said):
        actions.appeal(bill.pk, given, **by(clerk))
    assert {line.answer for line in lines(bill)} == {""}
    assert booked(bill, "admitted") == 0


def test_lines_of_another_review_are_not_answered(bill, clerk):
    other = Review.objects.get(setl_id="S1")
    with pytest.raises(ValidationError, match="第 1 条还没有答复"):
        actions.appeal(bill.pk, all_contested(other, WHY), **by(clerk))
    actions.appeal(bill.pk, all_contested(bill, WHY) | all_contested(other, WHY), **by(clerk))
    assert other.lines.get().answer == ""


def test_a_line_that_is_admitted_with_a_reason_against_it_is_asked_about(bill):
    one, other = (line.pk for line in lines(bill))
    both = QueryDict(f"answer-{one}=admitted&objection-{one}={WHY}&answer-{other}=contested&objection-{other}={WHY}")
    with pytest.raises(ValidationError, match="又写了申诉理由"):
        forms.answers_of(both)
    strange = QueryDict(f"answer-{one}=perhaps&answer-x=admitted&answer-=admitted&answer-٣=admitted&answer-{other}=admitted")
    assert forms.answers_of(strange) == {other: None}


def test_an_amount_that_was_deleted_is_no_amount(bill, clerk, second):
    actions.accept(bill.pk, **by(clerk))
    one, other = lines(bill)
    for yuan, said in (
        ("", "第 2 条没有写认定金额"),
        (str(other.at_stake + 1), "第 2 条：.*之间"),
        ("许多", "第 2 条：.*不是数字"),
    ):
        with pytest.raises(ValidationError, match=said):
            actions.decide(bill.pk, "recover", {one.pk: "1", other.pk: yuan}, reason="机构认可", **by(second))
    bill.refresh_from_db()
    assert (bill.state, bill.determined) == ("accepted", None)


def test_the_pages_take_an_answer_and_a_decision_by_line(bill, clerk, second):
    hospital, desk, address = browser(clerk), browser(second), f"/reviews/{bill.pk}/"
    one, other = (line.pk for line in lines(bill))
    page = hospital.get(address).content.decode()
    assert page.count('type="radio"') == 4
    half = {f"answer-{one}": "contested", f"objection-{one}": WHY, "text": "请复核"}
    refused = hospital.post(f"{address}appeal/", half)
    assert refused.status_code == 400
    again = refused.content.decode()
    assert "第 2 条还没有答复" in again
    assert WHY in again
    assert "请复核" in again
    assert hospital.post(f"{address}appeal/", {**half, f"answer-{other}": "admitted"}).status_code == 302
    page = desk.get(address).content.decode()
    assert all(said in page for said in ("机构申诉", "机构认可", WHY, "请复核", "认可 1 条，申诉 1 条"))
    given = {f"line-{one}": "", f"line-{other}": "3.50", f"note-{one}": "已核对病历", "outcome": "recover", "reason": "部分采纳"}
    refused = desk.post(f"{address}decide/", given)
    assert refused.status_code == 400
    assert all(said in refused.content.decode() for said in ("第 1 条没有写认定金额", "3.50", "已核对病历", "部分采纳"))
    assert desk.post(f"{address}decide/", {**given, f"line-{one}": "0"}).status_code == 302
    page = hospital.get(address).content.decode()
    assert all(said in page for said in ("已核对病历", "3.50", WHY))


def test_the_order_names_only_lines_that_are_owed(bill, clerk, second, finance):
    one, other = lines(bill)
    actions.appeal(bill.pk, {one.pk: WHY, other.pk: None}, **by(clerk))
    actions.decide(bill.pk, "recover", {one.pk: "0"}, reason="部分采纳申诉", **by(second))
    (letter,) = recovering.order(None, **by(finance))
    assert [item["what"].split("：", 1)[1] for item in letter.letter.said["items"]] == [other.what]
    assert letter.amount == other.at_stake


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.tuples(st.booleans(), st.booleans()),
    shares=st.tuples(st.integers(0, 100), st.integers(0, 100)),
    drop=st.booleans(),
)
def test_however_it_is_answered_and_decided_the_lines_add_up_to_the_review_and_the_ledger(
    bill, clerk, second, answers, shares, drop
):
    point = transaction.savepoint()
    before = lines(bill)
    stake = sum(line.at_stake for line in before)
    if any(answers):
        actions.appeal(bill.pk, {line.pk: WHY if no else None for line, no in zip(before, answers, strict=True)}, **by(clerk))
    else:
        actions.accept(bill.pk, **by(clerk))
    admitted = sum(line.at_stake for line, no in zip(before, answers, strict=True) if not no)
    yuan = {line.pk: (line.at_stake * part / 100).quantize(Decimal("0.01")) for line, part in zip(before, shares, strict=True)}
    total = sum(yuan.values())
    outcome = "withdraw" if drop or not total else "recover"
    actions.decide(bill.pk, outcome, {pk: str(one) for pk, one in yuan.items()}, reason="逐条认定", **by(second))
    review = Review.objects.get(pk=bill.pk)
    assert review.determined == sum(line.determined for line in lines(review)) == (total if outcome == "recover" else 0)
    assert (booked(bill, "admitted"), booked(bill, "confirmed")) == (admitted, review.determined)
    assert review.determined <= stake <= review.amount
    transaction.savepoint_rollback(point)


@pytest.mark.parametrize(
    "wrong", [{"determined": Decimal("999999")}, {"determined": Decimal(-1)}, {"answer": "contested"}, {"objection": "没有申诉"}]
)
def test_the_database_refuses_lines_that_cannot_be(bill, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        bill.lines.update(**wrong)


def test_what_was_said_before_lines_had_answers_becomes_theirs(bill, clerk, decided):
    actions.appeal(bill.pk, all_contested(bill, WHY), **by(clerk))
    ReviewLine.objects.update(answer="", objection="")
    bill.appeal.text = WHY
    bill.appeal.save()
    Particulars.objects.all().delete()
    moving = import_module("yijian.web.reviews.migrations.0004_answered")
    moving.answer(apps, None)
    moving.tell(apps, None)
    bill.appeal.refresh_from_db()
    assert {(line.answer, line.objection) for line in lines(bill)} == {("contested", WHY)}
    assert bill.appeal.text == ""
    assert {line.answer for line in lines(decided)} == {"admitted"}
    told = Particulars.objects.get()
    assert (told.bill, told.counted, told.basis) == ("S1", Decimal("250.00"), lines(decided)[0].finding.legal_basis)
