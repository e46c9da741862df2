"""The ledger: what was found, confirmed, ordered and repaid, each yuan once."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import account, browser, by
from yijian.vocabulary.errors import UserError
from yijian.web.clocks import queries as clocks
from yijian.web.clocks.models import Notice
from yijian.web.recoveries import actions, queries
from yijian.web.recoveries.actions import Received
from yijian.web.recoveries.bank_file import received
from yijian.web.recoveries.models import Entry, Order, Payment, Recovery, Stage
from yijian.web.reviews import actions as reviewing
from yijian.web.reviews.models import Review

DAY = date(2026, 4, 1)


def sums(user):
    return {stage: yuan for stage, yuan in queries.totals(queries.recoveries_for(user)).items() if yuan}


def money(reference, amount, institution="H1"):
    return Received(reference, DAY, Decimal(amount), institution)


def consistent():
    """Each column of each row is the sum of its entries, and payments are what was set plus what is left."""
    for one in Recovery.objects.all():
        for stage in Stage.values:
            booked = sum((e.amount for e in Entry.objects.filter(recovery=one, stage=stage)), Decimal(0))
            assert getattr(one, stage) == booked, (one.about, stage)
    for payment in Payment.objects.all():
        assert payment.amount == payment.left + sum((e.amount for e in payment.entries.all()), Decimal(0))


def test_opening_and_sending_a_review_books_what_was_found_and_told(drafted, first):
    # S1: 250 of 500 in doubt, the fund paid 250; S2: 900 of 900, 450; S3: 40 of 60, 30
    assert sums(first) == {"identified": Decimal("595.00")}
    reviewing.send([Review.objects.get(setl_id="S2").pk], **by(first))
    assert sums(first) == {"identified": Decimal("595.00"), "notified": Decimal("450.00")}
    consistent()


def test_a_withdrawn_review_leaves_nothing_in_the_ledger(drafted, first):
    reviewing.withdraw(Review.objects.get(setl_id="S2").pk, reason="建单有误", **by(first))
    assert sums(first) == {"identified": Decimal("145.00")}
    consistent()


def test_what_is_confirmed_is_ordered_and_repaid_in_instalments(decided, finance, clerk):
    (letter,) = actions.order(None, **by(finance))
    assert (letter.amount, letter.institution_id) == (Decimal("125.00"), "H1")
    assert [one.clock.kind for one in clocks.inbox(clerk) if "退回" in one.clock.title] == ["repayment_period"]
    actions.pay(money("B1", "100"), **by(finance))
    assert sums(finance)["open"] == Decimal("25.00")
    actions.pay(money("B2", "40"), **by(finance))
    assert sums(finance)["repaid"] == Decimal("125.00")
    assert Payment.objects.get(reference="B2").left == Decimal("15.00")
    assert clocks.clock_of(f"recoveries.order:{letter.pk}") is None
    consistent()


def test_nothing_is_ordered_twice(decided, finance):
    actions.order(None, **by(finance))
    with pytest.raises(ValidationError, match="没有已认定"):
        actions.order(None, **by(finance))


def test_a_payment_is_booked_once(decided, finance):
    actions.order(None, **by(finance))
    actions.pay(money("B1", "10"), **by(finance))
    with pytest.raises(ValidationError, match="已经登记"):
        actions.pay(money("B1", "10"), **by(finance))
    assert sums(finance)["repaid"] == Decimal("10.00")


@pytest.mark.parametrize(("paid", "open_", "left", "clock"), [("100", "25", "0", True), ("140", "0", "15", False)])
def test_what_was_paid_before_the_order_is_not_demanded_again(decided, finance, clerk, paid, open_, left, clock):
    actions.pay(money("B1", paid), **by(finance))
    assert Payment.objects.get().left == Decimal(paid)
    (letter,) = actions.order(None, **by(finance))
    assert (letter.amount, sums(finance).get("open", 0)) == (Decimal(125), Decimal(open_))
    assert Payment.objects.get().left == Decimal(left)
    assert (clocks.clock_of(f"recoveries.order:{letter.pk}") is not None) == clock
    told = Notice.objects.filter(to=clerk).latest("pk").text
    assert (f"退回基金 {open_}.00 元（" if clock else "不用再退") in told
    consistent()


def test_money_of_nobody_waits_until_somebody_says_whose_it_is(decided, finance):
    actions.order(None, **by(finance))
    payment = actions.pay(money("B1", "10", ""), **by(finance))
    assert "repaid" not in sums(finance)
    actions.assign_payment(payment.pk, "H1", **by(finance))
    assert sums(finance)["repaid"] == Decimal("10.00")
    consistent()


def test_a_head_writes_off_with_a_reason_and_the_one_who_keeps_the_ledger_does_not(decided, finance, bureau):
    head = account("chen", "陈局长", "head", bureau)
    actions.order(None, **by(finance))
    one = Recovery.objects.get(ordered__gt=0)
    with pytest.raises(PermissionDenied):
        actions.write_off(one.pk, reason="机构已注销", **by(finance))
    with pytest.raises(ValidationError, match="理由"):
        actions.write_off(one.pk, reason="无", **by(head))
    actions.write_off(one.pk, reason="机构已注销，无可执行财产", **by(head))
    assert sums(finance)["written_off"] == Decimal("125.00")
    with pytest.raises(ValidationError, match="没有可以核销"):
        actions.write_off(one.pk, reason="机构已注销", **by(head))
    consistent()


def test_the_database_refuses_to_repay_more_than_was_ordered(decided, finance):
    actions.order(None, **by(finance))
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.filter(ordered__gt=0).update(repaid=Decimal(1000))


def test_an_institution_sees_and_pledges_its_own(decided, finance, clerk, other_clerk):
    (letter,) = actions.order(None, **by(finance))
    page = browser(clerk)
    assert letter.number in page.get("/recoveries/").content.decode()
    assert page.post(f"/recoveries/orders/{letter.pk}/pledge/", {"day": "2020-01-01"}).status_code == 400
    soon = timezone.localdate() + timedelta(days=5)
    assert page.post(f"/recoveries/orders/{letter.pk}/pledge/", {"day": soon.isoformat()}).status_code == 302
    assert Order.objects.get().pledged == soon
    assert browser(other_clerk).get(f"/recoveries/orders/{letter.pk}/").status_code == 404
    assert page.get("/recoveries/payments/").status_code == 403


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(1, 9000).map(lambda n: Decimal(n) / 100), max_size=6))
def test_however_the_money_comes_no_yuan_is_counted_twice_or_lost(decided, finance, amounts):
    point = transaction.savepoint()
    actions.order(None, **by(finance))
    for number, amount in enumerate(amounts):
        actions.pay(money(f"R{number}", amount), **by(finance))
    consistent()
    assert sums(finance).get("repaid", 0) == min(Decimal("125.00"), sum(amounts, Decimal(0)))
    transaction.savepoint_rollback(point)


def sheet(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


HEAD = ["到账日期", "流水号", "金额", "机构编码", "摘要"]


def test_a_banks_file_is_booked_and_a_second_time_nothing(decided, finance):
    actions.order(None, **by(finance))
    content = sheet(HEAD, ["2026-04-01", "B1", 30.5, "H1", "退款"], ["2026/04/02", 20260402001, "9.50", "", "不明"])
    page = browser(finance)
    for expected in ("新登记 2 笔", "新登记 0 笔，已有 2 笔"):
        answer = page.post("/recoveries/payments/import/", {"file": SimpleUploadedFile("流水.xlsx", content)}, follow=True)
        assert expected in answer.content.decode()
    assert sums(finance)["repaid"] == Decimal("30.50")
    assert Payment.objects.get(reference="20260402001").institution is None
    consistent()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["流水号", "金额"], ["B1", 1]], "缺少列：到账日期"),
        ([HEAD, ["昨天", "B1", 1, "", ""]], "第 2 行到账日期"),
        ([HEAD, ["2026-04-01", "B1", -1, "", ""]], "应大于 0"),
        ([HEAD, ["2026-04-01", "", 1, "", ""]], "流水号为空"),
        ([HEAD, ["2026-04-01", "B1", "一百", "", ""]], "不是数字"),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole(decided, finance, rows, said):
    with pytest.raises(UserError, match=said):
        received("流水.xlsx", sheet(*rows))


def test_a_file_that_is_no_list_is_a_sentence(decided, finance):
    page = browser(finance)
    for name, content in (("a.xlsx", b"not a workbook"), ("b.csv", b"\xff\xfe\x00\x81"), ("c.xlsx", b"")):
        answer = page.post("/recoveries/payments/import/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 400, name
    twice = sheet(HEAD, ["2026-04-01", "B1", 1, "H1", ""], ["2026-04-01", "B1", 2, "H1", ""])
    assert page.post("/recoveries/payments/import/", {"file": SimpleUploadedFile("d.xlsx", twice)}).status_code == 400
    foreign = sheet(HEAD, ["2026-04-01", "B1", 1, "H1", ""], ["2026-04-01", "B2", 2, "NOPE", ""])
    assert page.post("/recoveries/payments/import/", {"file": SimpleUploadedFile("e.xlsx", foreign)}).status_code == 400
    assert not Payment.objects.exists()


def test_each_figure_of_the_ledger_opens_its_rows(decided, finance):
    page = browser(finance)
    for group in ("month", "area", "institution", "rule", "fund_type"):
        context = page.get("/recoveries/", {"by": group}).context
        for row in context["rows"]:
            if row["link"]:
                opened = page.get(row["link"]).context
                assert opened["page"].paginator.count == row["n"]
                assert opened["totals"]["confirmed"] == row["confirmed"]


def test_pages_of_the_ledger_ask_few_questions(decided, finance, django_assert_max_num_queries):
    actions.order(None, **by(finance))
    page = browser(finance)
    order = Order.objects.get()
    for address in ("/recoveries/", "/recoveries/rows/", f"/recoveries/orders/{order.pk}/", "/recoveries/payments/"):
        with django_assert_max_num_queries(20):
            assert page.get(address).status_code == 200
