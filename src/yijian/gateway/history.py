"""What a person had before: rows of the views, by person, beside the pack; in a SQLite file of the home or in PostgreSQL.

`history build` fills the store from the lake; each settled 3102 adds its encounter. Judging reads the rows of one person;
doctors, places and agreements are kept by their codes. This file says what is kept, what is asked and what a store can do;
`history_sqlite.py` and `history_postgresql.py` are the two stores.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import apsw
import pyarrow as pa

from yijian.claims.lake import Lake, Snapshot
from yijian.claims.values import literal
from yijian.claims.views import views
from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.bind import closure
from yijian.gateway.rows import Case
from yijian.gateway.span import OF_VISITS
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

LOOK_BACK = 730
"""Days of history that a request sees."""

OF_ENCOUNTER = ("settlement", "fee_line", "stay", "diagnosis", "operation")
"""Views that are kept and whose rows belong to an encounter."""

STORED = ("person", "registration", "place", "agreement", "doctor", "absence")
"""Views that belong to no encounter: they come from the store, by person or by the codes that the request names."""

SHARED = ("place", "doctor", "agreement")
"""Of these, the ones that belong to no person."""

KEPT: tuple[str, ...] = (*OF_ENCOUNTER, *STORED)
"""All views that are kept; in a store each is the table `h_<view>`. Whoever locks tables does so in this order."""

NOT_YET_IN_LAKE = 7
"""Days before the lake's newest settlement from which on an encounter that it does not have may still come."""

URL = "YIJIAN_HISTORY_URL"
"""The environment variable that names a PostgreSQL database for the store."""


class StoreDown(Exception):
    """The store cannot be reached, read or written just now; what was asked may be asked again later."""


class BadRow(Exception):
    """The store cannot keep this row, today or tomorrow."""


@dataclass(frozen=True)
class Asked:
    """What a request needs: of `views` the person's rows of since `since` but of the encounters `without`; and of the
    institutions (the request's own first) and doctors that it names what is known of those."""

    views: tuple[str, ...]
    psn_no: str
    since: int
    without: tuple[str, ...]
    institutions: tuple[str, ...]
    doctors: tuple[str, ...]

    def query(self, view: str, schema: str = "") -> tuple[str, tuple[Any, ...]]:
        """The rows of a view with `?` for its values. schema: what stands before names of tables."""
        where, values = self._of_shared(view, schema) if view in SHARED else self._of_person(view)
        return f"SELECT {', '.join(views()[view].columns)} FROM {schema}h_{view} WHERE {where}", values

    def _of_person(self, view: str) -> tuple[str, tuple[Any, ...]]:
        if view not in OF_VISITS:
            return "psn_no = ?", (self.psn_no,)
        where, values = f"psn_no = ? AND mdtrt_id NOT IN ({_marks(self.without)})", (self.psn_no, *self.without)
        if "service_day" in views()[view].columns:
            return f"{where} AND service_day >= ?", (*values, self.since)
        return where, values

    def _of_shared(self, view: str, schema: str) -> tuple[str, tuple[Any, ...]]:
        if view == "doctor":
            return f"prac_psn_code IN ({_marks(self.doctors)})", self.doctors
        if view == "place" and "settlement" in self.views:  # rules look at where the person was before, too
            before = f"SELECT fixmedins_code FROM {schema}h_settlement WHERE psn_no = ?"
            named = ", ".join("(?)" for _ in self.institutions)
            return f"fixmedins_code IN (VALUES {named} UNION {before})", (*self.institutions, self.psn_no)
        return "fixmedins_code = ?", self.institutions[:1]


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values) or "NULL"


class Reader(Protocol):
    """The reading side, for one judging thread."""

    def fill(self, db: apsw.Connection, asked: Asked) -> bool:
        """Add what is asked to the tables of the same names in `db`. False where the store cannot be read just now."""
        ...

    def watch(self) -> None:
        """Called about every second by another thread: take up again with a store that is back."""
        ...

    def close(self) -> None: ...


class Writer(Protocol):
    """The writing side, for one thread of a process; several processes may write."""

    def add(self, cases: Iterable[Case]) -> None:
        """Settled encounters, all or none, each in the place of what was known of it before. StoreDown, BadRow."""
        ...

    def close(self) -> None: ...


class Store(Protocol):
    """Where histories are kept."""

    @property
    def name(self) -> str:
        """For people; without a password."""
        ...

    def build(self, source: "FromLake") -> None:
        """Put what the lake has in the place of what was there, but for encounters that the lake does not have yet.

        Readers and writers go on meanwhile. StoreDown, UserError.
        """
        ...

    def reader(self) -> Reader: ...

    def writer(self) -> Writer: ...


