"""`make bench-history`: what it costs to read one person's history for a request, from the home's file and from PostgreSQL.

The same invented persons in both; the same requests to both, in turns. PostgreSQL is the one of YIJIAN_HISTORY_URL (its schema
`yijian_history` is overwritten), else a private one that is thrown away.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import pyarrow as pa
from tests.postgresql import server

from bench.gateway import messages, prepare, quantile
from bench.measure import show
from yijian.claims.views import views
from yijian.gateway import packs
from yijian.gateway.answer import now
from yijian.gateway.history import KEPT, URL, Asked, FromLake, Reader, Store, store_of
from yijian.gateway.judge import Judge
from yijian.gateway.message import read
from yijian.gateway.rows import case_of
from yijian.vocabulary.home import Home

CHUNK = 200_000
TYPES = {"VARCHAR": pa.string(), "INTEGER": pa.int64()}


class FromFile(FromLake):
    """The rows of a store's file in the place of a lake's."""

    def __init__(self, path: str) -> None:
        self._path, self.gone, self.newest = path, set[str](), 10**6  # nothing is late

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        with closing(apsw.Connection(self._path)) as db:
            for name in KEPT:
                types = {c: TYPES.get(col.sql_type, pa.float64()) for c, col in views()[name].columns.items()}
                cursor = db.execute(f"SELECT {', '.join(types)} FROM h_{name}")
                while rows := [row for _, row in zip(range(CHUNK), cursor, strict=False)]:
                    columns = [pa.array(column, t) for column, t in zip(zip(*rows, strict=True), types.values(), strict=True)]
                    yield name, pa.Table.from_arrays(columns, list(types))


class Timed:
    """A reader that notes how long each reading took, in milliseconds, and how many rows it read."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self.spent, self.rows = reader, list[float](), 0

    def fill(self, db: apsw.Connection, asked: Asked) -> bool:
        before, begun = db.total_changes(), time.perf_counter()
        done = self._reader.fill(db, asked)
        self.spent.append((time.perf_counter() - begun) * 1000)
        self.rows += db.total_changes() - before
        return done

    def watch(self) -> None:
        self._reader.watch()

    def close(self) -> None:
        self._reader.close()


@contextmanager
def postgresql(home: Home) -> Iterator[Store]:
    """A store in PostgreSQL with the rows of the home's file."""
    import psycopg

    with server() as address:
        url = os.environ.get(URL, "")
        if not url:
            with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
                db.execute("DROP DATABASE IF EXISTS bench")
                db.execute("CREATE DATABASE bench")
            url = f"{address}/bench"
        store, begun = store_of(home, url), time.perf_counter()
        store.build(FromFile(store_of(home).name))
        print(f"PostgreSQL filled in {time.perf_counter() - begun:.0f} s")
        yield store


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.history", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-home"))
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--history", type=int, default=60, help="lines of history of each person")
    parser.add_argument("--requests", type=int, default=600)
    given = parser.parse_args()
    home = prepare(given.folder.absolute(), given.persons, given.history)
    pack = packs.current(home)
    with postgresql(home) as there:
        readers = {"SQLite file": Timed(store_of(home).reader()), "PostgreSQL": Timed(there.reader())}
        judges = {name: Judge(pack, one, rule_seconds=5.0, request_seconds=30.0) for name, one in readers.items()}
        whole: dict[str, list[float]] = {name: [] for name in readers}
        for body in messages(pack, given.persons, 10, given.requests):
            case = case_of(read("patient", json.loads(body)["input"]["data"]["patient_dtos"][0]), now())
            answers = set[tuple[str, ...]]()
            for name, judge in judges.items():
                begun = time.perf_counter()
                judged = judge.judge(case, "mid")
                whole[name].append((time.perf_counter() - begun) * 1000)
                answers.add(tuple(sorted(f.finding_id for f in judged.found)))
            if len(answers) != 1:
                raise SystemExit("the two stores do not give the same answer")
        rows = [_row(name, one, whole[name]) for name, one in readers.items()]
        for judge in judges.values():
            judge.close()
    title = f"Reading one person's history: {given.persons:,} persons, {given.history} lines each, requests of 10 lines"
    show(title, ["", "rows a request", "reading p50 ms", "p99 ms", "request p50 ms", "p99 ms"], rows)


def _row(name: str, reader: Timed, whole: list[float]) -> list[object]:
    spent, all_ = sorted(reader.spent[20:]), sorted(whole[20:])
    figures = [f"{quantile(v, q):.2f}" for v in (spent, all_) for q in (0.5, 0.99)]
    return [name, f"{reader.rows / max(len(reader.spent), 1):.0f}", *figures]


if __name__ == "__main__":
    main()
