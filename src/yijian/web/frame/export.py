"""Lists that leave as a file: what a list is, and writing it as Excel or CSV.

An app declares its lists in `exports.py` (`LISTINGS: name → Listing`); the app `exports` finds them, hands them out and logs it.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any, Generic, TypeVar

from django.http import QueryDict
from django.utils import timezone

from yijian.web.frame.workbook import Column, Value, head_of, workbook

T = TypeVar("T")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take the text of a CSV cell for a formula."""


@dataclass(frozen=True)
class Field(Generic[T]):
    """A column and where its value comes from: an attribute or key, one of a related record (`institution.name`), a method
    without arguments, or a function.

    Titles that end in 元 or 占比 say how figures look (`workbook.Column`); a day is written as ISO 8601, a moment as local time.
    """

    title: str
    width: int
    source: str | Callable[[T], Value]

    def value(self, thing: T) -> Value:
        """The cell of a row; a related record that is not there leaves it empty."""
        if not isinstance(self.source, str):
            return self.source(thing)
        found: Any = thing
        for name in self.source.split("."):
            if isinstance(found, Mapping):
                found = found[name]
            elif found is not None:
                found = getattr(found, name)
        return cell(found() if callable(found) else found)


@dataclass(frozen=True)
class Sheet:
    """A list as it is to be written. said: (title, value) of each narrowing."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    count: int
    said: Sequence[tuple[str, str]]

    @property
    def words(self) -> str:
        """What it is narrowed to, in words."""
        return "；".join(f"{title} {value}" for title, value in self.said) or "全部"


@dataclass(frozen=True)
class Listing:
    """A list that may be exported: its title, and what gives it for a person (who is asked for the right) and an address."""

    title: str
    sheet: Callable[[Any, QueryDict], Sheet]


Listings = Mapping[str, Listing]


def cell(value: Any) -> Value:
    """A value of a record as a cell holds it."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def sheet_of(title: str, fields: Sequence[Field[T]], things: Iterable[T], count: int, said: Sequence[tuple[str, str]]) -> Sheet:
    """A list by its fields."""
    rows = ([field.value(thing) for field in fields] for thing in things)
    return Sheet(title, [(field.title, field.width) for field in fields], rows, count, said)


def xlsx(sheet: Sheet, *, who: str, when: datetime) -> IO[bytes]:
    """An open file to be read from its start. UserError if there are more rows than a sheet holds."""
    return workbook(sheet.title, sheet.columns, sheet.rows, sheet.count, sheet.said, who=who, when=when)


def comma_separated(sheet: Sheet, *, who: str, when: datetime) -> IO[bytes]:
    """The same as CSV that Excel reads as Chinese (UTF-8 with a mark). No text in it is taken for a formula."""
    out = TemporaryFile()  # noqa: SIM115 - handed to the response, which closes it
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    for line in head_of(sheet.title, sheet.count, sheet.said, who=who, when=when):
        writer.writerow([_plain(line)])
    writer.writerow([])
    writer.writerow([title for title, _ in sheet.columns])
    writer.writerows([_plain(value) for value in row] for row in sheet.rows)
    text.flush()
    text.detach()
    out.seek(0)
    return out


def _plain(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


FORMS: dict[str, Callable[..., IO[bytes]]] = {"xlsx": xlsx, "csv": comma_separated}
"""Extension → what writes it."""
