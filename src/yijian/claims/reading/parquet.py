"""Parquet files: columns as text or in natural types, read by DuckDB."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yijian.claims.reading.source import Layout
from yijian.claims.values import literal
from yijian.vocabulary.errors import UserError

_SPOTS, _SPOT_ROWS = 12, 2000


def parquet_layout(path: Path) -> Layout:
    """Look at a Parquet file. Raises UserError if it cannot be read."""
    try:
        file = pq.ParquetFile(path)
        sample = _spots(file)
        bounds, filled = _statistics(file, sample)
    except (pa.ArrowException, OSError) as error:
        said = str(error).splitlines()[0][:120]
        raise UserError(f"Parquet 文件无法读取：{said}", where=str(path), do="请重新导出该文件") from None
    scan = f"read_parquet({literal(str(path))}, file_row_number=true)"
    con = duckdb.connect()
    described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {scan}").fetchall()
    con.close()
    types = {row[0]: str(row[1]) for row in described}
    return Layout(list(types), types, lambda _: scan, sample + bounds, filled=filled)


def _spots(file: pq.ParquetFile) -> list[dict[str, str | None]]:
    groups = file.metadata.num_row_groups
    chosen = sorted({groups * i // _SPOTS for i in range(_SPOTS)}) if groups else []
    found = list[dict[str, str | None]]()
    for group in chosen:
        batch = next(file.iter_batches(batch_size=_SPOT_ROWS // 10, row_groups=[group]), None)
        for row in batch.to_pylist() if batch is not None else []:
            found.append({k: _text(v) for k, v in row.items()})
    return found


def _statistics(file: pq.ParquetFile, sample: list[dict[str, str | None]]) -> tuple[list[dict[str, str | None]], frozenset[str]]:
    """The least and greatest values of every row group, as two more records each; columns that hold no empty text."""
    bounds, filled = list[dict[str, str | None]](), set[str](file.schema_arrow.names)
    for group in (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)):
        least, greatest = (dict(sample[0]) if sample else {} for _ in range(2))
        for chunk in (group.column(i) for i in range(group.num_columns)):
            column, stated = chunk.path_in_schema, chunk.statistics
            if stated is not None and stated.has_min_max:
                least[column], greatest[column] = _text(stated.min), _text(stated.max)
                empty = least[column] is None
            else:
                empty = stated is None or not stated.has_null_count or stated.null_count < group.num_rows
            if empty:
                filled.discard(column)
        bounds += [least, greatest]
    return bounds, frozenset(filled)


def _text(value: object) -> str | None:
    return None if value in (None, "", b"") else str(value)
