"""Step 1 of an import: each table's files become typed rows in memory, and sorted data files of the commit by bucket.

Lines are taken in waves of bounded size, so that memory does not grow with the delivery. A big CSV is first typed in one
parallel pass into one Parquet file in the staging folder, from which waves are cut; what is small goes straight through.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import duckdb

from yijian.claims.reading import Source
from yijian.claims.reading.text import broken_lines, forget_broken_lines, unreadable_text
from yijian.claims.shaping import Shape, lake_rows, order_of, typed_rows
from yijian.claims.tables import Table
from yijian.claims.values import literal
from yijian.claims.work import THREADS, Work

WAVE_LINES = 1_500_000
"""Lines held typed in memory at a time."""
DIRECT_WAVES = 1.5
"""A CSV of up to so many waves is taken in one."""
COMPRESSION = "COMPRESSION zstd, COMPRESSION_LEVEL 1"


@dataclass
class Tally:
    """Rows of one source: readable ones, rejected by a check of values, with a rounded number; lines not readable."""

    rows: int = 0
    rejected: int = 0
    noted: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


@dataclass
class Staged:
    """What staging found out about a table: its shape, and a tally for each source."""

    shape: Shape
    tallies: list[Tally] = field(default_factory=list[Tally])


def stage(work: Work, table: Table, sources: Sequence[Source]) -> Staged:
    """Write all passing rows of a table's files as data files of the commit (`work.new`)."""
    staged = Staged(Shape.guess(work.con, table, sources), [Tally() for _ in sources])
    wave, held = list[str](), 0
    forget_broken_lines(work.con)
    for number, source in enumerate(sources):
        with _sense_of_errors(source):
            for rows, lines in _typed(work, staged.shape, source, number):
                if wave and held + lines > WAVE_LINES:
                    _write_wave(work, staged, wave)
                    wave, held = [], 0
                wave.append(rows)
                held += lines
            if wave and number == len(sources) - 1:
                _write_wave(work, staged, wave)
    broken = broken_lines(work.con)
    for source, tally in zip(sources, staged.tallies, strict=True):
        tally.broken = broken.get(str(source.path), [])
    return staged


class _sense_of_errors:  # noqa: N801 - reads as a phrase after `with`
    """A file that DuckDB or Arrow cannot read on is the user's file, not our fault."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        reading = isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException | UnicodeDecodeError)
        arrow = isinstance(error, duckdb.Error) and "arrow" in str(error).lower()
        if isinstance(error, Exception) and (reading or arrow):
            raise unreadable_text(self.source.path, error) from error


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    rows = con.execute(sql).fetchall()  # all of it: an unfinished result blocks the connection
    return int(rows[0][0]) if rows else 0


def _typed(work: Work, shape: Shape, source: Source, number: int) -> Iterator[tuple[str, int]]:
    """SELECTs of staged rows with about how many lines each; together they are the file."""
    for piece, lines in source.layout.pieces(work.con, WAVE_LINES):
        rows = typed_rows(source, piece, shape, work.lake.buckets, number)
        if lines <= WAVE_LINES * DIRECT_WAVES:
            yield rows, lines
            continue
        path = literal(str(work.staging / f"{shape.table.name}-{number}.parquet"))
        total = _count(work.con, f"COPY ({rows}) TO {path} (FORMAT parquet, COMPRESSION lz4)")
        for start in range(0, total, WAVE_LINES):
            span = f"WHERE file_row_number BETWEEN {start} AND {start + WAVE_LINES - 1}"
            rows = f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({path}, file_row_number=true) {span}"
            yield rows, min(WAVE_LINES, total - start)


def _write_wave(work: Work, staged: Staged, wave: list[str]) -> None:
    """Sort a wave by bucket, person, time; write each bucket's stretch of it as a data file."""
    con, shape, table = work.con, staged.shape, staged.shape.table
    order = f"_bucket, {order_of(table)}" if table.bucketed else order_of(table)
    con.execute(f"CREATE OR REPLACE TABLE staged AS SELECT * FROM ({' UNION ALL '.join(wave)}) ORDER BY {order}")
    counted = con.execute(
        "SELECT _file, count(*), count(*) FILTER (NOT _ok), count(*) FILTER (_ok AND _note), "
        "count(*) FILTER (_ok AND _rest IS NOT NULL) FROM staged GROUP BY _file"
    ).fetchall()
    for number, rows, rejected, noted, _ in counted:
        tally = staged.tallies[number]
        tally.rows, tally.rejected, tally.noted = tally.rows + rows, tally.rejected + rejected, tally.noted + noted
    rest = any(row[4] for row in counted)
    buckets: list[int | None] = [None]
    if table.bucketed:
        buckets = [row[0] for row in con.execute("SELECT DISTINCT _bucket FROM staged WHERE _ok ORDER BY 1").fetchall()]
    with ThreadPoolExecutor(THREADS) as pool:
        for writing in [pool.submit(_write, work, shape, bucket, rest) for bucket in buckets]:
            writing.result()
    con.execute("DROP TABLE staged")


def _write(work: Work, shape: Shape, bucket: int | None, rest: bool) -> None:
    where = "WHERE _ok" if bucket is None else f"WHERE _ok AND _bucket = {bucket}"
    path = work.new_path(shape.table, bucket)
    rows = _count(
        work.con.cursor(),
        f"COPY ({lake_rows(shape, 'staged', where, rest=rest)}) TO {literal(str(path))} (FORMAT parquet, {COMPRESSION})",
    )
    if rows:
        work.add(shape.table, path, bucket, rows)
    else:
        path.unlink(missing_ok=True)
