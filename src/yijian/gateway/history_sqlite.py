"""The history in one SQLite file of the home: `history-<number>.sqlite`, the highest number counts.

A build writes a file of the next number and removes the one before; whoever has that open goes on reading it until a second
later. A file is never replaced under its name: SQLite finds the log of a database by the name. Readers and the writer do
not wait for each other (WAL).
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import pyarrow as pa
from apsw.bestpractice import connection_busy_timeout

from yijian.claims.views import views
from yijian.engine.backends.sqlite import AFFINITY
from yijian.gateway.history import KEPT, OF_ENCOUNTER, SHARED, Asked, BadRow, FromLake, StoreDown
from yijian.gateway.rows import Case, tuples


def newest(folder: Path) -> Path:
    """The file that counts; the first one's name where there is none."""
    return max(folder.glob("history-*.sqlite"), default=folder / "history-000001.sqlite")


def create(db: apsw.Connection) -> None:
    """The tables, empty."""
    for name in KEPT:
        spec = ", ".join(f"{c} {AFFINITY.get(col.sql_type, 'REAL')}" for c, col in views()[name].columns.items())
        db.execute(f"CREATE TABLE IF NOT EXISTS h_{name} ({spec})")


def index(db: apsw.Connection) -> None:
    """How rows are found: by person, or by the code that a request names."""
    for name in KEPT:
        column = key_of(name)
        db.execute(f"CREATE INDEX IF NOT EXISTS h_{name}_{column} ON h_{name} ({column})")


def key_of(view: str) -> str:
    """The column by which a request finds the rows of a view."""
    return "psn_no" if view not in SHARED else "prac_psn_code" if view == "doctor" else "fixmedins_code"


