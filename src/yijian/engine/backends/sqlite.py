"""SQLite: one person's rows in memory, an answer in a millisecond. The engine of the gateway and of the examples.

Numbers are doubles here; findings round to cents at the end, as everywhere. `apsw` brings a current SQLite, whose
`group_concat` can order.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import apsw
import apsw.ext
import pyarrow as pa

from yijian.engine.backends import QueryFailed

DIALECT = "sqlite"

AFFINITY = {"VARCHAR": "TEXT", "INTEGER": "INTEGER"}
"""SQL types of views and lists in SQLite; every other one is a number."""


class Session:
    """One connection in memory; a context manager. The same doors as the other backends have."""

    dialect = DIALECT

    def __init__(self) -> None:
        self._db = apsw.Connection(":memory:")
        self._db.execute("PRAGMA case_sensitive_like = ON")
        self._loaded: list[str] = []

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def drop_views(self) -> None:
        """Forget what `put_rows` loaded."""
        for name in reversed(self._loaded):
            self._db.execute(f"DROP TABLE IF EXISTS {name}")
        self._loaded.clear()

    def put_rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """A table of given rows; `columns` maps name to SQL type as the views and lists declare it."""
        spec = ", ".join(f"{c} {AFFINITY.get(t, 'REAL')}" for c, t in columns.items())
        self._db.execute(f"CREATE TABLE {name} ({spec})")
        self._loaded.append(name)
        marks = ", ".join("?" for _ in columns)
        values = ([float(v) if isinstance(v := r.get(c), Decimal) else v for c in columns] for r in rows)
        self._db.executemany(f"INSERT INTO {name} VALUES ({marks})", values)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer as Python rows."""
        try:
            return self._db.execute(sql).fetchall()
        except apsw.Error as error:
            raise QueryFailed(str(error)) from error

    def table(self, sql: str) -> pa.Table:
        """The answer as an Arrow table; each column has the type of its values."""
        try:
            cursor = self._db.execute(sql)
            names = [d[0] for d in cursor.get_description()]
            rows = cursor.fetchall()
        except apsw.ExecutionCompleteError:  # no rows: the description is gone with the statement
            return self._empty(sql)
        except apsw.Error as error:
            raise QueryFailed(str(error)) from error
        return pa.table({name: pa.array([r[i] for r in rows]) for i, name in enumerate(names)})

    def _empty(self, sql: str) -> pa.Table:
        names = [d[0] for d in apsw.ext.query_info(self._db, sql).description]
        return pa.table({name: pa.nulls(0) for name in names})
