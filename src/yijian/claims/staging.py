"""Step 1 of an import: each table's files become typed rows and, in waves, sorted data files of the commit by bucket.

DuckDB reads, types and checks in one stream over each file; what passes goes on to the waves as Arrow batches.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from yijian.claims.arrow import ArrowBatch
from yijian.claims.reading import Source
from yijian.claims.reading.text import broken_lines, forget_broken_lines, unreadable_text
from yijian.claims.shaping import Shape, typed_rows
from yijian.claims.tables import Table
from yijian.claims.waves import Waves
from yijian.claims.work import Work, arrow_batches

_BATCH = 100_000


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
    forget_broken_lines(work.con)
    with Waves(work, staged.shape) as waves:
        for source, tally in zip(sources, staged.tallies, strict=True):
            with _sense_of_errors(source):
                rows = typed_rows(source, source.layout.scan(work.con), staged.shape, work.lake.buckets)
                for batch in arrow_batches(work.con, rows, _BATCH):
                    waves.add(_passing(batch, tally))
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


def _passing(batch: ArrowBatch, tally: Tally) -> ArrowBatch:
    """The rows that passed the checks of values; all are tallied."""
    ok = batch.column("_ok")
    passed = ok.true_count
    tally.rows += batch.num_rows
    tally.rejected += batch.num_rows - passed
    if passed < batch.num_rows:
        batch = batch.filter(ok)
    tally.noted += batch.column("_note").true_count
    return batch.drop_columns(["_ok", "_note"])
