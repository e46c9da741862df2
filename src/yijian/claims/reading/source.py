"""A delivered file that is ready to be read: which table it is, and how each of its columns reads as SQL."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from yijian.claims.tables import Table


def registered(con: duckdb.DuckDBPyConnection, rows: object) -> str:
    """Show Arrow rows to a connection, under a name that no others have."""
    view = f"_arrow_{id(rows):x}"
    con.register(view, rows)
    return view


@dataclass(frozen=True)
class Raw:
    """A delivered value before it is read: SQL over the scan, the SQL type that the file gives it, and whether it is
    known never to be an empty text (it may be missing)."""

    sql: str
    type: str = "VARCHAR"
    filled: bool = False


@dataclass(frozen=True)
class Layout:
    """What one file form offers: names and SQL types of its columns, and how to scan it.

    `scan(con)` gives a text for FROM that yields all records in file order; it may be asked again and again.
    `sample` holds some records from all over the file, as text. `filled`: columns known to hold no empty text.
    """

    header: list[str]
    types: dict[str, str]
    scan: Callable[[duckdb.DuckDBPyConnection], str]
    sample: list[dict[str, str | None]]
    headed: bool = True
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Source:
    """One file of one table. `raw` gives every column that the file has, by lake name; the others are missing."""

    path: Path
    form: str
    table: Table
    layout: Layout
    raw: dict[str, Raw]
    identity: dict[str, Raw] = field(default_factory=dict[str, Raw])
    serials: bool = False
    padded: bool = False

    def relation(self, scan: str, columns: list[str]) -> str:
        """`SELECT` of the named columns under their lake names, with missing ones as NULL text."""
        listed = [f"{self.raw[c].sql if c in self.raw else 'NULL::VARCHAR'} AS {c}" for c in columns]
        return f"SELECT {', '.join(listed)} FROM {scan}"

    def type_of(self, column: str) -> str:
        """The SQL type under which the file delivers a column."""
        return self.raw[column].type if column in self.raw else "VARCHAR"
