"""The views that rules read, declared in `views.toml` and written in `<view>.sql`, once for every engine.

A view's query is portable SQL over lake tables and other views. `View.columns` also gives each column's neutral value,
so that an example of a rule names only the columns that matter.
"""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from yijian.claims.tables import SQL_TYPES

VIEW_SQL_TYPES = {**SQL_TYPES, "day": "INTEGER", "minute": "INTEGER", "ymd": "INTEGER"}
"""Type words of `views.toml` in SQL; days, minutes and ymd are plain integers."""


class ViewColumn(msgspec.Struct, frozen=True):
    """A column that rules may name; `neutral` is what an example's row has when it says nothing ('' = missing)."""

    title: str
    type: str
    neutral: str | int | float

    @property
    def sql_type(self) -> str:
        return VIEW_SQL_TYPES[self.type]


class View(msgspec.Struct, frozen=True):
    """A view: its columns, its key, the query that makes it, and the lake tables (`base`, by spaces) whose rows it accounts for.

    `day`: the column that decides what is in force. `period`: the column by which a row belongs to a month (`day` unless said);
    `dated`: where each base table has that date ('' = it has none: rows that are not in the view belong to no month).
    """

    name: str
    title: str
    base: str
    key: str
    scope: str
    reads: tuple[str, ...]
    columns: dict[str, ViewColumn]
    sql: str
    day: str = ""
    period: str = ""
    dated: str = ""
    gathered: bool = False

    @property
    def bases(self) -> tuple[str, ...]:
        """The lake tables whose rows it accounts for: one, but for a view that is a union."""
        return tuple(self.base.split())


@cache
def views() -> dict[str, View]:
    """All views by name; a view stands after the views it reads."""
    here = files(__package__ or "")
    declared = tomllib.loads((here / "views.toml").read_text(encoding="utf-8"))
    return {
        name: msgspec.convert(_whole(name, spec, (here / f"{name}.sql").read_text(encoding="utf-8")), View)
        for name, spec in declared.items()
    }


def _whole(name: str, spec: dict[str, object], sql: str) -> dict[str, object]:
    return {"period": spec.get("day", ""), **spec, "name": name, "sql": sql}
