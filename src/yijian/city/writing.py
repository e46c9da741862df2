"""Tables to files: CSV or Parquet, appended a district at a time, in a folder that appears only when it is whole."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from yijian.vocabulary.errors import UserError


class _Writer(Protocol):
    def write_table(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


class _Csv:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._file.write((",".join(schema.names) + "\n").encode())
        self._options = pa_csv.WriteOptions(include_header=False, quoting_style="none", batch_size=16_384)

    def write_table(self, table: pa.Table) -> None:
        pa_csv.write_csv(table, self._file, self._options)

    def close(self) -> None:
        self._file.close()


def _parquet(path: Path, schema: pa.Schema) -> _Writer:
    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": [f.name for f in schema if pa.types.is_dictionary(f.type)],
        "write_statistics": False,
        "store_schema": False,  # dictionary columns read back as plain text
        "store_decimal_as_integer": True,
    }
    return pq.ParquetWriter(path, schema, **options)


class Files:
    """The open files of a city."""

    def __init__(self, folder: Path, *, parquet: bool) -> None:
        self._folder, self._parquet = folder, parquet
        self._open: dict[str, _Writer] = {}
        self.rows: dict[str, int] = {}

    def write(self, name: str, table: pa.Table) -> None:
        """Append rows to `<name>.csv` or `<name>.parquet`."""
        if name not in self._open:
            path = self._folder / f"{name}.{'parquet' if self._parquet else 'csv'}"
            self._open[name] = _parquet(path, table.schema) if self._parquet else _Csv(path, table.schema)
        self.rows[name] = self.rows.get(name, 0) + table.num_rows
        if table.num_rows:
            self._open[name].write_table(table)

    def close(self) -> None:
        for writer in self._open.values():
            writer.close()
        self._open.clear()


@contextmanager
def new_folder(target: Path) -> Generator[Path]:
    """A folder beside `target` that takes its name when the block ends well, and is gone when it does not.

    Raises: UserError when `target` exists and holds anything.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError("目标文件夹已存在且不为空", where=str(target), do="请换一个文件夹或先删除它")
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.with_name(f".{target.name}.{os.getpid()}.part")
    work.mkdir()
    try:
        yield work
        if target.exists():
            target.rmdir()
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