def store_of(home: Home, url: str = "") -> Store:
    """The store of a home: the PostgreSQL database of `url`, else the home's file. UserError where that is no such address."""
    if url:
        from yijian.gateway.history_postgresql import PostgreSQLStore  # psycopg is an extra

        return PostgreSQLStore(url)
    from yijian.gateway.history_sqlite import SQLiteStore  # stands on this file

    return SQLiteStore(home.path / "gateway")


class FromLake:
    """The rows of the lake's newest `days` days, view by view. `counts`, `newest`, `gone` are known once all were read.

    newest: day of the newest settlement; gone: encounters of the last days that the lake knows and that count no more,
    because they were refunded or are invalid.
    """

    def __init__(self, home: Home, days: int, tell: Callable[[int, int], None]) -> None:
        self._snapshot, self._days, self._tell = Lake.open(home).snapshot(), days, tell
        if self._snapshot.number == 0:
            raise UserError("数据湖里还没有数据", where=str(home.path), do="请先运行 yijian import 导入")
        self.counts = dict.fromkeys(KEPT, 0)
        self.gone: set[str] = set()
        self.newest = 0

    @property
    def late_since(self) -> int:
        """Encounters settled from this day on may be missing in the lake."""
        return self.newest - NOT_YET_IN_LAKE

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """(view, its rows): bucket by bucket, columns as declared, numbers as text, BIGINT or DOUBLE. QueryFailed."""
        loaded = closure(KEPT)
        wanted = {name: set(views()[name].columns) for name in loaded if name in views()}
        buckets = self._snapshot.commit.buckets
        with DuckDB(threads=1) as reading:
            self.newest = _newest(reading, self._snapshot)
            for bucket in range(buckets):
                files = {name: self._snapshot.locations(name, bucket) for name in loaded if name not in views()}
                reading.load_views(wanted, files)
                for name in KEPT:
                    if name not in SHARED or not bucket:
                        table = reading.table(self._select(name))
                        self.counts[name] += table.num_rows
                        yield name, table
                gone = f"""SELECT DISTINCT mdtrt_id FROM setl_d ANTI JOIN settlement USING (mdtrt_id)
                    WHERE DATE_DIFF('day', DATE '1970-01-01', CAST(setl_time AS DATE)) >= {self.late_since - 1}"""
                self.gone |= {str(row[0]) for row in reading.rows(gone)}
                self._tell(bucket + 1, buckets)

    def _select(self, name: str) -> str:
        columns = views()[name].columns
        since = self.newest - self._days
        cut = f" WHERE service_day >= {since}" if "service_day" in columns and name in OF_VISITS else ""
        order = "psn_no, " if "psn_no" in columns else ""
        types = {"VARCHAR": "VARCHAR", "INTEGER": "BIGINT"}
        chosen = ", ".join(f"CAST({c} AS {types.get(col.sql_type, 'DOUBLE')}) AS {c}" for c, col in columns.items())
        return f"SELECT {chosen} FROM {name}{cut} ORDER BY {order}{views()[name].key}"


def _newest(reading: DuckDB, snapshot: Snapshot) -> int:
    """The day of the newest settlement."""
    files = ", ".join(literal(str(path)) for path in snapshot.files("setl_d"))
    if not files:
        return 0
    asked = f"SELECT COALESCE(MAX(DATE_DIFF('day', DATE '1970-01-01', CAST(setl_time AS DATE))), 0) FROM read_parquet([{files}])"
    return int(reading.rows(asked)[0][0])


def build(
    home: Home, store: Store | None = None, *, days: int = LOOK_BACK, tell: Callable[[int, int], None] = lambda _n, _of: None
) -> dict[str, int]:
    """Make the store (the home's file if none is given) anew from the lake's newest `days` days. Rows by view.

    UserError where there is no lake, or it cannot be read, or the store cannot be written; the old rows then stay.
    """
    store, source = store or store_of(home), FromLake(home, days, tell)
    try:
        store.build(source)
    except (QueryFailed, StoreDown, OSError) as error:
        raise UserError(f"就诊历史没有建成：{error}", where=store.name, do="请检查磁盘或数据库后重新运行") from error
    return source.counts


def history_path(home: Home) -> Path:
    """The file in which a home keeps the history where no PostgreSQL is configured; it may not be there yet."""
    from yijian.gateway.history_sqlite import newest  # stands on this file

    return newest(home.path / "gateway")
