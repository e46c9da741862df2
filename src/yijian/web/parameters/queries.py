"""What a parameter is in an area on a day, and which days are worked there."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.http import Http404
from django.utils import timezone

from yijian.vocabulary.workdays import Calendar, Unit
from yijian.web.accounts.queries import Right, User, need, within
from yijian.web.parameters.models import LegalParameter, SettledDay

__all__ = [
    "Book",
    "Calendar",
    "Definition",
    "SettledDay",
    "Unit",
    "Value",
    "calendar_of",
    "days_for",
    "definitions",
    "due",
    "rows_for",
    "settled_day_for",
    "value_of",
]

UNITS = {
    "workday": "个工作日",
    "day": "日",
    "month": "个月",
    "year": "年",
    "share": "（比例）",
    "yuan": "元",
    "count": "",
    "text": "",
}


@dataclass(frozen=True)
class Definition:
    """A parameter as it ships."""

    key: str
    title: str
    value: Decimal
    unit: str
    source: str
    text: str = ""


@dataclass(frozen=True)
class Value:
    """A parameter in force: its value (or text), unit, where it comes from, and the division that set it ('' = as shipped)."""

    key: str
    title: str
    value: Decimal
    unit: str
    source: str
    division: str = ""
    text: str = ""

    def __str__(self) -> str:
        if self.unit == "text":
            return self.text or "未设置"
        if self.unit == "share":
            return f"{self.value:.1%}"
        return f"{self.value.normalize():f} {UNITS[self.unit]}".strip()


@cache
def definitions() -> dict[str, Definition]:
    """All parameters, in the order of the file."""
    said = tomllib.loads((Path(__file__).parent / "parameters.toml").read_text(encoding="utf-8"))
    return {
        key: Definition(key, one["title"], Decimal(str(one.get("value", 0))), one["unit"], one["source"], one.get("text", ""))
        for key, one in said.items()
    }


class Book:
    """All parameters and settled days as they are now, read once: for pages that ask about many divisions.

    without: a division and a day; as if the division had said nothing of it.
    """

    def __init__(self, without: tuple[str, date] | None = None) -> None:
        self._rows = list(LegalParameter.objects.order_by("-valid_from", "-pk"))
        newest_last = SettledDay.objects.order_by("pk").values_list("division", "day", "works")
        said = {(division, day): works for division, day, works in newest_last}
        said.pop(without, None)  # type: ignore[arg-type]
        self._days = [(division, day, works) for (division, day), works in said.items() if works is not None]

    def value_of(self, key: str, area: str, on: date) -> Value:
        """What a parameter is in a division on a day: the nearest division's own value, else the shipped one.

        KeyError if there is no such parameter.
        """
        shipped, above = definitions()[key], _above(area)
        rows = [r for r in self._rows if r.key == key and r.division in above and r.valid_from <= on]
        valid = [r for r in rows if r.valid_to is None or on <= r.valid_to]
        nearest = max(valid, key=lambda row: len(row.division.rstrip("0")), default=None)
        if nearest is None:
            return Value(key, shipped.title, shipped.value, shipped.unit, shipped.source, text=shipped.text)
        return Value(key, shipped.title, nearest.value, shipped.unit, nearest.source, nearest.division, nearest.text)

    def calendar_of(self, area: str) -> Calendar:
        """The working days of a division: the national calendar, then what those above it and it itself settled."""
        above = _above(area)
        nearest_last = sorted((d for d in self._days if d[0] in above), key=lambda row: len(row[0].rstrip("0")))
        return Calendar({day: works for _, day, works in nearest_last})

    def due(self, key: str, area: str, begin: date) -> date:
        """The last day of a period that is a parameter, from what happened on `begin`."""
        period = self.value_of(key, area, begin)
        return self.calendar_of(area).due(begin, int(period.value), Unit(period.unit))


def value_of(key: str, area: str, on: date) -> Value:
    """See `Book`."""
    return Book().value_of(key, area, on)


def calendar_of(area: str) -> Calendar:
    """See `Book`."""
    return Book().calendar_of(area)


def due(key: str, area: str, begin: date) -> date:
    """See `Book`."""
    return Book().due(key, area, begin)


def rows_for(user: User) -> "list[tuple[Value, list[LegalParameter]]]":
    """Each parameter as it is today where the user keeps parameters, with the rows set there, newest first."""
    need(user, Right.KEEP_PARAMETERS)
    home: str = user.organisation.division_id  # pyright: ignore[reportAttributeAccessIssue]
    own: dict[str, list[LegalParameter]] = {}
    for row in LegalParameter.objects.select_related("set_by").order_by("-valid_from", "-pk"):
        if within(home, row.division) or within(row.division, home):
            own.setdefault(row.key, []).append(row)
    book, today = Book(), timezone.localdate()
    return [(book.value_of(key, home, today), own.get(key, [])) for key in definitions()]


def days_for(user: User) -> "list[tuple[SettledDay, bool, bool]]":
    """Days settled where the user keeps parameters, newest first; whether each counts, and whether the user may withdraw it."""
    need(user, Right.KEEP_PARAMETERS)
    scope, seen, found = user.scope(Right.KEEP_PARAMETERS), set[tuple[str, date]](), list[tuple[SettledDay, bool, bool]]()
    for row in SettledDay.objects.select_related("set_by").order_by("-day", "division", "-pk"):
        if within(user.home, row.division) or within(row.division, user.home):
            counts = (row.division, row.day) not in seen and row.works is not None
            found.append((row, counts, counts and scope.covers(area=row.division)))
            seen.add((row.division, row.day))
    return found


def settled_day_for(user: User, row_id: int) -> SettledDay:
    """One row about a day in the divisions where the user keeps parameters. Http404 if there is none."""
    need(user, Right.KEEP_PARAMETERS)
    inside = user.scope(Right.KEEP_PARAMETERS).condition(area="division", institution="division")
    found = SettledDay.objects.filter(inside, pk=row_id).select_related("set_by").first()
    if found is None:
        raise Http404("没有这一条工作日设置，或不在您的管理范围内。")
    return found


def _above(area: str) -> list[str]:
    """The division, those that hold it, and all: codes that may say something about it."""
    return list(dict.fromkeys((area[:6], f"{area[:4]}00", f"{area[:2]}0000", "000000")))
