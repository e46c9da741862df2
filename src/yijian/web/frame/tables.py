"""Tables that sort and page, with everything in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

PAGE_ROWS = 30
DEEPEST = 9_000
"""Rows that a long list shows page by page; an export has all."""


@dataclass(frozen=True)
class Heading:
    """A column's head: `key` is its word in the address ('' = does not sort), `now` is '', 'up' or 'down'."""

    key: str
    title: str
    money: bool = False
    now: str = ""

    @property
    def next(self) -> str:
        """The `sort` word that a click leads to: down first, for figures, and then the other way."""
        return self.key if self.now == "down" else f"-{self.key}"


@dataclass(frozen=True)
class Sorting:
    """How a table is sorted: headings in order, and the order of the query."""

    headings: Sequence[Heading]
    order: Sequence[Any]


def sorting(request: HttpRequest, columns: Mapping[str, tuple[str, str]], default: str) -> Sorting:
    """How the address of this request sorts: see `sorting_of`."""
    return sorting_of(request.GET, columns, default)


def sorting_of(address: QueryDict, columns: Mapping[str, tuple[str, str]], default: str) -> Sorting:
    """Read `sort` from an address. `columns`: key → (title, field or ''); titles that end in 元, 数 or 占比 hold figures.

    Unknown values stand at the end of a falling list. A rising one is the same backwards, so that one index serves both.
    """
    fields = {key: field for key, (_, field) in columns.items() if field}
    word = address.get("sort", default)
    key = word.removeprefix("-")
    if key not in fields:
        word, key = default, default.removeprefix("-")
    down = word.startswith("-")
    headings = [
        Heading(k if f else "", t, t.endswith(("元", "数", "占比")), ("down" if down else "up") if k == key else "")
        for k, (t, f) in columns.items()
    ]
    field = F(fields[key])
    return Sorting(headings, [field.desc(nulls_last=True) if down else field.asc(nulls_first=True), "pk"])


class _Known(Paginator):  # type: ignore[type-arg]
    """Pages over rows whose number is known already, and no deeper than anybody pages: a database counts off what it skips."""

    def __init__(self, rows: "QuerySet[Any] | Sequence[Any]", size: int, count: int) -> None:
        super().__init__(rows, size)
        self.whole = count

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return min(self.whole, DEEPEST)


class _Counted(Paginator):  # type: ignore[type-arg]
    """Pages over rows that are counted no further than anybody pages; `more`: there are more than that."""

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: DEEPEST + 1].count()  # type: ignore[union-attr]

    @property
    def count(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return min(self._counted, DEEPEST)

    @property
    def more(self) -> bool:
        return self._counted > DEEPEST


def long_page_of(request: HttpRequest, rows: "QuerySet[Any]") -> "Page[Any]":
    """The page that the address asks for of a list that grows for years: counted no further than it shows."""
    return _Counted(rows, PAGE_ROWS).get_page(request.GET.get("page"))


def page_of(
    request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", size: int = PAGE_ROWS, count: int | None = None
) -> "Page[Any]":
    """The page that the address asks for; the nearest one where that does not exist. count: of the rows, where it is known."""
    pages = Paginator(rows, size) if count is None else _Known(rows, size, count)
    return pages.get_page(request.GET.get("page"))
