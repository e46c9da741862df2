"""Step 2 of an import: rows whose key the lake already has, or that came twice.

Per bucket, the keys of what was staged are compared with each other and with the lake's. Usually nothing meets, and the
staged files stand as they are. Where keys meet:

    the same content            nothing changes; the row is dropped
    a later `updt_time`         the row replaces the older one; what changed goes to `row_chg_d`
    anything else               the row is rejected: `duplicate_key`

Tables without `updt_time` are registers: what a later import delivers is newer than what an earlier one did.
Of two rows in one import with the same key and time and different content one is kept, chosen by content, so that the
same delivery gives the same lake; the other is rejected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yijian.claims.lake import DataFile
from yijian.claims.shaping import order_of
from yijian.claims.tables import Table, tables
from yijian.claims.values import literal
from yijian.claims.work import Work

COMPRESSION = "COMPRESSION zstd, COMPRESSION_LEVEL 1"


@dataclass
class Merged:
    """What became of a table's staged rows. The rejected ones stand in the DuckDB table `rejected_<table>` (key, _h)."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    rejected: int = 0


def merge(work: Work, table: Table, now: str) -> Merged:
    """Settle all meetings of keys in a table; `work.live` and `work.new` say afterwards which files the commit has."""
    merged = Merged()
    held = {f.path: f for f in work.base.live(table.name)}
    fresh = work.new.get(table.name, [])
    keys = ", ".join(f"{k} VARCHAR" for k in table.key)
    work.con.execute(f"CREATE OR REPLACE TABLE rejected_{table.name} ({keys}, _h UBIGINT)")
    for bucket in sorted({f.bucket for f in fresh}, key=lambda b: -1 if b is None else b):
        olds, news = work.base.live(table.name, bucket), [f for f in fresh if f.bucket == bucket]
        if _keys_meet(work, table, olds, news):
            _Bucket(work, table, bucket, olds, news).settle(merged, held, now)
        else:
            merged.new += sum(f.rows for f in news)
    work.live[table.name] = [*held.values(), *work.new.get(table.name, [])]
    return merged


def _scan(work: Work, files: Sequence[DataFile]) -> str:
    return f"read_parquet([{', '.join(literal(str(work.lake.folder / f.path)) for f in files)}])"


def _keys_meet(work: Work, table: Table, olds: Sequence[DataFile], news: Sequence[DataFile]) -> bool:
    key = ", ".join(table.key)
    twice = f"SELECT 1 FROM {_scan(work, news)} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    if work.con.execute(twice).fetchall():
        return True
    both = f"SELECT 1 FROM {_scan(work, olds)} SEMI JOIN {_scan(work, news)} USING ({key}) LIMIT 1" if olds else ""
    return bool(both and work.con.execute(both).fetchall())