def _insert(db: apsw.Connection, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    db.executemany(f"INSERT INTO h_{name} VALUES ({', '.join('?' for _ in views()[name].columns)})", rows)


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


class SQLiteStore:
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def path(self) -> Path:
        """The file that counts now; it may not be there yet."""
        return newest(self._folder)

    def reader(self) -> "SQLiteReader":
        return SQLiteReader(self)

    def writer(self) -> "SQLiteWriter":
        return SQLiteWriter(self)

    def build(self, source: FromLake) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f".history.{os.getpid()}"
        try:
            with closing(apsw.Connection(str(fresh))) as db:
                db.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                create(db)
                for name, table in source.tables():
                    with db:
                        _insert(db, name, _rows(table))
                index(db)
                db.execute("ANALYZE")
                with self._nobody_writes() as old:
                    if old:
                        _carry_over(db, old, source)
                    db.execute("PRAGMA journal_mode = WAL")
                    db.close()
                    self._put_in_use(fresh, old)
        except apsw.Error as error:
            raise StoreDown(str(error)) from error
        finally:
            fresh.unlink(missing_ok=True)

    @contextmanager
    def _nobody_writes(self) -> Generator[Path | None]:
        """The file that counts, with its writers waiting; they look again which file counts before they write."""
        if not self.path.is_file():
            yield None
            return
        with closing(apsw.Connection(str(self.path))) as held:
            connection_busy_timeout(held, 10_000)
            try:
                held.execute("BEGIN IMMEDIATE")
            except (apsw.NotADBError, apsw.CorruptError):  # a broken file holds nothing that could be carried over
                yield None
            else:
                yield self.path

    def _put_in_use(self, fresh: Path, old: Path | None) -> None:
        before = sorted(self._folder.glob("history-*.sqlite"))
        number = int(before[-1].stem.removeprefix("history-")) + 1 if before else 1
        fresh.rename(self._folder / f"history-{number:06d}.sqlite")
        for path in before:
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                with suppress(FileNotFoundError, PermissionError):  # Windows keeps a file that is open: the next build removes it
                    (self._folder / name).unlink()


def _carry_over(db: apsw.Connection, old: Path, source: FromLake) -> None:
    """Encounters that the old file was told by the gateway and the lake does not have yet.

    A file of an earlier program may lack tables or columns; what it has is taken.
    """
    db.execute("ATTACH ? AS old", (str(old),))
    had = {name: {str(row[1]) for row in db.execute(f"PRAGMA old.table_info(h_{name})")} for name in OF_ENCOUNTER}
    if not all(had.values()):
        return
    db.execute("CREATE TEMP TABLE gone (mdtrt_id TEXT PRIMARY KEY) WITHOUT ROWID")
    db.executemany("INSERT INTO gone VALUES (?)", ((one,) for one in source.gone))
    db.execute(
        "CREATE TEMP TABLE late AS SELECT DISTINCT mdtrt_id FROM old.h_settlement WHERE setl_day >= ? "
        "AND mdtrt_id NOT IN (SELECT mdtrt_id FROM main.h_settlement) AND mdtrt_id NOT IN (SELECT mdtrt_id FROM gone)",
        (source.late_since,),
    )
    with db:
        for name in OF_ENCOUNTER:
            columns = ", ".join(c for c in views()[name].columns if c in had[name])
            db.execute(
                f"INSERT INTO main.h_{name} ({columns}) SELECT {columns} FROM old.h_{name} "
                "WHERE mdtrt_id IN (SELECT mdtrt_id FROM late)"
            )
    db.execute("DROP TABLE late; DROP TABLE gone; DETACH old")


class SQLiteReader:
    """Reads by attaching the file to the connection that judges. Where there is no file yet, there is no history."""

    def __init__(self, store: SQLiteStore) -> None:
        self._store = store
        self._attached: tuple[Path, int] | None = None
        self._wanted = self._stamp()

    def _stamp(self) -> tuple[Path, int] | None:
        path = self._store.path
        try:
            return path, path.stat().st_ino
        except OSError:
            return None

    def watch(self) -> None:
        self._wanted = self._stamp()

    def fill(self, db: apsw.Connection, asked: Asked) -> bool:
        try:
            self._attach(db)
            if self._attached:
                for name in asked.views:
                    query, values = asked.query(name, "history.")
                    db.execute(f"INSERT INTO {name} {query}", values)
        except apsw.Error:
            return False
        return True

    def _attach(self, db: apsw.Connection) -> None:
        wanted = self._wanted
        if wanted == self._attached:
            return
        if self._attached:
            db.execute("DETACH history")
            self._attached = None
        if wanted:
            db.execute("ATTACH ? AS history", (f"{wanted[0].absolute().as_uri()}?mode=rw",))
            self._attached = wanted

    def close(self) -> None:
        """Nothing: the connection that judges is closed by its owner."""


class SQLiteWriter:
    """Adds settled encounters. Processes wait for each other a little."""

    def __init__(self, store: SQLiteStore) -> None:
        self._store = store
        self._path: Path | None = None
        self._db: apsw.Connection | None = None

    def _open(self) -> apsw.Connection:
        path = self._store.path
        if self._db is None or path != self._path:
            self.close()
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db, self._path = apsw.Connection(str(path)), path
            connection_busy_timeout(self._db)
            self._db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            with self._db:
                create(self._db)
                index(self._db)
        return self._db

    def _begin(self) -> apsw.Connection:
        """A transaction on the file that counts: once it is begun no build can put another in its place."""
        while True:
            db = self._open()
            db.execute("BEGIN IMMEDIATE")
            if self._path == self._store.path:
                return db
            db.execute("ROLLBACK")

    def add(self, cases: Iterable[Case]) -> None:
        try:
            db = self._begin()
            try:
                for case in cases:
                    _replace(db, case)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
        except (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError, UnicodeEncodeError) as error:
            raise BadRow(type(error).__name__) from error
        except apsw.Error as error:
            self.close()
            raise StoreDown(str(error)) from error

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _replace(db: apsw.Connection, case: Case) -> None:
    for name in OF_ENCOUNTER:
        db.execute(f"DELETE FROM h_{name} WHERE psn_no = ? AND mdtrt_id = ?", (case.psn_no, case.mdtrt_id))
        _insert(db, name, tuples(name, case.now.get(name, [])))
    if not db.execute("SELECT 1 FROM h_person WHERE psn_no = ?", (case.psn_no,)).fetchall():
        _insert(db, "person", tuples("person", case.context.get("person", [])))
