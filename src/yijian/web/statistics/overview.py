"""Which offices have closed and handed in which month, and who is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yijian.web.accounts.queries import division_names
from yijian.web.parameters.queries import Book
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import Month, month_of
from yijian.web.statistics.queries import due_day
from yijian.web.statistics.standing import offices, standing

BACK = 6
"""Months that are shown."""


@dataclass(frozen=True)
class Office:
    """An office's line: its name, and its table of each month (None = not closed)."""

    area: str
    name: str
    own: bool
    tables: list[tuple[Month, MonthTable | None, bool]]
    """month, table, whether it is late now: not handed in though its day has passed."""


@dataclass(frozen=True)
class Overview:
    """The last months, newest first, and the offices: the own one and those directly below."""

    months: Sequence[Month]
    lines: list[Office]

    @property
    def late(self) -> list[str]:
        """Offices below whose table of the newest month is overdue."""
        return [one.name for one in self.lines if not one.own and one.tables and one.tables[0][2]]


def months(area: str, today: date) -> Overview:
    """Of an office, until today."""
    shown: list[Month] = []
    month = month_of(today).before
    for _ in range(BACK):
        shown.append(month)
        month = month.before
    known = offices()
    under = standing(area, (shown[0],), known).under
    held = {
        (one.area, one.of): one
        for one in MonthTable.objects.filter(area__in=[area, *under], month__range=(shown[-1].first, shown[0].first))
    }
    names, book = division_names(), Book()
    dues = {month: due_day(area, month, book) for month in shown}

    since = min((month for _, month in held), default=shown[0])  # nobody is late for what was before anybody reported

    def of(one: str) -> list[tuple[Month, MonthTable | None, bool]]:
        tables = [(month, held.get((one, month))) for month in shown]
        return [
            (month, table, since <= month and today > dues[month] and (table is None or not table.handed))
            for month, table in tables
        ]

    return Overview(shown, [Office(one, names.get(one, one), one == area, of(one)) for one in [area, *under]])
