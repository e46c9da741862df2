"""A form filled in: its rows from where an office's year stands, as a table for the page and as cells for Excel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yijian.sheets.cells import Value, shown
from yijian.sheets.checking import Problem, added, check
from yijian.sheets.form import Column
from yijian.web.accounts.queries import Scope
from yijian.web.statistics.cells import Cells, each, summed
from yijian.web.statistics.counting import Number, counted_once
from yijian.web.statistics.figures import figures, stands_on
from yijian.web.statistics.forms import Form, kind_of, monthly, stocks
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import Month, Period, month_of
from yijian.web.statistics.sources import KINDS, SOURCES
from yijian.web.statistics.standing import Standing


@dataclass(frozen=True)
class Filled:
    """rows: as the sheet has them; places: what each is called; areas: of each row its division, where rows are divisions;
    totals: of these together."""

    rows: list[dict[str, Value]]
    places: list[str]
    areas: list[str]
    problems: list[Problem]
    totals: dict[str, Value] | None = None


def fill(form: Form, year: Standing, period: Period, names: Mapping[str, str]) -> Filled:
    """The form of an office and period. names: division → name."""
    month = _of_period(year, period)
    total = year.total(period.months[-1]) if period.kind != "campaign" else month
    if period.kind == "year":  # in no month's table of this year is there a place for it
        month, total = summed([month, year.too_late]), summed([total, year.too_late])
    if form.rows == "areas":
        return _by_area(form, month, names, year.area, period)
    rows: dict[str, dict[str, Value]] = {}
    for line in form.sheet.lines:
        if line.sum_of:
            parts = [rows[key] for key in line.sum_of]
            rows[line.key] = dict(added(form.sheet, parts))
        else:
            kind, cumulated = kind_of(line.only)
            rows[line.key] = _row(form, total if cumulated else month, [kind])
    found = list(rows.values())
    places = [line.label for line in form.sheet.lines]
    return Filled(found, places, [year.area] * len(found), [*check(form.sheet, found), *_grown(form, rows)])


def _of_period(year: Standing, period: Period) -> Cells:
    found: Cells = {}
    standing = stocks()
    for month in period.months:
        if month not in year.months:
            continue
        # months of a campaign begin or end anywhere: a closed table would bring corrections of months that are not among them
        cells = year.happened(month) if period.kind == "campaign" else year.month(month)
        for area, kind, column, value in each(cells):
            row = found.setdefault(area, {}).setdefault(kind, {})
            row[column] = value if column in standing else row.get(column, 0) + value
    return found


def _row(form: Form, cells: Cells, kinds: Sequence[str], area: str = "") -> dict[str, Value]:
    held: dict[str, Number] = {}
    for place, kind, column, value in each(cells):
        if kind in kinds and area in ("", place):
            held[column] = held.get(column, 0) + value
    known = {column.figure: column.key for column in monthly().sheet.columns if column.figure}
    row: dict[str, Value] = {}
    for column in form.sheet.columns:
        key = known.get(column.figure, column.key)
        value: Number | None = held.get(key)
        if value is None and column.figure and speaks_of(column.figure, kinds):
            value = 0
        if value is not None and column.kind in ("count", "yuan"):
            row[column.key] = Decimal(value).quantize(Decimal("0.01")) if column.kind == "yuan" else int(value)
    for column in form.sheet.columns:
        if column.sum_of:
            row[column.key] = added(form.sheet, [{column.key: row.get(key)} for key in column.sum_of])[column.key]
    return row


def speaks_of(word: str, kinds: Sequence[str]) -> bool:
    """Whether a figure knows these kinds of subject: a tip has none, a designated institution is no person."""
    for part in stands_on(word):
        source = SOURCES[figures()[part].source]
        if source.subject and source.institution:
            return True
        if source.institution and set(kinds) & {"medical", "pharmacy"}:
            return True
        if not source.institution and "other" in kinds:
            return True
    return False


def _by_area(form: Form, cells: Cells, names: Mapping[str, str], area: str, period: Period) -> Filled:
    kinds = form.only or tuple(KINDS)
    once = {
        column.key: counted_once(column.figure, Scope(areas=(area,)), period.months, form.only)
        for column in form.sheet.columns
        if column.figure and figures()[column.figure].once
    }
    areas = sorted({area, *cells, *(one for held in once.values() for one in held)})
    rows: list[dict[str, Value]] = []
    for one in areas:
        row = _row(form, cells, kinds, one) | {key: held.get(one, 0) for key, held in once.items()}
        rows.append({**row, **_shares(form, row), "area": names.get(one, one)})
    places, totals = [str(row["area"]) for row in rows], added(form.sheet, rows)
    return Filled(rows, places, areas, check(form.sheet, rows, places=places), {**totals, **_shares(form, totals)})


def _shares(form: Form, row: Mapping[str, Value]) -> dict[str, Value]:
    """A share is of two columns, which its note names: `covered/designated`."""
    found: dict[str, Value] = {}
    for column in form.sheet.columns:
        if column.kind == "share":
            part, whole = (row.get(key) for key in column.note.split("/", 1))
            if isinstance(part, int) and isinstance(whole, int) and whole:
                found[column.key] = (Decimal(part) / whole).quantize(Decimal("0.0001"))
    return found


def _grown(form: Form, rows: Mapping[str, Mapping[str, Value]]) -> list[Problem]:
    """What is cumulated is not less than the period alone. A stock, what there is now, is not cumulated."""
    found: list[Problem] = []
    standing = stocks()
    for line in form.sheet.lines:
        kind, cumulated = kind_of(line.only)
        if not cumulated or kind not in rows:
            continue
        for column in form.sheet.columns:
            if column.figure in standing:
                continue
            now, whole = rows[kind].get(column.key), rows[line.key].get(column.key)
            if isinstance(now, int | Decimal) and isinstance(whole, int | Decimal) and whole < now:
                said = f"是 {shown(column, whole)}，小于本期的 {shown(column, now)}，请核对"
                found.append(Problem(line.label, column.heading, said))
    return found


def add_up(year: Standing, month: Month) -> list[Problem]:
    """Whether a closed month holds together: cumulated(n) = cumulated(n−1) + month(n), and the parts below are what came."""
    found: list[Problem] = []
    table = year.tables.get(month)
    if table is None:
        return found
    columns: Mapping[str, Column] = monthly().sheet.by_key
    before = year.tables.get(month.before)
    if before is not None and not table.opening and month.month > 1:
        now, last, this = (_sums(cells) for cells in (year.reported(month), year.reported(month.before), year.month(month)))
        for key in sorted(set(now) | set(last) | set(this)):
            wanted = last.get(key, 0) + this.get(key, 0)
            if key not in stocks() and now.get(key, 0) != wanted:
                said = f"是 {now.get(key, 0):,}，上月累计加本月是 {wanted:,}，请核对"
                found.append(Problem("本年累计 合计", columns[key].heading, said))
    held = year.month(month)
    for child, tables in year.below.items():
        theirs = tables.get(month)
        if theirs is None or child in table.missing or theirs.handed is None or theirs.handed > table.closed:
            continue
        from_below = {area: held.get(area) for area in theirs.cells}
        if any(rows is None for area, rows in from_below.items() if theirs.cells[area]):
            found.append(Problem("合计", "", f"没有包含{child}报来的数"))
    return found


def _sums(cells: Cells) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for _, _, column, value in each(cells):
        found[column] = found.get(column, 0) + value
    return found


def head_of(year: Standing, period: Period, names: Mapping[str, str]) -> dict[str, Any]:
    """What stands above and below the table in Excel."""
    table = year.tables.get(period.months[-1]) if period.kind == "month" else None
    silent, said = not_reported(year, period, names), [_state(year, period, table)]
    said += [f"没有报送、没有计入的：{'、'.join(silent)}"] if silent and table else []
    said += [f"还没有报送的：{'、'.join(silent)}"] if silent and not table else []
    said += ["含 12 月关账以后下级补报的数"] if period.kind == "year" and year.too_late else []
    return {
        "office": names.get(year.area, year.area), "period": period.title, "state": "；".join(said),
        "head": table.head if table else "", "reporter": table.reporter if table else "",
        "handed": f"{timezone.localdate(table.handed)}" if table and table.handed else "",
    }  # fmt: skip


def _state(year: Standing, period: Period, table: MonthTable | None) -> str:
    if period.kind == "campaign":
        return "各月取台账现值，与关账数可能不同；凭文件报来的取当月数"
    if table is not None:
        return f"{table.get_state_display()}，哈希 {table.digest[:16]}"  # type: ignore[attr-defined]
    closed = all(month in year.tables for month in period.months)
    return "各月均已关账" if closed else "未关账，数会变化"


def not_reported(year: Standing, period: Period, names: Mapping[str, str]) -> list[str]:
    """Who below has not handed in which months of a quarter or year, in words; of a month, who is not in its table."""
    if period.kind == "campaign":
        return []
    if period.kind == "month":
        table = year.tables.get(period.months[0])
        return [names.get(one, one) for one in (table.missing if table else year.missing(period.months[0]))]
    found = year.unreported(period.months, month_of(timezone.localdate()))
    return [f"{names.get(one, one)}（{'、'.join(month.title for month in months)}）" for one, months in found.items()]
