"""The history in PostgreSQL: the schema `yijian_history` of the database that `YIJIAN_HISTORY_URL` names, with the same tables.

Several machines may share it. A build fills new tables by COPY and swaps them in one transaction; requests read all they need
in one round trip. Needs `pip install 'yijian[postgresql]'`.
"""

import os
import socket
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any, LiteralString, cast

import apsw
import pyarrow as pa
import pyarrow.csv

from yijian.claims.views import views
from yijian.gateway.history import KEPT, OF_ENCOUNTER, URL, Asked, BadRow, FromLake, StoreDown
from yijian.gateway.history_sqlite import key_of
from yijian.gateway.rows import Case, tuples
from yijian.vocabulary.errors import UserError

try:
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict
except ImportError as error:
    raise UserError(f"{URL} 需要 PostgreSQL 的驱动", do="请运行 pip install 'yijian[postgresql]'") from error

SCHEMA = "yijian_history."
TYPES = {"VARCHAR": "text", "INTEGER": "bigint"}
"""SQL types of views in PostgreSQL; every other one is a double."""

READ_MS = 250
"""The server gives up reading one person's rows after so long."""

HANGING = 2.0
"""Seconds after which a connection that says nothing counts as broken: a frozen server does not keep its own time limit."""

BUILDING = 7_365_001
"""The advisory lock of builds."""

Connection = psycopg.Connection[tuple[Any, ...]]


def _connect(url: str, *, milliseconds: int) -> Connection:
    """A connection on which each statement may take so long (0: any time)."""
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=2,
            tcp_user_timeout=5_000,
            application_name="yijian-history",
            options=f"-c statement_timeout={milliseconds} -c client_min_messages=warning",
        )
    except psycopg.Error as error:
        raise StoreDown(_words(error)) from error


def _words(error: psycopg.Error) -> str:
    """What went wrong, without the rows that it went wrong with."""
    return error.diag.message_primary or str(error).strip().splitlines()[-1][:200] or type(error).__name__


def _sql(text: str) -> sql.SQL:
    """SQL put together from declared names; values are bound. `?` stands for a value, as in SQLite."""
    return sql.SQL(cast("LiteralString", text.replace("?", "%s")))


def _create(db: Connection, prefix: str, name: str) -> None:
    spec = ", ".join(f"{c} {TYPES.get(col.sql_type, 'double precision')}" for c, col in views()[name].columns.items())
    db.execute(_sql(f"CREATE TABLE {SCHEMA}{prefix}{name} ({spec})"))


def _index(db: Connection, prefix: str, name: str) -> None:
    db.execute(_sql(f"CREATE INDEX ON {SCHEMA}{prefix}{name} ({key_of(name)})"))


class PostgreSQLStore:
    """The schema of a database."""

    def __init__(self, url: str) -> None:
        try:
            said = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            raise UserError("就诊历史的数据库地址看不懂", where=URL, do="请写成 postgresql://用户:密码@主机:端口/库名") from error
        self._url = url
        self._name = f"PostgreSQL {said.get('host', '')}/{said.get('dbname', '')}"

    @property
    def name(self) -> str:
        return self._name

    def reader(self) -> "PostgreSQLReader":
        return PostgreSQLReader(self._url)

    def writer(self) -> "PostgreSQLWriter":
        return PostgreSQLWriter(self._url)

    def build(self, source: FromLake) -> None:
        with _said(), _connect(self._url, milliseconds=0) as db:
            locked = db.execute("SELECT pg_try_advisory_lock(%s)", (BUILDING,)).fetchone()
            if not locked or not locked[0]:
                raise UserError("另一处正在重建就诊历史", where=self.name, do="请等它结束后再运行")
            lay(db)
            for name in KEPT:  # what a build that was broken off left
                db.execute(_sql(f"DROP TABLE IF EXISTS {SCHEMA}f_{name}"))
                _create(db, "f_", name)
            for name, table in source.tables():
                _copy(db, name, table)
            for name in KEPT:
                _index(db, "f_", name)
                db.execute(_sql(f"ANALYZE {SCHEMA}f_{name}"))
            _swap(db, source)


@contextmanager
def _said() -> Generator[None]:
    """psycopg's errors as StoreDown."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreDown(_words(error)) from error


def lay(db: Connection) -> None:
    """The schema and its tables, unless they are there; processes that start together wait for each other."""
    if all(_columns(db, name) for name in KEPT):
        return
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (BUILDING + 1,))
        db.execute(_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA[:-1]}"))
        for name in KEPT:
            if not _columns(db, name):
                _create(db, "h_", name)
                _index(db, "h_", name)


def _columns(db: Connection, name: str) -> set[str]:
    """The columns that the table of a view has, which an earlier program may have made; none where there is no table."""
    asked = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
    return {str(row[0]) for row in db.execute(asked, (f"{SCHEMA}h_{name}",))}


def _copy(db: Connection, name: str, table: pa.Table) -> None:
    """A table's rows as CSV, made by Arrow: a missing value is empty, an empty text is quoted."""
    text = BytesIO()
    pyarrow.csv.write_csv(table, text, pyarrow.csv.WriteOptions(include_header=False))
    with db.cursor() as cursor, cursor.copy(_sql(f"COPY {SCHEMA}f_{name} FROM STDIN (FORMAT csv)")) as copy:
        copy.write(text.getbuffer())


