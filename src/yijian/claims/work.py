"""What the steps of one import share: the connection, the lake it starts from, the commit it is making."""

import errno
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from yijian.claims.arrow import ArrowBatch
from yijian.claims.lake import DataFile, Lake, Snapshot
from yijian.claims.tables import Table
from yijian.claims.vault import token_pads
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.vocabulary.locking import hold

THREADS, MEMORY = 2, "4GB"

_FULL = ("No space left", "quota exceeded", "File too large", "max_temp_directory_size")
"""How DuckDB says that the disk takes no more."""

_ERRORS = {
    "Conversion Error": duckdb.ConversionException,
    "Invalid Input Error": duckdb.InvalidInputException,
    "Out of Memory Error": duckdb.OutOfMemoryException,
}

Step = Callable[[str, int, int], None]
"""Told how far an import is: what it is doing, steps done, steps in all."""


@dataclass
class Work:
    """One import under way. `new` holds the data files written so far, by table; nothing of it is visible to readers."""

    home: Home
    lake: Lake
    base: Snapshot
    con: duckdb.DuckDBPyConnection
    import_id: str
    staging: Path
    new: dict[str, list[DataFile]] = field(default_factory=dict[str, list[DataFile]])
    live: dict[str, list[DataFile]] = field(default_factory=dict[str, list[DataFile]])
    moved: set[str] = field(default_factory=set[str])
    """Paths of files of this commit that hold rows of the lake only, written again without those that were replaced."""

    def delivered(self, table: str, bucket: int | None) -> list[DataFile]:
        """This commit's files with rows that were delivered now."""
        return [f for f in self.new.get(table, ()) if f.bucket == bucket and f.path not in self.moved]

    @property
    def number(self) -> int:
        """The number of the commit in the making."""
        return self.base.number + 1

    def add(self, table: Table, path: Path, bucket: int | None, rows: int, *, moved: bool = False) -> None:
        """A data file is complete: it is part of the commit from now on."""
        file = self.lake.data_file(path, bucket, rows)
        self.new.setdefault(table.name, []).append(file)
        if moved:
            self.moved.add(file.path)

    def new_path(self, table: Table, bucket: int | None) -> Path:
        """A path for one more data file of this commit, its folder made."""
        plain = self.lake.data_path(table, bucket, self.number)
        plain.parent.mkdir(parents=True, exist_ok=True)
        part = 1
        path = plain
        while path.exists():
            part += 1
            path = plain.with_stem(f"{plain.stem}-{part}")
        return path


@contextmanager
def only_importer(home: Home) -> Generator[None]:
    """Held by one import at a time; a killed process lets go of it by itself. Raises UserError if another holds it."""
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".lock").open("wb") as lock:
        if not hold(lock, wait=False):
            raise UserError("另一个导入正在进行", where=str(home.path), do="请等它结束后再试")
        yield


@contextmanager
def workshop(home: Home) -> Generator[Path]:
    """A folder for what an import writes on the way; emptied before and after."""
    folder = home.lake / ".staging"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def connect(home: Home, staging: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that spills into `staging` and knows the token key."""
    con = duckdb.connect()
    con.execute(f"SET threads = {THREADS}; SET memory_limit = '{os.environ.get('YIJIAN_MEMORY', MEMORY)}'")
    con.execute("SET temp_directory = ?", [str(staging / "spill")])
    con.execute("SET TimeZone = 'Asia/Shanghai'")
    inner, outer = token_pads(home)
    con.execute("SET VARIABLE ipad = ?::BLOB", [inner])
    con.execute("SET VARIABLE opad = ?::BLOB", [outer])
    return con


def arrow_batches(con: duckdb.DuckDBPyConnection, sql: str, rows: int) -> Iterator[ArrowBatch]:
    """The result of a SELECT in Arrow batches of about so many rows, in order, while DuckDB works on.

    Raises duckdb.Error. The connection is busy until the last batch.
    """
    relation = con.sql(sql)
    assert relation is not None
    try:
        yield from relation.to_arrow_reader(rows)
    except OSError as error:  # Arrow hands on no more than the words of DuckDB's errors
        said = str(error)
        raise next((e for words, e in _ERRORS.items() if said.startswith(words)), duckdb.Error)(said) from None


@contextmanager
def full_disk_is_said(home: Home) -> Generator[None]:
    """A full disk or too little memory becomes one sentence; nothing has been committed by then."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _no_space(home) from error
        raise
    except duckdb.Error as error:
        if any(words in str(error) for words in _FULL):
            raise _no_space(home) from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise UserError(
                "内存不足，导入未进行",
                where=str(home.path),
                do="请关闭其他程序，或用环境变量 YIJIAN_MEMORY 调整上限后重试",
            ) from error
        raise


def _no_space(home: Home) -> UserError:
    return UserError("磁盘空间不足，本次导入没有写入任何数据", where=str(home.path), do="请清理磁盘后重新运行同一命令")