class _Bucket:
    """One bucket in which keys meet."""

    def __init__(self, work: Work, table: Table, bucket: int | None, olds: list[DataFile], news: list[DataFile]) -> None:
        self.work, self.table, self.bucket, self.olds, self.news = work, table, bucket, olds, news
        self.con: duckdb.DuckDBPyConnection = work.con
        self.key = ", ".join(table.key)
        self.columns = [c.name for c in table.lake_columns]
        self.order = order_of(table)

    def settle(self, merged: Merged, held: dict[str, DataFile], now: str) -> None:
        """Compare, decide, write changes, rewrite what changed."""
        self._compare()
        self._decide()
        unchanged, rejected, replaced = self._count()
        merged.unchanged += unchanged
        merged.rejected += rejected
        merged.replaced += replaced
        self.con.execute(f"INSERT INTO rejected_{self.table.name} SELECT {self.key}, _h FROM versions WHERE _new AND NOT _kept")
        if replaced:
            self._record_changes(now)
            self._rewrite_old(held)
        merged.new += self._rewrite_new() - self._winners_over_old()

    def _compare(self) -> None:
        """`met`: keys that came more than once, and with how many contents; `open_keys`: those about which to decide."""
        content = f"hash({', '.join(self.columns)})"
        parts = [f"SELECT {self.key}, {content} AS _h, true AS _new FROM {_scan(self.work, self.news)}"]
        if self.olds:
            olds = (
                f"(SELECT o.* FROM {_scan(self.work, self.olds)} o SEMI JOIN {_scan(self.work, self.news)} n USING ({self.key}))"
            )
            parts.append(f"SELECT {self.key}, {content} AS _h, false AS _new FROM {olds}")
        self.con.execute(
            f"CREATE OR REPLACE TABLE met AS SELECT {self.key}, count(DISTINCT _h) AS contents, count(*) AS n, "
            f"bool_or(NOT _new) AS held, count(*) FILTER (_new) AS news "
            f"FROM ({' UNION ALL '.join(parts)}) GROUP BY {self.key} HAVING count(*) > 1"
        )
        self.con.execute(f"CREATE OR REPLACE TABLE open_keys AS SELECT {self.key} FROM met WHERE contents > 1 OR NOT held")

    def _decide(self) -> None:
        """`versions`: every differing row of an open key, in order of time; `_kept` ones are true versions of the row."""
        register = "updt_time" not in self.columns
        as_of = "TIMESTAMP '1000-01-01' + to_days(_new::INT)" if register else "coalesce(updt_time, TIMESTAMP '0001-01-01')"
        parts = [f"SELECT *, true AS _new FROM {_scan(self.work, self.news)} SEMI JOIN open_keys USING ({self.key})"]
        if self.olds:
            parts.append(f"SELECT *, false AS _new FROM {_scan(self.work, self.olds)} SEMI JOIN open_keys USING ({self.key})")
        self.con.execute(f"""
            CREATE OR REPLACE TABLE versions AS
            WITH rows AS (
                SELECT *, {as_of} AS _as_of, hash({", ".join(self.columns)}) AS _h FROM ({" UNION ALL ".join(parts)})),
            differing AS (
                SELECT * FROM rows QUALIFY row_number() OVER (PARTITION BY {self.key}, _h ORDER BY _new) = 1),
            placed AS (
                SELECT *, max(_as_of) FILTER (NOT _new) OVER (PARTITION BY {self.key}) AS _held_as_of,
                       row_number() OVER (PARTITION BY {self.key}, _as_of ORDER BY _new, _h) AS _nth
                FROM differing)
            SELECT * EXCLUDE (_held_as_of, _nth),
                   NOT _new OR (_nth = 1 AND coalesce(_as_of > _held_as_of, true)) AS _kept,
                   _kept AND _as_of = max(_as_of) FILTER (_kept) OVER (PARTITION BY {self.key}) AS _last
            FROM placed
        """)

    def _count(self) -> tuple[int, int, int]:
        """(unchanged, rejected, replaced) rows. Rows that say the same as another of their key are unchanged."""
        staged = _one(self.con, "SELECT coalesce(sum(news), 0) FROM met")
        differing = _one(self.con, "SELECT count(*) FROM versions WHERE _new")
        rejected = _one(self.con, "SELECT count(*) FROM versions WHERE _new AND NOT _kept")
        kept = _one(
            self.con,
            f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM versions WHERE _kept GROUP BY {self.key})",
        )
        return staged - differing, rejected, kept

    def _winners_over_old(self) -> int:
        both = "HAVING bool_or(_new) AND bool_or(NOT _new)"
        return _one(self.con, f"SELECT count(*) FROM (SELECT 1 FROM versions WHERE _kept GROUP BY {self.key} {both})")

    def _record_changes(self, now: str) -> None:
        """Rows of `row_chg_d`, one per changed column, old and new value as text; identities are not in the lake at all."""
        pairs = ", ".join(
            f"{{'c': {literal(c)}, 'o': CAST(lag({c}) OVER v AS VARCHAR), 'n': CAST({c} AS VARCHAR)}}" for c in self.columns
        )
        when = "updt_time" if "updt_time" in self.columns else f"TIMESTAMP {literal(now)}"
        who = "opter_id" if "opter_id" in self.columns else "NULL::VARCHAR"
        key = " || '|' || ".join(self.table.key)
        changes = self.work.staging / f"row_chg_d-{self.table.name}-{self.bucket}.parquet"
        self.con.execute(f"""
            COPY (
                WITH steps AS (
                    SELECT {key} AS row_key, coalesce({when}, TIMESTAMP {literal(now)}) AS chg_time, {who} AS opter_id,
                           [{pairs}] AS changed, row_number() OVER v AS nth
                    FROM versions WHERE _kept WINDOW v AS (PARTITION BY {self.key} ORDER BY _as_of)),
                flat AS (SELECT row_key, chg_time, opter_id, unnest(changed) AS x FROM steps WHERE nth > 1)
                SELECT substr(sha256(concat_ws(chr(31), {literal(self.table.name)}, row_key, x.c, coalesce(x.o, chr(30)),
                                               coalesce(x.n, chr(30)), chg_time::VARCHAR)), 1, 32) AS rid,
                       {literal(self.table.name)} AS tabl_name, row_key, x.c AS colm_name, x.o AS old_val, x.n AS new_val,
                       chg_time, opter_id
                FROM flat WHERE x.o IS DISTINCT FROM x.n
            ) TO {literal(str(changes))} (FORMAT parquet)
        """)

    def _rewrite_old(self, held: dict[str, DataFile]) -> None:
        """Lake files that hold a replaced row are written again without it; the commit drops the old ones."""
        self.con.execute(
            f"CREATE OR REPLACE TABLE gone AS SELECT {self.key} FROM versions WHERE _kept GROUP BY {self.key} "
            f"HAVING bool_or(_new) AND bool_or(NOT _new)"
        )
        for old in self.olds:
            if self.con.execute(f"SELECT 1 FROM {_scan(self.work, [old])} SEMI JOIN gone USING ({self.key}) LIMIT 1").fetchall():
                del held[old.path]
                self._write(f"SELECT * FROM {_scan(self.work, [old])} ANTI JOIN gone USING ({self.key})", moved=True)

    def _rewrite_new(self) -> int:
        """The staged files become one: rows that met nothing, and the last version of those that did."""
        listed = ", ".join(self.columns)
        kept = self.work.new[self.table.name]
        self.work.new[self.table.name] = [f for f in kept if f not in self.news]
        rows = self._write(
            f"SELECT {listed} FROM {_scan(self.work, self.news)} ANTI JOIN met USING ({self.key}) "
            f"UNION ALL SELECT {listed} FROM versions WHERE _new AND _last"
        )
        for file in self.news:
            (self.work.lake.folder / file.path).unlink()
        return rows

    def _write(self, rows: str, *, moved: bool = False) -> int:
        path = self.work.new_path(self.table, self.bucket)
        count = _one(
            self.con,
            f"COPY (SELECT * FROM ({rows}) ORDER BY {self.order}) TO {literal(str(path))} (FORMAT parquet, {COMPRESSION})",
        )
        if count:
            self.work.add(self.table, path, self.bucket, count, moved=moved)
        else:
            path.unlink(missing_ok=True)
        return count


def add_changes(work: Work) -> int:
    """The `row_chg_d` rows of this import become a data file, once each even if an earlier import wrote them too."""
    found = sorted(work.staging.glob("row_chg_d-*.parquet"))
    if not found:
        return 0
    table = tables()["row_chg_d"]
    columns = ", ".join(c.name for c in table.lake_columns)
    rows = f"SELECT DISTINCT ON (rid) {columns} FROM {_paths(found)}"
    before = work.live.get(table.name, work.base.live(table.name))
    if before:
        rows += f" ANTI JOIN {_scan(work, before)} USING (rid)"
    path = work.new_path(table, None)
    count = _one(work.con, f"COPY (SELECT * FROM ({rows}) ORDER BY rid) TO {literal(str(path))} (FORMAT parquet, {COMPRESSION})")
    if count:
        work.add(table, path, None, count)
    work.live[table.name] = [*before, *([work.new[table.name][-1]] if count else [])]
    return count


def _paths(paths: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(literal(str(p)) for p in paths)}])"


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    rows = con.execute(sql).fetchall()  # all of it: an unfinished result blocks the connection
    return int(rows[0][0]) if rows else 0
