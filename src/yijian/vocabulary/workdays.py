"""Working days, with the State Council's make-up days (调休), and when something is due.

A period does not count the day on which it begins. A period in days, months or years whose last day is no working day ends with
the next working day. A year whose calendar is not published yet counts Saturdays and Sundays as free, and `announced` says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import chinese_calendar


class Unit(StrEnum):
    """What a period is counted in."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


FIRST, LAST = min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year
"""Years whose official calendar is known."""

ONE = timedelta(days=1)


def announced(year: int) -> bool:
    """Whether the official calendar of a year is known.

    >>> announced(2026)
    True
    """
    return FIRST <= year <= LAST


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. given: days that an area settled itself (a typhoon, a local feast), before everything else."""

    given: Mapping[date, bool] = field(default_factory=dict[date, bool])

    def works(self, day: date) -> bool:
        """Whether a day is worked.

        >>> Calendar().works(date(2026, 2, 14)), Calendar().works(date(2026, 2, 17))  # a made-up Saturday; New Year
        (True, False)
        >>> Calendar({date(2026, 2, 14): False}).works(date(2026, 2, 14))
        False
        """
        if day in self.given:
            return self.given[day]
        return chinese_calendar.is_workday(day) if announced(day.year) else day.weekday() < 5

    def next(self, day: date) -> date:
        """The day itself if it is worked, else the first worked day after it."""
        while not self.works(day):
            day += ONE
        return day

    def due(self, begin: date, length: int, unit: Unit) -> date:
        """The last day of a period that begins with something that happened on `begin`. length ≥ 0.

        >>> Calendar().due(date(2026, 2, 12), 3, Unit.WORKDAY).isoformat()  # Friday, made-up Saturday, after New Year
        '2026-02-24'
        >>> Calendar().due(date(2026, 1, 31), 1, Unit.MONTH).isoformat()  # no 31 February; the 28th was made up
        '2026-02-28'
        """
        match unit:
            case Unit.WORKDAY:
                return self._worked(begin, length)
            case Unit.DAY:
                return self.next(begin + timedelta(days=length))
            case Unit.MONTH:
                return self.next(_months_on(begin, length))
            case Unit.YEAR:
                return self.next(_months_on(begin, 12 * length))

    def _worked(self, begin: date, length: int) -> date:
        day = begin
        for _ in range(length):
            day = self.next(day + ONE)
        return day

    def between(self, begin: date, end: date) -> int:
        """Working days after `begin` up to and with `end`; negative where `end` lies before.

        >>> Calendar().between(date(2026, 2, 12), date(2026, 2, 24))
        3
        """
        if end < begin:
            return -self.between(end, begin)
        return sum(self.works(begin + timedelta(days=n)) for n in range(1, (end - begin).days + 1))


def ends(begin: date, length: int, unit: Unit) -> date:
    """The last day of a period in which something stands, worked or not: it is not prolonged by a holiday.

    >>> ends(date(2026, 10, 16), 1, Unit.YEAR).isoformat()  # a Saturday
    '2027-10-16'
    """
    match unit:
        case Unit.WORKDAY:
            return Calendar().due(begin, length, unit)
        case Unit.DAY:
            return begin + timedelta(days=length)
        case Unit.MONTH:
            return _months_on(begin, length)
        case Unit.YEAR:
            return _months_on(begin, 12 * length)


def _months_on(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(following - ONE, date(year, month + 1, 1) + timedelta(days=day.day - 1))
