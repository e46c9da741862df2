"""DuckDB: all payments on one machine, a bucket at a time.

`Session` holds one connection. Lists are loaded once; views are loaded for one bucket (or for the whole area), with only
the columns that some rule names, and thrown away before the next one: memory stays bounded by the largest bucket.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from yijian.claims.tables import Table, tables
from yijian.claims.values import literal
from yijian.claims.views import views
from yijian.engine.backends import QueryFailed, judgeable, listed_view, pruned
from yijian.rulebook.check import list_columns

DIALECT = "duckdb"


class Session:
    """One connection with lists and views loaded; a context manager."""

    dialect = DIALECT
    side_by_side = 2
    """Questions asked at once: while one is planned and its findings are written, the other keeps the cores busy."""

    def __init__(self, temp: Path | None = None, memory: str = "5GB", threads: int | None = None) -> None:
        settings: dict[str, Any] = {"memory_limit": memory, "preserve_insertion_order": False}
        if temp:
            settings["temp_directory"] = str(temp)
        if threads:
            settings["threads"] = threads
        self._db = duckdb.connect(config=settings)
        self._db.execute("SET autoinstall_known_extensions = false")
        self._loaded: list[tuple[str, str]] = []
        self._own = threading.local()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def load_list(self, list_id: str, path: Path | None) -> None:
        """The list as `kb_<list>`: validity as day numbers, points that still need a person left out."""
        columns, name = list_columns(list_id), f"kb_{list_id}"
        if path is None:
            self.put_rows(name, columns, ())
            self._loaded.pop()  # a list outlives the buckets
            return
        days = {"valid_from", "valid_to"}
        selected = ", ".join(f"CAST({c} - DATE '1970-01-01' AS INTEGER) AS {c}" if c in days else c for c in columns)
        self._run(f"CREATE TABLE {name} AS SELECT {selected} FROM read_parquet(?) WHERE {judgeable(list_id)}", [str(path)])

    def load_views(self, wanted: Mapping[str, set[str]], files: Mapping[str, Sequence[str]], listed: Iterable[str] = (),
        gathered: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Load the views (in an order that stands) from the lake's files.

        wanted: view → columns that some rule names; files: lake table → Parquet files (none: the table is empty);
        listed: lists whose fee lines are picked out, once for all rules that speak of them only; gathered: view → the table
        in which it was gathered.
        """
        self.drop_views()
        for table_name, paths in files.items():
            self._table(tables()[table_name], paths)
        for name, view in views().items():
            if name in gathered:
                self._create("VIEW", name, f"SELECT * FROM {gathered[name]}")
            elif name in wanted:
                self._create("TABLE", name, pruned(view, wanted[name]).sql(DIALECT))

        self._pick_out(sorted(listed))

    def gather(self, table: str, query: str) -> None:
        """Put a query's rows to those that are in the table already; it stays when views are dropped."""
        made = self.rows(f"SELECT COUNT(*) FROM duckdb_tables() WHERE table_name = '{table}'")[0][0]
        self._run(f"INSERT INTO {table} {query}" if made else f"CREATE TABLE {table} AS {query}", [])

    def _pick_out(self, lists: Sequence[str]) -> None:
        """One pass over all fee lines for all lists; the lines of each list lie together."""
        if not lists:
            return
        codes = " UNION ALL ".join(f"SELECT DISTINCT '{name}' AS list_id, code FROM kb_{name}" for name in lists)
        picked = f"SELECT t.list_id, f.* FROM fee_line AS f JOIN ({codes}) AS t ON t.code = f.code ORDER BY t.list_id"
        self._create("TABLE", "fee_line_by_list", picked)
        for name in lists:
            one = f"SELECT * EXCLUDE (list_id) FROM fee_line_by_list WHERE list_id = '{name}'"
            self._create("VIEW", listed_view("fee_line", name), one)

    def drop_views(self) -> None:
        """Forget what `load_views` and `put_rows` loaded."""
        for kind, name in reversed(self._loaded):
            self._db.execute(f"DROP {kind} IF EXISTS {name}")
        self._loaded.clear()

    def _table(self, table: Table, paths: Sequence[str]) -> None:
        if paths:
            self._run(f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet([{', '.join(map(literal, paths))}])", [])
        else:
            columns = ", ".join(f"CAST(NULL AS {c.sql_type}) AS {c.name}" for c in table.lake_columns)
            self._db.execute(f"CREATE VIEW {table.name} AS SELECT {columns} WHERE FALSE")
        self._loaded.append(("VIEW", table.name))

    def _create(self, kind: str, name: str, query: str) -> None:
        self._run(f"CREATE {kind} {name} AS {query}", [])
        self._loaded.append((kind, name))

    def put_rows(self, name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """A table of given rows, for examples. Values stand in the order of `columns` (name → SQL type)."""
        spec = ", ".join(f"{c} {t}" for c, t in columns.items())
        self._db.execute(f"CREATE TABLE {name} ({spec})")
        self._loaded.append(("TABLE", name))
        if rows:
            marks = ", ".join("?" for _ in columns)
            self._db.executemany(f"INSERT INTO {name} VALUES ({marks})", [[r.get(c) for c in columns] for r in rows])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer as Python rows, for small ones."""
        return self._run(sql, []).fetchall()

    def table(self, sql: str) -> pa.Table:
        """The answer as an Arrow table."""
        try:
            return self._cursor().sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise QueryFailed(str(error).splitlines()[0]) from error

    def days(self, view: str, key: str, day: str, keys: Sequence[str]) -> dict[str, int | None]:
        """Of these rows of a view their day numbers; a key that is not there is not in the answer."""
        cursor = self._cursor()
        cursor.register("asked", pa.table({"asked_key": pa.array(keys, pa.string())}))
        try:
            query = f"SELECT {key}, {day} FROM {view} SEMI JOIN asked ON asked_key = {key}"
            return dict(cursor.execute(query).fetchall())
        except duckdb.Error as error:
            raise QueryFailed(str(error).splitlines()[0]) from error
        finally:
            cursor.unregister("asked")

    @staticmethod
    def arrow_schema(types: Mapping[str, str]) -> pa.Schema:
        """Column → SQL type of the lake as Arrow types."""
        spec = ", ".join(f"CAST(NULL AS {t}) AS {c}" for c, t in types.items())
        with duckdb.connect() as db:
            return db.sql(f"SELECT {spec}").to_arrow_table().schema

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own connection to the same tables: units of a bucket are asked side by side."""
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._db.cursor()
        return self._own.cursor

    def _run(self, sql: str, values: list[object]) -> duckdb.DuckDBPyConnection:
        try:
            return self._cursor().execute(sql, values)
        except duckdb.Error as error:
            raise QueryFailed(str(error).splitlines()[0]) from error
