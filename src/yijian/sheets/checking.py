"""Whether what was filled in holds together: required cells, sums along and across, the sentences of the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yijian.sheets.cells import Value, shown
from yijian.sheets.form import NUMBERS, Check, Column, Row, Sheet

Number = int | Decimal


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold. place: 第 3 行, 合计 or a line's label; column: its heading, '' where it is about the row."""

    place: str
    column: str
    says: str

    def __str__(self) -> str:
        return f"{self.place}“{self.column}”{self.says}" if self.column else f"{self.place}：{self.says}"


def check(sheet: Sheet, rows: Sequence[Row], totals: Row | None = None, places: Sequence[str] = ()) -> list[Problem]:
    """What does not hold, in the order of the rows.

    totals: the last row as it was written, where there was one; places: what the rows are called, else 第 1 行 and so on.
    A sum is checked where it is filled in and at least one of its parts is; a part left empty counts as 0.
    """
    found: list[Problem] = []
    for number, row in enumerate(rows):
        place = places[number] if places else sheet.lines[number].label if sheet.lines else f"第 {number + 1} 行"
        for column in sheet.columns:
            if column.required and row.get(column.key) is None:
                found.append(Problem(place, column.heading, "必须填写"))
            elif column.sum_of:
                parts = [row.get(key) for key in column.sum_of]
                what = "＋".join(sheet.by_key[key].heading for key in column.sum_of)
                found += _sum(place, column, row.get(column.key), parts, f"{what}相加")
        found += [p for one in sheet.checks if (p := _holds(sheet, one, place, row))]
    for line in sheet.lines:
        if line.sum_of:
            found += _lines(sheet, line.key, line.label, line.sum_of, rows)
    if totals is not None:
        for column in sheet.columns:
            if column.kind in NUMBERS:
                found += _sum("合计", column, totals.get(column.key), [row.get(column.key) for row in rows], "各行相加")
    return found


def added(sheet: Sheet, rows: Sequence[Row]) -> dict[str, Value]:
    """The total row: sums of counts and yuan, None elsewhere and where no row has a number."""
    return {column.key: _total([row.get(column.key) for row in rows]) for column in sheet.columns if column.kind in NUMBERS}


def _lines(sheet: Sheet, key: str, label: str, parts: Sequence[str], rows: Sequence[Row]) -> list[Problem]:
    by_line: Mapping[str, Row] = {line.key: row for line, row in zip(sheet.lines, rows, strict=True)}
    what = "＋".join(line.label for line in sheet.lines if line.key in parts)
    return [
        problem
        for column in sheet.columns
        if column.kind in NUMBERS
        for problem in _sum(
            label, column, by_line[key].get(column.key), [by_line[part].get(column.key) for part in parts], f"{what}相加"
        )
    ]


def _sum(place: str, column: Column, said: Value, parts: Sequence[Value], what: str) -> list[Problem]:
    total = _total(parts)
    if said is None or total is None or said == total:
        return []
    return [Problem(place, column.heading, f"是 {shown(column, said)}，{what}是 {shown(column, total)}，请核对")]


def _holds(sheet: Sheet, one: Check, place: str, row: Row) -> Problem | None:
    left, right = ([row.get(key) for key in side] for side in (one.left, one.right))
    if None in left or None in right:
        return None
    less, more = _total(left) or 0, _total(right) or 0
    if less == more or (one.relation == "<=" and less < more):
        return None
    first, last = sheet.by_key[one.left[0]], sheet.by_key[one.right[0]]
    return Problem(place, "", f"{one.says}（{shown(first, less)} 与 {shown(last, more)}）")


def _total(values: Sequence[Value]) -> Number | None:
    numbers = [value for value in values if isinstance(value, int | Decimal)]
    return sum(numbers, start=type(numbers[0])(0)) if numbers else None
