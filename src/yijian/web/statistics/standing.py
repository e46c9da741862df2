"""Where an office's year stands: what was closed, what the ledgers say now, what the offices below handed in.

Nothing here asks who is asking: pages go through `queries.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from yijian.web.accounts.queries import Right, Scope, areas_with, within
from yijian.web.statistics.cells import Cells, as_json, cleaned, digest, each, from_json, less, put, summed
from yijian.web.statistics.counting import Number, counted
from yijian.web.statistics.forms import monthly, stocks
from yijian.web.statistics.models import Explanation, MonthTable, TypedFigure
from yijian.web.statistics.periods import Month
from yijian.web.statistics.steps import State


def offices() -> list[str]:
    """Divisions in which somebody keeps statistics, and those from which a month came as a file."""
    came = MonthTable.objects.order_by().values_list("area", flat=True).distinct()
    return sorted({*areas_with(Right.KEEP_STATISTICS), *came})


@dataclass(frozen=True)
class Difference:
    """A cell of a closed month of which the ledgers say something else now. why: its newest explanation that is still true."""

    table: MonthTable
    area: str
    kind: str
    column: str
    was: Number
    now: Number
    why: Explanation | None

    @property
    def heading(self) -> str:
        """Its column in words."""
        return monthly().sheet.by_key[self.column].heading


@dataclass
class Standing:
    """An office and months of one year (or of a campaign), in order."""

    area: str
    months: Sequence[Month]
    offices: Sequence[str]
    words: Sequence[str]
    """Columns of the monthly form that are wanted."""
    tables: dict[Month, MonthTable] = field(default_factory=dict[Month, MonthTable])
    below: dict[str, dict[Month, MonthTable]] = field(default_factory=dict[str, dict[Month, MonthTable]])

    def __post_init__(self) -> None:
        inside = [one for one in self.offices if one != self.area and within(self.area, one)]
        self.under = [one for one in inside if self._office_of(one, itself=False) == self.area]
        wanted = {"area__in": [self.area, *self.under], "month__range": (self.months[0].first, self.months[-1].first)}
        self.below = {one: {} for one in self.under}
        for table in MonthTable.objects.filter(**wanted).select_related("by", "handed_by").order_by("month"):
            if table.area == self.area:
                self.tables[table.of] = table
            elif table.state == State.HANDED:
                self.below[table.area][table.of] = table

    def _office_of(self, place: str, *, itself: bool = True) -> str:
        """The nearest office at or above a division, within this one; the office itself where none is nearer."""
        found = self.area
        for one in self.offices:
            near = within(found, one) and within(one, place) and one != found
            found = one if near and (itself or one != place) else found
        return found

    def is_own(self, place: str) -> bool:
        """Whether what lies in a division is this office's to report, and no other's below it."""
        return self._office_of(place) == self.area

    def child_of(self, place: str) -> str:
        """The office directly below that brings a division's figures; '' where it is this one's own."""
        return next((one for one in self.under if within(one, place)), "")

    @cached_property
    def live(self) -> dict[Month, Cells]:
        """What the ledgers, and the reporters here and below, say now of each month."""
        columns = [column for column in monthly().sheet.columns if column.key in self.words]
        by_figure = {column.figure: column.key for column in columns if column.figure}
        found: dict[Month, Cells] = {month: {} for month in self.months}
        for word, places in counted(by_figure, Scope(areas=(self.area,)), self.months).items():
            for at, value in places.items():
                for month in [at.month] if at.month else self.months:
                    put(found[month], at.area or self.area, at.kind, by_figure[word], value)
        kinds = {column.key: column.kind for column in columns if column.typed}
        typed = TypedFigure.objects.filter(area__in=self.offices, month__range=(self.months[0].first, self.months[-1].first))
        for one in typed:
            if one.column in kinds and within(self.area, one.area):
                value = one.value if kinds[one.column] == "yuan" else int(one.value)
                put(found[Month(one.month.year, one.month.month)], one.area, one.kind, one.column, value)
        return found

    @cached_property
    def files(self) -> dict[Month, list[MonthTable]]:
        """Months that came as files from systems of their own, whose ledgers are not here; not what a file of above holds too."""
        found: dict[Month, list[MonthTable]] = {}
        span = (self.months[0].first, self.months[-1].first)
        for table in MonthTable.objects.filter(by=None, month__range=span).order_by("area"):  # a city before its counties
            held = found.setdefault(table.of, [])
            if within(self.area, table.area) and not any(within(one.area, table.area) for one in held):
                held.append(table)
        return found

    def happened(self, month: Month) -> Cells:
        """A month as the ledgers are now, whatever was closed; of who files from elsewhere the month's cells, if they came.

        No corrections: they are of other months, and which month each is of no table says.
        """
        files = self.files.get(month, [])
        here = summed([self.live[month]], inside=lambda place: not any(within(one.area, place) for one in files))
        return summed([here, *(from_json(one.cells) for one in files)])

    @property
    def last_closed(self) -> Month | None:
        """The last of the months that is closed."""
        return max(self.tables, default=None)

    def missing(self, month: Month) -> list[str]:
        """Offices directly below that have handed in nothing for a month."""
        return [one for one in self.under if month not in self.below[one]]

    def unreported(self, months: Sequence[Month], today: Month) -> dict[str, list[Month]]:
        """Offices directly below → which of these months, being over before today's, they have not handed in.

        Nobody owes what was before anybody reported, nor what an office's first table holds.
        """
        known = [*self.tables, *(month for held in self.below.values() for month in held)]
        since = min(known, default=self.months[0])
        found: dict[str, list[Month]] = {}
        for one, held in self.below.items():
            first = next((month for month, table in held.items() if table.opening), since)
            if lacking := [month for month in months if first <= month < today and month not in held]:
                found[one] = lacking
        return found

    @property
    def too_late(self) -> Cells:
        """What those below handed in after the last of the months was closed: no table of these months has it."""
        if self.last_closed != self.months[-1]:
            return {}
        return summed([self.pending], inside=lambda place: not self.is_own(place))

    def now(self, month: Month, *, provisional: bool) -> Cells:
        """A month that is not closed: the own part from the ledgers, each part below as it was handed in.

        provisional: what was not handed in is taken from the ledgers, else left out.
        """
        own = summed([self.live[month]], inside=self.is_own)
        parts = [own]
        for one, held in self.below.items():
            if table := held.get(month):
                parts.append(from_json(table.cells))
            elif provisional:
                parts.append(summed([self.live[month]], inside=_inside(one)))
        return summed(parts)

    def target(self, last: Month, *, provisional: bool) -> Cells:
        """What should have been reported of the months until one: the own part as the ledgers are now, the parts as handed in."""
        months = [month for month in self.months if month <= last]
        parts = [summed([self.live[month]], inside=self.is_own) for month in months]
        for one, held in self.below.items():
            handed = [table for month, table in held.items() if month <= last]
            parts += [from_json(cells) for table in handed for cells in (table.cells, table.corrections)]
            parts.append(self._kept(one, handed, last))
            if provisional:
                after = max((table.of for table in handed), default=None)
                parts += [summed([self.live[m]], inside=_inside(one)) for m in months if after is None or m > after]
        return summed(parts)

    def _kept(self, one: str, handed: Sequence[MonthTable], last: Month) -> Cells:
        """What this office reported itself of a division, before an office there first handed in: its first table says that anew.

        Else a year would lose the months before somebody there began to report.
        """
        if any(table.opening for table in handed):
            return {}
        first = min((table.of for table in handed), default=last.next)
        return summed([self.reported(first.before)], inside=_inside(one))

    def reported(self, last: Month | None) -> Cells:
        """What was closed of the months until one, corrections included."""
        tables = [table for month, table in self.tables.items() if last is not None and month <= last]
        return summed(from_json(cells) for table in tables for cells in (table.cells, table.corrections))

    @cached_property
    def pending(self) -> Cells:
        """By what the closed months would have to be corrected: what goes into the next table."""
        last = self.last_closed
        return less(self.target(last, provisional=False), self.reported(last)) if last else {}

    def month(self, month: Month) -> Cells:
        """What the table of a month shows: closed as it was, with what it corrected; else as it is now."""
        if table := self.tables.get(month):
            parts = [from_json(table.cells)] if table.opening else [from_json(table.cells), from_json(table.corrections)]
            return summed(parts)
        first = self.last_closed.next if self.last_closed else None
        return summed([self.now(month, provisional=True), self.pending if month == first else {}])

    def total(self, last: Month) -> Cells:
        """Cumulated at the end of a month."""
        closed = [month for month in self.tables if month <= last]
        if not closed:
            return self.target(last, provisional=True)
        later = [self.month(month) for month in self.months if max(closed) < month <= last]
        return summed([self.reported(last), *later])

    def to_close(self, month: Month) -> tuple[Cells, Cells]:
        """What closing a month keeps: its cells, and the corrections of the months before it."""
        cells = self.now(month, provisional=False)
        before = less(self.target(month, provisional=False), self.reported(month.before))
        return cleaned(cells), less(before, cells)

    @cached_property
    def differences(self) -> list[Difference]:
        """Cells of the own part of closed months of which the ledgers say something else now."""
        found: list[Difference] = []
        reasons: dict[tuple[int, str, str, str], tuple[str, Explanation]] = {}
        told = Explanation.objects.filter(table__in=list(self.tables.values())).select_related("by").order_by("pk")
        for one in told:
            for area, kind, column, _, now in one.cells:
                reasons[one.table_id, area, kind, column] = (now, one)  # type: ignore[attr-defined]
        for month, table in sorted(self.tables.items()):
            was = summed([from_json(table.cells)], inside=self.is_own)
            live = summed([self.live[month]], inside=self.is_own)
            for area, kind, column, gap in each(less(live, was)):
                before = was.get(area, {}).get(kind, {}).get(column, 0)
                said, why = reasons.get((table.pk, area, kind, column), ("", None))
                now = before + gap
                found.append(Difference(table, area, kind, column, before, now, why if said == text_of(now) else None))
        return found


def _inside(one: str) -> "Callable[[str], bool]":
    return lambda place: within(one, place)


def text_of(value: Number) -> str:
    """A number as an explanation keeps it."""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def standing(area: str, months: Sequence[Month], known: Sequence[str] | None = None) -> Standing:
    """Of an office and months. known: `offices`, where they are known. A division without an office counts as one."""
    every = offices() if known is None else known
    words = [column.key for column in monthly().sheet.columns if column.figure or column.typed]
    return Standing(area, months, [*every, *([] if area in every else [area])], words)


def digest_of(table: MonthTable) -> str:
    """What its hash must be."""
    said = [table.area, str(table.of), table.cells, table.corrections, table.opening, table.missing]
    return digest(*said)


def is_intact(table: MonthTable) -> bool:
    """Whether nobody changed it in the database since it was closed."""
    return digest_of(table) == table.digest


def frozen(cells: Cells) -> dict[str, object]:
    """As a table keeps them."""
    return as_json(cells)


__all__ = ["Difference", "Standing", "digest_of", "is_intact", "offices", "standing", "stocks"]
