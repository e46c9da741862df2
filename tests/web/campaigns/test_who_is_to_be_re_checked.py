"""What was declared stands beside what rules find there and what a sample of bills shows."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.web.campaigns.conftest import CITY, ROW, STATEMENT, TODAY
from tests.web.conftest import browser, by
from yijian.web.campaigns import comparing, returning
from yijian.web.campaigns.models import SelfInspection
from yijian.web.extrapolation.models import Extrapolation, ExtrapolationStratum, SampledBill
from yijian.web.findings.models import Finding
from yijian.web.institutions.queries import institution


@pytest.fixture
def delivered(asked, clerk, other_clerk):
    """The first hospital declares 1,200.50 yuan, the second nothing."""
    first = SelfInspection.objects.get(institution="H1")
    returning.fill(first.pk, [ROW], {}, **by(clerk))
    returning.submit(first.pk, **by(clerk))
    returning.submit_nothing(SelfInspection.objects.get(institution="H2").pk, STATEMENT, {}, **by(other_clerk))
    return asked


def sampled(keeper, wrong):
    """Ten of a hundred stays of the first hospital, each with so much wrong."""
    day = date(2026, 1, 5)
    one = Extrapolation.objects.create(
        number="T1", institution=institution("H1"), area=CITY, bills="stays", begin=day, end=day, state="concluded", snapshot=1,
        seed="s", list_hash="h", expected=Decimal("0.1"), precision=Decimal("0.2"), opened=timezone.now(), by=keeper,
    )  # fmt: skip
    stratum = ExtrapolationStratum.objects.create(extrapolation=one, place=1, above=0, most=1000, units=100, amount=50000)
    for place in range(1, 11):
        SampledBill.objects.create(
            extrapolation=one, stratum=stratum, place=place, setl_id=f"S{place}", day=day, cost=500, wrong=wrong + place
        )
    return one


def test_a_return_of_nothing_where_rules_find_something_is_re_checked_first(delivered, people):
    rows = comparing.compare(people["supervisor"], delivered, TODAY)
    doubts = Finding.objects.filter(institution="H2", gone_in=None, day__range=(delivered.data_begin, delivered.data_end))
    assert (rows[0].filed.institution_id, rows[0].n, rows[0].found) == ("H2", doubts.count(), sum(f.amount for f in doubts))
    assert rows[0].reasons == [f"零报告，但有 {doubts.count()} 个疑点"]
    page = browser(people["supervisor"]).get(f"/campaigns/{delivered.pk}/compare/").content.decode()
    assert "零报告，但有" in page
    assert "建议复查" in page


def test_days_outside_the_period_do_not_count(delivered, people):
    delivered.data_end = date(2025, 12, 31)
    delivered.save()
    assert all(row.n == 0 for row in comparing.compare(people["supervisor"], delivered, TODAY))


def test_a_sample_says_how_much_was_not_declared(delivered, people):
    sampled(people["supervisor"], 100)
    row = comparing.compare(people["supervisor"], delivered, TODAY)[0]
    assert row.filed.institution_id == "H1"
    assert row.reasons[0] == "抽样推算的下限高于自查金额"
    total = Decimal("10550.00")  # a hundred stays with 105.50 each
    likely, low, high = row.short
    assert likely == total - Decimal("1200.50")
    assert low < likely < high
    page = browser(people["supervisor"]).get(f"/campaigns/returns/{row.filed.pk}/").content.decode()
    assert "少报估计" in page
    assert "9,349.50" in page


def test_what_was_declared_in_full_is_not_called_short(delivered, people):
    SelfInspection.objects.filter(institution="H1").update(declared=20000)
    sampled(people["supervisor"], 100)
    row = comparing.compared(people["supervisor"], SelfInspection.objects.get(institution="H1"), TODAY)
    assert row.short == (0, 0, 0)
    assert row.reasons == []


def test_an_institution_does_not_see_the_comparison(delivered, clerk, people):
    own = SelfInspection.objects.get(institution="H1")
    assert "与疑点、抽样对照" not in browser(clerk).get(f"/campaigns/returns/{own.pk}/").content.decode()
    assert browser(clerk).get(f"/campaigns/{delivered.pk}/compare/").status_code == 403
    assert browser(people["county"]).get(f"/campaigns/{delivered.pk}/compare/").status_code == 403


def test_at_least_one_and_by_the_share_of_the_plan(delivered):
    assert (comparing.proposed(delivered, 0), comparing.proposed(delivered, 4), comparing.proposed(delivered, 45)) == (0, 1, 5)
