"""Rows already in memory as Arrow: workbooks, and corrected rows that come back from quarantine."""

from collections.abc import Iterator

import duckdb

from yijian.claims.arrow import ArrowTable
from yijian.claims.reading.source import Layout, Piece, registered

_SAMPLE = 5000


def held_layout(table: ArrowTable) -> Layout:
    """A table whose columns are all text."""

    def scan(con: duckdb.DuckDBPyConnection) -> str:
        return registered(con, table)

    def pieces(con: duckdb.DuckDBPyConnection, _: int) -> Iterator[Piece]:
        yield scan(con), table.num_rows

    header = list(table.column_names)
    return Layout(header, dict.fromkeys(header, "VARCHAR"), scan, pieces, table.slice(0, _SAMPLE).to_pylist())