def _swap(db: Connection, source: FromLake) -> None:
    """Writers wait, readers do not until the tables are renamed; what the lake does not have yet is carried over."""
    with db.transaction():
        db.execute(_sql(f"LOCK TABLE {', '.join(f'{SCHEMA}h_{name}' for name in KEPT)} IN SHARE ROW EXCLUSIVE MODE"))
        db.execute(
            _sql(f"""CREATE TEMP TABLE late ON COMMIT DROP AS SELECT DISTINCT o.mdtrt_id FROM {SCHEMA}h_settlement AS o
            WHERE o.setl_day >= ? AND o.mdtrt_id <> ALL (?)
              AND NOT EXISTS (SELECT 1 FROM {SCHEMA}f_settlement AS f WHERE f.psn_no = o.psn_no AND f.mdtrt_id = o.mdtrt_id)"""),
            (source.late_since, sorted(source.gone)),
        )
        for name in OF_ENCOUNTER:
            had = _columns(db, name)
            columns = ", ".join(c for c in views()[name].columns if c in had)
            db.execute(
                _sql(f"""INSERT INTO {SCHEMA}f_{name} ({columns}) SELECT {columns} FROM {SCHEMA}h_{name}
                WHERE mdtrt_id IN (SELECT mdtrt_id FROM late)""")
            )
        for name in KEPT:
            db.execute(_sql(f"DROP TABLE {SCHEMA}h_{name}"))
            db.execute(_sql(f"ALTER TABLE {SCHEMA}f_{name} RENAME TO h_{name}"))


class PostgreSQLReader:
    """One connection of the judging thread. Another thread (`watch`) connects again and cuts off a server that hangs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Connection | None = None
        self._busy_since = 0.0
        self.watch()

    def watch(self) -> None:
        db, since = self._db, self._busy_since
        if db is None or db.closed:
            with suppress(StoreDown, psycopg.Error):  # looked at again a second later
                fresh = _connect(self._url, milliseconds=READ_MS)
                fresh.prepare_threshold = 2
                lay(fresh)
                self._db = fresh
        elif since and time.monotonic() - since > HANGING:
            with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(db.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)

    def fill(self, db: apsw.Connection, asked: Asked) -> bool:
        store = self._db
        if store is None or store.closed:
            return False
        self._busy_since = time.monotonic()
        try:
            found = self._read(store, asked)
        except psycopg.Error:
            return False
        finally:
            self._busy_since = 0.0
        for name, rows in found:
            if rows:
                db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in rows[0])})", rows)
        return True

    def _read(self, store: Connection, asked: Asked) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """All views' rows in one round trip; text comes as text, numbers as numbers."""
        cursors: list[tuple[str, psycopg.Cursor[tuple[Any, ...]]]] = []
        with store.pipeline():
            for name in (kept for kept in KEPT if kept in asked.views):
                query, values = asked.query(name, SCHEMA)
                cursors.append((name, store.cursor(binary=True).execute(_sql(query), values)))
        return [(name, cursor.fetchall()) for name, cursor in cursors]

    def close(self) -> None:
        if self._db is not None:
            self._db.close()


class PostgreSQLWriter:
    """Adds settled encounters; writers of one person wait for each other."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Connection | None = None

    def add(self, cases: Iterable[Case]) -> None:
        ordered = sorted(cases, key=lambda case: case.psn_no)  # two writers then never wait for each other in a ring
        try:
            if self._db is None or self._db.closed:
                self._db = _connect(self._url, milliseconds=10_000)
                lay(self._db)
            with self._db.transaction():
                for case in ordered:
                    _replace(self._db, case)
        except (psycopg.DataError, psycopg.IntegrityError, UnicodeEncodeError) as error:
            raise BadRow(type(error).__name__) from error
        except psycopg.Error as error:
            self.close()
            raise StoreDown(_words(error)) from error

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _replace(db: Connection, case: Case) -> None:
    db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", (case.psn_no, BUILDING))
    for name in OF_ENCOUNTER:
        db.execute(_sql(f"DELETE FROM {SCHEMA}h_{name} WHERE psn_no = ? AND mdtrt_id = ?"), (case.psn_no, case.mdtrt_id))
        _insert(db, name, tuples(name, case.now.get(name, [])))
    if not db.execute(_sql(f"SELECT 1 FROM {SCHEMA}h_person WHERE psn_no = ?"), (case.psn_no,)).fetchone():
        _insert(db, "person", tuples("person", case.context.get("person", [])))


def _insert(db: Connection, name: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        with db.cursor() as cursor:
            cursor.executemany(_sql(f"INSERT INTO {SCHEMA}h_{name} VALUES ({marks})"), rows)
