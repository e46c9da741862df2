"""The table on the page: turned, so that a form with thirty columns is read from top to bottom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from yijian.sheets.cells import shown
from yijian.sheets.form import Column
from yijian.web.statistics.figures import figures
from yijian.web.statistics.filling import Filled
from yijian.web.statistics.forms import Form
from yijian.web.statistics.periods import Period
from yijian.web.statistics.standing import Difference


@dataclass(frozen=True)
class Cell:
    """text; link: to its rows; wrong: a check fails there; changed: the ledgers say something else now."""

    text: str
    link: str = ""
    wrong: bool = False
    changed: bool = False


@dataclass(frozen=True)
class Item:
    """One column of the form as a row of the page. says: its definition; typed: by a person."""

    heading: str
    says: str
    typed: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Grid:
    """heads: of the columns on the page; groups: heading → its items."""

    heads: list[str]
    groups: list[tuple[str, list[Item]]]


def grid(
    form: Form, filled: Filled, area: str, period: Period, shows: Sequence[int], differences: Sequence[Difference] = ()
) -> Grid:
    """shows: which rows of the form become columns of the page."""
    wrong = {(one.place, one.column) for one in filled.problems}
    changed = {one.column for one in differences}
    items: list[tuple[str, Item]] = []
    for column in form.sheet.columns:
        if column.key == "area":
            continue
        cells = [
            Cell(
                text=shown(column, filled.rows[n].get(column.key)),
                link=_link(form, column, filled, n, area, period),
                wrong=(filled.places[n], column.heading) in wrong,
                changed=column.key in changed,
            )
            for n in shows
        ]
        if filled.totals is not None:
            cells.append(Cell(shown(column, filled.totals.get(column.key))))
        items.append((column.group, Item(column.heading, says(column), column.typed, cells)))
    groups = [(group, [item for _, item in held]) for group, held in groupby(items, key=lambda one: one[0])]
    heads = [filled.places[n].removeprefix("本期 ").removeprefix("本年累计 ") for n in shows]
    return Grid([*heads, *(["合计"] if filled.totals is not None else [])], groups)


def says(column: Column) -> str:
    """What a column counts, in words."""
    if column.figure:
        return figures()[column.figure].says
    return f"填报：{column.note}" if column.typed else "" if column.kind == "share" else column.note


def _link(form: Form, column: Column, filled: Filled, n: int, area: str, period: Period) -> str:
    """To the rows behind a cell; '' where there is nothing to open."""
    value = filled.rows[n].get(column.key)
    if not value or not (column.figure or column.typed):
        return ""
    words: Mapping[str, str] = {
        "area": filled.areas[n] if form.rows == "areas" else area, "period": period.key, "column": column.key,
        **({"own": "1"} if form.rows == "areas" else {"line": form.sheet.lines[n].key}),
    }  # fmt: skip
    return f"{reverse('statistics:rows', args=[form.key])}?{urlencode(words)}"
