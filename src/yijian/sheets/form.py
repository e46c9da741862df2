"""A table form as a TOML file says it.

| word | meaning |
|---|---|
| key, number, title, source, unit | which form it is: 附件2, 定点医疗机构自查情况统计表, the notice, what its money is said in |
| head, foot | fields above and below the table: `{key, heading}` |
| stub | heading of the first column: 序号 for open rows, what the lines are for fixed ones |
| columns | in their order; `group` is the heading above several |
| lines | fixed rows; a form without them has open rows, as many as one fills in |
| checks | sentences that must hold in each row: `left` and `right` are keys of columns that are added up |
| notes | printed below the table |
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["text", "count", "yuan", "share", "date", "choice"]
NUMBERS = ("count", "yuan")
"""Kinds whose cells add up. A share is a fraction of 1, and does not."""
Row = Mapping[str, "str | int | Decimal | date | None"]
"""The cells of one row by the keys of the columns; None: nothing was filled in."""


@dataclass(frozen=True)
class Field:
    """One thing said above or below the table."""

    key: str
    heading: str


@dataclass(frozen=True)
class Column:
    """One column. sum_of: keys of columns of the same row; figure: what a statistics form counts there; typed: by a person."""

    key: str
    heading: str
    kind: Kind = "text"
    group: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    sum_of: tuple[str, ...] = ()
    figure: str = ""
    typed: bool = False
    width: int = 12
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One fixed row. sum_of: keys of lines that it adds up; only: what it narrows the figures of its columns to."""

    key: str
    label: str
    sum_of: tuple[str, ...] = ()
    only: str = ""


@dataclass(frozen=True)
class Check:
    """Must hold in each row in which all of its cells are filled in. says: the sentence for when it does not."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    says: str
    relation: Literal["<=", "="] = "<="


@dataclass(frozen=True)
class Sheet:
    """A form. total: open rows are added up in a last one."""

    key: str
    title: str
    columns: tuple[Column, ...]
    number: str = ""
    source: str = ""
    unit: str = "元"
    stub: str = "序号"
    head: tuple[Field, ...] = ()
    foot: tuple[Field, ...] = ()
    lines: tuple[Line, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    total: bool = False

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by their keys."""
        return {column.key: column for column in self.columns}

    @cached_property
    def mark(self) -> str:
        """Changes whenever a file filled in on the form as it was could not be read any more: SHA-256, 16 digits."""
        shape = [self.key, *((c.key, c.heading, c.kind, c.group) for c in self.columns), *((x.key, x.label) for x in self.lines)]
        return sha256(repr(shape).encode()).hexdigest()[:16]

    def __post_init__(self) -> None:
        columns, lines = {c.key for c in self.columns}, {line.key for line in self.lines}
        if len(columns) != len(self.columns) or len(lines) != len(self.lines):
            raise ValueError(f"{self.key}: a key stands twice")
        named = {k for c in self.columns for k in c.sum_of} | {k for c in self.checks for k in (*c.left, *c.right)}
        if unknown := (named - columns) | {k for line in self.lines for k in line.sum_of} - lines:
            raise ValueError(f"{self.key}: unknown keys {sorted(unknown)}")
        if wrong := [c.key for c in self.columns if (c.kind == "choice") != bool(c.choices)]:
            raise ValueError(f"{self.key}: a choice needs choices, and nothing else has them: {wrong}")
        if wrong := [key for key in named if next(c.kind for c in self.columns if c.key == key) not in NUMBERS]:
            raise ValueError(f"{self.key}: only counts and yuan add up and compare: {wrong}")


def read(path: Path) -> Sheet:
    """The form in a TOML file. ValueError (or msgspec's, which is one) if it is none: a fault of whoever wrote the file."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Sheet)
