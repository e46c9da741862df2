"""The forms: `forms/*.toml`, each a sheet of `yijian.sheets` with what it is about."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from yijian.sheets.form import Column, Sheet, read
from yijian.web.statistics.figures import figures, is_stock
from yijian.web.statistics.sources import KINDS

HERE = Path(__file__).parent / "forms"
MONTHLY = "monthly"
"""The form that is closed month by month; what others show of closed months comes from it."""


@dataclass(frozen=True)
class Form:
    """A sheet, and what a statistics page must know of it besides.

    periods: words of `periods.KINDS`; rows: what its rows are: `lines` (as the sheet has them), `areas` (one a division) or a
    source of records. ours: its columns are ours, for the original was not published.
    """

    sheet: Sheet
    periods: tuple[str, ...]
    rows: str = "lines"
    only: tuple[str, ...] = ()
    """Kinds of subject that it counts, where its lines do not say so; none = all."""
    ours: bool = True

    @property
    def key(self) -> str:
        return self.sheet.key

    @property
    def words(self) -> list[str]:
        """The figures that it counts."""
        return [column.figure for column in self.sheet.columns if column.figure]


@dataclass(frozen=True)
class _Said:
    periods: tuple[str, ...]
    rows: Literal["lines", "areas", "records"] = "lines"
    only: tuple[str, ...] = ()
    ours: bool = True


@cache
def forms() -> Mapping[str, Form]:
    """All forms by their key, in the order of their files. ValueError where one counts what nobody knows."""
    found: dict[str, Form] = {}
    for path in sorted(HERE.glob("*.toml")):
        said = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Said)
        form = Form(read(path), said.periods, said.rows, said.only, said.ours)
        kinds = {kind_of(line.only)[0] for line in form.sheet.lines if line.only} | set(form.only)
        if unknown := (set(form.words) - set(figures())) | (kinds - set(KINDS)):
            raise ValueError(f"{path.name}: {sorted(unknown)} are neither figures nor kinds")
        found[form.key] = form
    return dict(sorted(found.items(), key=lambda one: one[0] != MONTHLY))


def kind_of(only: str) -> tuple[str, bool]:
    """What a line narrows to: a kind of subject, and whether it is cumulated (`medical@year`)."""
    kind, _, when = only.partition("@")
    return kind, when == "year"


def monthly() -> Form:
    """The form that is closed."""
    return forms()[MONTHLY]


def column_of(key: str) -> Column | None:
    """A column of the monthly form that is counted or typed."""
    return monthly().sheet.by_key.get(key)


def typed_columns() -> list[Column]:
    """What the reporter types."""
    return [column for column in monthly().sheet.columns if column.typed]


def stocks() -> set[str]:
    """Columns that say what there is, and are not added up over months."""
    return {column.key for column in monthly().sheet.columns if column.figure and is_stock(column.figure)}
