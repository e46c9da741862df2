"""When something is due: working days, make-up days, periods that end on a holiday."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yijian.vocabulary.workdays import Calendar, Unit

days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
lengths = st.integers(0, 60)


@given(days, lengths)
def test_a_period_in_working_days_holds_as_many_of_them(begin, length):
    due = Calendar().due(begin, length, Unit.WORKDAY)
    assert Calendar().between(begin, due) == length
    assert length == 0 or Calendar().works(due)


@given(days, lengths, st.sampled_from([Unit.DAY, Unit.MONTH, Unit.YEAR]))
def test_other_periods_end_on_a_working_day_and_never_early(begin, length, unit):
    due = Calendar().due(begin, min(length, 5) if unit is Unit.YEAR else length, unit)
    assert Calendar().works(due)
    assert due >= begin


@given(days, days)
def test_days_between_are_the_same_backwards(begin, end):
    assert Calendar().between(begin, end) == -Calendar().between(end, begin)


def test_what_an_area_settled_goes_before_the_calendar():
    monday = date(2026, 3, 2)
    closed = Calendar({monday: False})
    assert closed.due(monday - timedelta(days=1), 1, Unit.WORKDAY) == monday + timedelta(days=1)


def test_a_year_not_announced_yet_counts_weekends():
    assert not Calendar().works(date(2031, 5, 3))  # a Saturday
    assert Calendar().works(date(2031, 5, 1))  # 劳动节, as long as nobody announced it
