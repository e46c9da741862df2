"""Rows already in memory as Arrow: workbooks, and corrected rows that come back from quarantine."""

import duckdb

from yijian.claims.arrow import ArrowTable
from yijian.claims.reading.source import Layout, registered

_SAMPLE = 5000


def held_layout(table: ArrowTable) -> Layout:
    """A table whose columns are all text."""

    def scan(con: duckdb.DuckDBPyConnection) -> str:
        return registered(con, table)

    header = list(table.column_names)
    return Layout(header, dict.fromkeys(header, "VARCHAR"), scan, table.slice(0, _SAMPLE).to_pylist())
