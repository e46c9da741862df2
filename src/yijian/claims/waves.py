"""Sorting and writing: typed rows are collected into waves of bounded size, and each wave becomes one data file a bucket.

While a wave is sorted and written by Arrow, DuckDB reads on for the next, so memory holds two waves at any size of a
delivery. Columns of few distinct texts are encoded once, sorted as numbers, and written as they are.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import duckdb
import pyarrow as pa

from yijian.claims.arrow import ArrowArray, ArrowBatch, ArrowTable, compute, parquet
from yijian.claims.shaping import Shape, guessed_row, order_of, own_values
from yijian.claims.work import THREADS, Work

WAVE_BYTES = 800_000_000
"""Typed rows held in memory at a time, about 1.4 million fee lines; far below the 2 GB that one Arrow text column takes."""
_LOOK, _FEW, _SOME = 50_000, 0.05, 0.5
"""By the share of distinct values in its first so many rows a column is of few values (text is encoded for the whole wave),
of some (the writer makes a dictionary a file), or of many (written plainly)."""


class Waves:
    """Takes passing rows of a table; on leaving, all of them are data files of the commit (`work.new`)."""

    def __init__(self, work: Work, shape: Shape) -> None:
        self._work, self._shape, self._con = work, shape, work.con.cursor()  # the connection itself is busy reading
        self._held, self._bytes = list[ArrowBatch](), 0
        self._pool = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    def __enter__(self) -> "Waves":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        with self._pool:
            if error is None:
                self._flush()
                self._wait()

    def add(self, batch: ArrowBatch) -> None:
        """Rows with the varying columns, `_rest`, and `_bucket` where the table has buckets."""
        self._held.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= WAVE_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._wait()
        if any(batch.num_rows for batch in self._held):
            wave = pa.Table.from_batches(self._held)
            self._writing = self._pool.submit(_write_wave, self._work, self._con, self._shape, wave)
        self._held, self._bytes = [], 0

    def _wait(self) -> None:
        if self._writing:
            self._writing.result()
            self._writing = None


def _write_wave(work: Work, con: duckdb.DuckDBPyConnection, shape: Shape, wave: ArrowTable) -> None:
    table = shape.table
    fixed, deviating = _fixed_columns(con, shape, wave.column("_rest"))
    wave = wave.drop_columns(["_rest"])
    for column, values in deviating.items():
        wave = wave.append_column(column, values)
    with ThreadPoolExecutor(THREADS) as pool:
        keys = [*(["_bucket"] if table.bucketed else []), *order_of(table).split(", ")]
        sorting = pool.submit(compute.sort_indices, wave.select(keys).combine_chunks(), [(key, "ascending") for key in keys])
        shares = list(pool.map(_distinct, wave.columns))
        columns = pool.map(_encoded, wave.columns, shares)
        rows = pa.table(dict(zip(wave.column_names, columns, strict=True)))
        repeating = [c for c, share in zip(wave.column_names, shares, strict=True) if share <= _SOME]
        writing, start = list[Future[None]](), 0
        for bucket, count in _buckets(wave):
            order = sorting.result().slice(start, count)
            writing.append(pool.submit(_write, work, shape, bucket, rows, order, fixed, repeating))
            start += count
        for one in writing:
            one.result()


def _buckets(wave: ArrowTable) -> list[tuple[int | None, int]]:
    """(bucket, rows), ascending."""
    if "_bucket" not in wave.column_names:
        return [(None, wave.num_rows)]
    return sorted((count["values"], count["counts"]) for count in compute.value_counts(wave.column("_bucket")).to_pylist())


def _fixed_columns(
    con: duckdb.DuckDBPyConnection, shape: Shape, rest: ArrowArray
) -> tuple[dict[str, ArrowArray], dict[str, ArrowArray]]:
    """The fixed columns: one value where all rows bear the guess out; a value a row where some do not."""
    if not shape.fixed:
        return {}, {}
    guessed = _table(con, guessed_row(shape))
    fixed = {c: guessed.column(c)[0] for c in shape.fixed}
    if rest.null_count == len(rest):
        return fixed, {}
    con.register("own", pa.table({"_rest": rest.drop_null()}))
    own = _table(con, own_values(shape, "own"))
    deviating = [c for c, value in fixed.items() if any(v != value for v in own.column(c).unique())]
    differs = rest.is_valid().combine_chunks()
    return fixed, {c: _filled_in(fixed.pop(c), differs, own.column(c).combine_chunks()) for c in deviating}


def _filled_in(value: ArrowArray, differs: ArrowArray, own: ArrowArray) -> ArrowArray:
    """A column of one value but for some rows; of text without repeating the text."""
    own = own.dictionary_encode()
    values = pa.concat_arrays([own.dictionary, pa.array([value.as_py()] if value.is_valid else [], value.type)])
    usual = pa.scalar(len(own.dictionary) if value.is_valid else None, pa.int32())
    places = compute.replace_with_mask(pa.repeat(usual, len(differs)), differs, own.indices)
    if pa.types.is_string(value.type):
        return pa.chunked_array([pa.DictionaryArray.from_arrays(places, values)])
    return pa.chunked_array([values.take(places)])


def _table(con: duckdb.DuckDBPyConnection, sql: str) -> ArrowTable:
    relation = con.sql(sql)
    assert relation is not None
    return relation.to_arrow_table()


def _distinct(column: ArrowArray) -> float:
    look = column.slice(0, _LOOK)
    return len(look.unique()) / len(look)


def _encoded(column: ArrowArray, distinct: float) -> ArrowArray:
    if distinct <= _FEW and pa.types.is_string(column.type):
        column = column.dictionary_encode()
    return column.combine_chunks()


def _write(
    work: Work,
    shape: Shape,
    bucket: int | None,
    wave: ArrowTable,
    order: ArrowArray,
    fixed: dict[str, ArrowArray],
    repeating: list[str],
) -> None:
    """One bucket's rows of a wave as a data file. `repeating`: varying columns for which a dictionary pays."""
    rows, lake_columns = wave.take(order), shape.table.lake_columns
    columns = [_repeated(fixed[c.name], len(order)) if c.name in fixed else rows.column(c.name) for c in lake_columns]
    path = work.new_path(shape.table, bucket)
    parquet.write_table(
        pa.table(columns, names=[c.name for c in lake_columns]),
        path,
        compression="zstd",
        compression_level=1,
        use_dictionary=[*fixed, *repeating],
        write_statistics=[c.name for c in lake_columns if c.type != "text"],  # of text they cost more than they save
        store_decimal_as_integer=True,
        store_schema=False,
    )
    work.add(shape.table, path, bucket, len(order))


def _repeated(value: ArrowArray, rows: int) -> ArrowArray:
    """A column of one value; of text without repeating the text."""
    if pa.types.is_string(value.type) and value.is_valid:
        return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), [value])
    return pa.repeat(value, rows)
