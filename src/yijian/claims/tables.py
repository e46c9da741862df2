"""The claims tables as declared in `tables.toml` and `columns.toml`. Everything else about a table follows from here."""

import tomllib
from functools import cache, cached_property
from importlib.resources import files

import msgspec

SQL_TYPES = {
    "text": "VARCHAR",
    "date": "DATE",
    "time": "TIMESTAMP",
    "integer": "INTEGER",
    "number": "DECIMAL(8,2)",
    "degree": "DECIMAL(12,8)",
    "count": "DECIMAL(16,4)",
    "ratio": "DECIMAL(5,4)",
    "money": "DECIMAL(16,2)",
    "price": "DECIMAL(16,6)",
}
"""Type words of `columns.toml` in the SQL of the lake."""


class Column(msgspec.Struct, frozen=True):
    """A column: national name, Chinese title, type word, and the code table its values come from (or '')."""

    name: str
    title: str
    type: str
    codes: str = ""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


class Table(msgspec.Struct, frozen=True, dict=True):
    """A claims table. `columns` are those that are delivered, in warehouse order; `lake_columns` those that are kept."""

    name: str
    title: str
    row: str
    key: tuple[str, ...]
    required: tuple[str, ...]
    bucketed: bool
    columns: tuple[Column, ...]
    order: str = ""
    identity: tuple[str, ...] = ()
    tokens: dict[str, str] = {}
    aliases: dict[str, str] = {}

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    @cached_property
    def lake_columns(self) -> tuple[Column, ...]:
        """The columns of the lake: identities are gone, their tokens stand at the end."""
        kept = [c for c in self.columns if c.name not in self.identity]
        return (*kept, *(Column(t, f"{self.by_name[c].title}（令牌）", "text") for c, t in self.tokens.items()))


@cache
def tables() -> dict[str, Table]:
    """All claims tables by name, in the order of the declaration."""
    here = files(__package__ or "")
    columns = {
        name: Column(name, **spec) for name, spec in tomllib.loads((here / "columns.toml").read_text(encoding="utf-8")).items()
    }
    declared = tomllib.loads((here / "tables.toml").read_text(encoding="utf-8"))
    return {
        name: msgspec.convert(
            {**spec, "name": name, "columns": [columns[c] for c in spec["columns"]]}, Table, from_attributes=True
        )
        for name, spec in declared.items()
    }
