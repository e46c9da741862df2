"""Numbers by division, kind of subject and column: adding them up, keeping them as JSON, their hash."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from yijian.web.statistics.counting import Number
from yijian.web.statistics.forms import column_of, stocks

Cells = dict[str, dict[str, dict[str, Number]]]
"""division → kind of subject → column → number. What is not there is 0."""


def put(cells: Cells, area: str, kind: str, column: str, value: Number) -> None:
    """Add a number to a cell."""
    row = cells.setdefault(area, {}).setdefault(kind, {})
    row[column] = row.get(column, 0) + value


def each(cells: Cells) -> Iterable[tuple[str, str, str, Number]]:
    """Division, kind, column, number of all cells, in order."""
    for area in sorted(cells):
        for kind in sorted(cells[area]):
            for column in sorted(cells[area][kind]):
                yield area, kind, column, cells[area][kind][column]


def summed(parts: Iterable[Cells], *, inside: Callable[[str], bool] = lambda area: True) -> Cells:
    """All of them together, of the divisions that are wanted. What is a stock is not added up: the last one counts."""
    found: Cells = {}
    standing = stocks()
    for part in parts:
        for area, kind, column, value in each(part):
            if not inside(area):
                continue
            if column in standing:
                found.setdefault(area, {}).setdefault(kind, {})[column] = value
            else:
                put(found, area, kind, column, value)
    return found


def less(one: Cells, other: Cells) -> Cells:
    """What one has more than the other, cell by cell, noughts left out; stocks are not compared."""
    found: Cells = {}
    standing = stocks()
    for sign, part in ((1, one), (-1, other)):
        for area, kind, column, value in each(part):
            if column not in standing:
                put(found, area, kind, column, sign * value)
    return cleaned(found)


def cleaned(cells: Cells) -> Cells:
    """Without noughts."""
    found: Cells = {}
    for area, kind, column, value in each(cells):
        if value:
            put(found, area, kind, column, value)
    return found


def as_json(cells: Cells) -> dict[str, Any]:
    """As it is kept: yuan as text, so that no cent is lost."""
    return {
        area: {kind: {column: _said(value) for column, value in row.items()} for kind, row in rows.items()}
        for area, rows in cells.items()
    }


def _said(value: Number) -> int | str:
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def from_json(said: Mapping[str, Any]) -> Cells:
    """Back again. Columns that the form has no more are left out."""
    found: Cells = {}
    for area, rows in said.items():
        for kind, row in rows.items():
            for column, value in row.items():
                if (known := column_of(column)) is not None:
                    put(found, area, kind, column, Decimal(value) if known.kind == "yuan" else int(value))
    return found


def digest(*said: object) -> str:
    """SHA-256 of what is kept, as JSON with its keys in order and no blanks."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
