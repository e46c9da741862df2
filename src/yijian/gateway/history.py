"""What a person had before: rows of the views, by person, in one SQLite file beside the pack.

`history build` fills it from the lake; each settled 3102 adds its encounter. Judging reads the rows of one person; doctors,
places and agreements are kept by their codes. Readers and the writer do not wait for each other (WAL).
"""

import os
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import apsw
from apsw.bestpractice import connection_busy_timeout

from yijian.claims.lake import Lake, Snapshot
from yijian.claims.views import views
from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.sqlite import AFFINITY
from yijian.engine.bind import closure
from yijian.gateway.judge import LOOK_BACK, STORED
from yijian.gateway.rows import Case, Row, tuples
from yijian.gateway.span import OF_VISITS
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

KEPT: tuple[str, ...] = ("settlement", "fee_line", "stay", "diagnosis", "operation", *STORED)
"""Views that are kept; in the store each is the table `h_<view>`."""

SHARED = ("place", "doctor", "agreement")
"""Of these, the ones that belong to no person."""

FORMAT = 1


def history_path(home: Home) -> Path:
    """Where a home keeps it."""
    return home.path / "gateway" / "history.sqlite"


def create(db: apsw.Connection) -> None:
    """The tables, empty."""
    for name in KEPT:
        spec = ", ".join(f"{c} {AFFINITY.get(col.sql_type, 'REAL')}" for c, col in views()[name].columns.items())
        db.execute(f"CREATE TABLE IF NOT EXISTS h_{name} ({spec})")
    db.execute(f"PRAGMA user_version = {FORMAT}")


def index(db: apsw.Connection) -> None:
    """How rows are found: by person, or by the code that a request names."""
    for name in KEPT:
        column = "psn_no" if name not in SHARED else "prac_psn_code" if name == "doctor" else "fixmedins_code"
        db.execute(f"CREATE INDEX IF NOT EXISTS h_{name}_{column} ON h_{name} ({column})")


def build(
    home: Home, target: Path | None = None, *, days: int = LOOK_BACK, tell: Callable[[int, int], None] = lambda _n, _of: None
) -> dict[str, int]:
    """Make the store anew from the lake's newest `days` days and put it in the place of the old one. Rows by view.

    UserError where there is no lake or it cannot be read.
    """
    target = target or history_path(home)
    snapshot = Lake.open(home).snapshot()
    if snapshot.number == 0:
        raise UserError("数据湖里还没有数据", where=str(home.path), do="请先运行 yijian import 导入")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    counts = dict.fromkeys(KEPT, 0)
    try:
        with closing(apsw.Connection(str(fresh))) as db, DuckDB(threads=1) as reading:
            db.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            create(db)
            _fill(db, reading, snapshot, days, counts, tell)
            index(db)
            db.execute("ANALYZE; PRAGMA journal_mode = WAL")
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                target.with_name(target.name + suffix).unlink()
        fresh.replace(target)
    except (QueryFailed, apsw.Error, OSError) as error:
        raise UserError(f"就诊历史没有建成：{error}", where=str(target), do="请检查磁盘后重新运行") from error
    finally:
        fresh.unlink(missing_ok=True)
    return counts


def _fill(
    db: apsw.Connection, reading: DuckDB, snapshot: Snapshot, days: int, counts: dict[str, int], tell: Callable[[int, int], None]
) -> None:
    loaded = closure(KEPT)
    wanted = {name: set(views()[name].columns) for name in loaded if name in views()}
    buckets = snapshot.commit.buckets
    since = _newest(reading, snapshot) - days
    for bucket in range(buckets):
        files = {name: snapshot.locations(name, bucket) for name in loaded if name not in views()}
        reading.load_views(wanted, files)
        for name in KEPT:
            if name in SHARED and bucket:
                continue
            columns = views()[name].columns
            cut = f" WHERE service_day >= {since}" if "service_day" in columns and name in OF_VISITS else ""
            order = "psn_no, " if "psn_no" in columns else ""
            chosen = ", ".join(f"CAST({c} AS DOUBLE)" if col.sql_type.startswith("DECIMAL") else c for c, col in columns.items())
            rows = reading.rows(f"SELECT {chosen} FROM {name}{cut} ORDER BY {order}{views()[name].key}")
            with db:
                db.executemany(f"INSERT INTO h_{name} VALUES ({', '.join('?' for _ in columns)})", rows)
            counts[name] += len(rows)
        tell(bucket + 1, buckets)


def _newest(reading: DuckDB, snapshot: Snapshot) -> int:
    """The day of the newest settlement."""
    files = [str(path) for path in snapshot.files("setl_d")]
    if not files:
        return 0
    asked = f"SELECT COALESCE(MAX(DATE_DIFF('day', DATE '1970-01-01', CAST(setl_time AS DATE))), 0) FROM read_parquet({files})"
    return int(reading.rows(asked)[0][0])


class History:
    """The writing side: adds settled encounters. One writer a process; processes wait for each other a little."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = apsw.Connection(str(path))
        connection_busy_timeout(self._db)
        self._db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        with self._db:
            create(self._db)
            index(self._db)

    def close(self) -> None:
        self._db.close()

    def add(self, cases: Iterable[Case]) -> None:
        """Settled encounters, each in the place of what was known of it before. apsw.Error where it cannot be written."""
        with self._db:
            for case in cases:
                for name in ("settlement", "fee_line", "stay", "diagnosis", "operation"):
                    self._db.execute(f"DELETE FROM h_{name} WHERE psn_no = ? AND mdtrt_id = ?", (case.psn_no, case.mdtrt_id))
                    self._insert(name, case.now.get(name, []))
                if not self._db.execute("SELECT 1 FROM h_person WHERE psn_no = ?", (case.psn_no,)).fetchall():
                    self._insert("person", case.context.get("person", []))

    def forget(self, psn_no: str, mdtrt_id: str) -> None:
        """A settlement that was taken back."""
        with self._db:
            for name in ("settlement", "fee_line", "stay", "diagnosis", "operation"):
                self._db.execute(f"DELETE FROM h_{name} WHERE psn_no = ? AND mdtrt_id = ?", (psn_no, mdtrt_id))

    def put(self, name: str, rows: list[Row]) -> None:
        """Rows of a view as they are, for doctors, places, agreements, registrations that come from elsewhere."""
        with self._db:
            self._insert(name, rows)

    def _insert(self, name: str, rows: list[Row]) -> None:
        values: list[tuple[Any, ...]] = tuples(name, rows)
        if values:
            self._db.executemany(f"INSERT INTO h_{name} VALUES ({', '.join('?' for _ in views()[name].columns)})", values)
