"""The lake: claims as committed Parquet files that nobody edits.

    lake/lake.toml                            format version, number of buckets
    lake/<table>/bucket=<n>/<commit>.parquet  tables of persons; others: lake/<table>/<commit>.parquet
    lake/commits/000001.json                  one file a commit: every live data file, and what the import did

The commit file with the highest number is the lake. It appears by an atomic link after all data files are on disk, so a
reader sees either the old lake or the new one, and a process killed at any moment leaves only files that no commit names.
"""

import hashlib
import os
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from yijian.claims.manifest import Manifest
from yijian.claims.tables import Table, tables
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

FORMAT = 1
"""Version of the layout; a lake of another version is not opened."""

KEPT_COMMITS = 3
"""Data files named by the newest commits stay on disk, so that a reader of the last lake is not disturbed."""


def bucket_sql(psn_no: str, buckets: int) -> str:
    """The bucket of a person as DuckDB SQL; `bucket_of` is the same in Python."""
    return f"(('0x' || substr(md5({psn_no}), 1, 4))::INT % {buckets})"


def bucket_of(psn_no: str, buckets: int) -> int:
    """The bucket of a person: a stable hash, the same in every engine."""
    return int(hashlib.md5(psn_no.encode(), usedforsecurity=False).hexdigest()[:4], 16) % buckets


class DataFile(msgspec.Struct, frozen=True):
    """One live Parquet file: path below the lake, bucket (None: table without a person), rows, SHA-256 of its bytes."""

    path: str
    bucket: int | None
    rows: int
    sha256: str


class Commit(msgspec.Struct, frozen=True):
    """One state of the lake: its number, the one it was made from, every live file, and the import that made it."""

    number: int
    parent: int
    buckets: int
    files: dict[str, list[DataFile]]
    manifest: Manifest | None = None


class Snapshot:
    """The lake as of one commit."""

    def __init__(self, folder: Path, commit: Commit) -> None:
        self.folder, self.commit = folder, commit

    @property
    def number(self) -> int:
        """The commit's number; 0 is the empty lake."""
        return self.commit.number

    @property
    def manifest(self) -> Manifest | None:
        """What the import of this commit did; None for the empty lake."""
        return self.commit.manifest

    def live(self, table: str, bucket: int | None = None) -> list[DataFile]:
        """The live data files of a table, of one bucket where it is named."""
        return [f for f in self.commit.files.get(table, ()) if bucket is None or f.bucket == bucket]

    def files(self, table: str, bucket: int | None = None) -> list[Path]:
        """Paths of the live data files of a table; without `bucket` of the whole table.

        A table without a person belongs to every bucket: it is part of what a bucket is judged with.
        """
        return [self.folder / f.path for f in self.live(table) if bucket is None or f.bucket in (None, bucket)]

    def locations(self, table: str, bucket: int | None = None) -> list[str]:
        """`files` as an engine is told of them."""
        return [str(path) for path in self.files(table, bucket)]

    def rows(self, table: str, bucket: int | None = None) -> int:
        """Number of rows of a table, of one bucket where it is named."""
        return sum(f.rows for f in self.live(table, bucket))

    def digest(self, bucket: int | None = None, tables: Iterable[str] | None = None) -> str:
        """A hash of the live files' hashes: what was read is unchanged as long as this is.

        With `bucket`, tables without a person count too: they are part of what a bucket is judged with.
        """
        wanted = sorted(self.commit.files) if tables is None else sorted(tables)
        seen = [
            f"{name}/{f.bucket}/{f.sha256}"
            for name in wanted
            for f in self.live(name)
            if bucket is None or f.bucket is None or f.bucket == bucket
        ]
        return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()


class DistantSnapshot(Snapshot):
    """The lake as of one commit, where only a cluster reads it: `hdfs://…`, `s3a://…`, or any other URL."""

    def __init__(self, url: str, commit: Commit) -> None:
        super().__init__(Path("/"), commit)
        self.url = url.rstrip("/")

    @classmethod
    def read(cls, url: str, read: Callable[[str], bytes], names: Callable[[str], list[str]]) -> "DistantSnapshot":
        """The newest commit. read, names: the content of a file, the names in a folder; FileNotFoundError where there is none."""
        url = url.rstrip("/")
        try:
            buckets = _buckets(read(f"{url}/lake.toml").decode(), f"{url}/lake.toml")
            numbers = [int(n.removesuffix(".json")) for n in names(f"{url}/commits") if n.removesuffix(".json").isdigit()]
            data = read(f"{url}/commits/{max(numbers):06d}.json") if numbers else b""
        except FileNotFoundError:
            raise UserError("这里没有数据湖", where=url, do="请把导入所得的 lake 文件夹整个放到该处") from None
        commit = msgspec.json.decode(data, type=Commit) if data else Commit(0, 0, buckets, {})
        return cls(url, commit)

    def locations(self, table: str, bucket: int | None = None) -> list[str]:
        return [f"{self.url}/{f.path}" for f in self.live(table) if bucket is None or f.bucket in (None, bucket)]


class Lake:
    """The lake of one installation."""

    def __init__(self, folder: Path, buckets: int) -> None:
        self.folder, self.buckets = folder, buckets

    @classmethod
    def open(cls, home: Home) -> "Lake":
        """The existing lake. Raises UserError if there is none, or if it has another format."""
        note = home.lake / "lake.toml"
        try:
            return cls(home.lake, _buckets(note.read_text(encoding="utf-8"), str(note)))
        except FileNotFoundError:
            raise UserError("这里还没有导入过数据", where=str(home.path), do="请先运行 yijian import 导入") from None
        except UnicodeDecodeError:
            raise UserError("数据湖的说明文件已损坏", where=str(note), do="请从备份恢复该文件") from None

    @classmethod
    def create(cls, home: Home, buckets: int = 16) -> "Lake":
        """The lake, laid out first if there is none yet."""
        note = home.lake / "lake.toml"
        if not note.exists():
            (home.lake / "commits").mkdir(parents=True, exist_ok=True)
            fresh = note.with_name(f".lake.toml.{os.getpid()}")
            fresh.write_text(f"format = {FORMAT}\nbuckets = {buckets}\n", encoding="utf-8")
            fresh.replace(note)
        return cls.open(home)

    @property
    def commits(self) -> Path:
        """The folder of commit files."""
        return self.folder / "commits"

    def numbers(self) -> list[int]:
        """Numbers of all commits, ascending."""
        return sorted(int(p.stem) for p in self.commits.glob("[0-9]*.json"))

    def at(self, number: int) -> Snapshot:
        """The lake as of a commit; 0 is the empty lake."""
        if number == 0:
            return Snapshot(self.folder, Commit(0, 0, self.buckets, {}))
        path = self.commits / f"{number:06d}.json"
        try:
            commit = msgspec.json.decode(path.read_bytes(), type=Commit)
        except (FileNotFoundError, msgspec.DecodeError):
            raise UserError("数据湖的提交文件不存在或已损坏", where=str(path), do="请从备份恢复") from None
        return Snapshot(self.folder, commit)

    def snapshot(self) -> Snapshot:
        """The newest commit."""
        return self.at(max(self.numbers(), default=0))

    def data_path(self, table: Table, bucket: int | None, number: int) -> Path:
        """Where commit `number` puts its rows of a table and bucket."""
        folder = self.folder / table.name
        return (folder if bucket is None else folder / f"bucket={bucket}") / f"{number:06d}.parquet"

    def data_file(self, path: Path, bucket: int | None, rows: int) -> DataFile:
        """Bring a written file to disk for good and describe it."""
        with path.open("rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()
            os.fsync(f.fileno())
        _sync_folder(path.parent)
        return DataFile(path.relative_to(self.folder).as_posix(), bucket, rows, digest)

    def publish(self, commit: Commit) -> Snapshot:
        """Make a commit the lake. Its data files must be on disk (`data_file`). Raises UserError if its number is taken."""
        path = self.commits / f"{commit.number:06d}.json"
        fresh = self.commits / f".{commit.number:06d}.{os.getpid()}"
        with fresh.open("wb") as f:
            f.write(msgspec.json.format(msgspec.json.encode(commit), indent=1))
            f.flush()
            os.fsync(f.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            raise UserError("另一个导入刚刚提交", where=str(path), do="请重新运行本次导入") from None
        finally:
            fresh.unlink(missing_ok=True)
        _sync_folder(self.commits)
        return Snapshot(self.folder, commit)

    def remove_garbage(self) -> int:
        """Delete data files that no recent commit names, left by killed imports or replaced since. Returns how many."""
        live = {f.path for n in self.numbers()[-KEPT_COMMITS:] for fs in self.at(n).commit.files.values() for f in fs}
        dead = [
            path
            for name in tables()
            for path in (self.folder / name).rglob("*.parquet")
            if path.relative_to(self.folder).as_posix() not in live
        ]
        for path in [*dead, *self.commits.glob(".0*")]:
            path.unlink(missing_ok=True)
        return len(dead)


def _buckets(note: str, where: str) -> int:
    """The number of buckets that `lake.toml` declares. UserError where it is damaged or of another format."""
    try:
        declared = tomllib.loads(note)
    except tomllib.TOMLDecodeError:
        raise UserError("数据湖的说明文件已损坏", where=where, do="请从备份恢复该文件") from None
    version, buckets = declared.get("format"), declared.get("buckets")
    if version != FORMAT or not isinstance(buckets, int) or buckets < 1:
        raise UserError(
            f"数据湖的格式版本是 {version}，本程序只认版本 {FORMAT}",
            where=where,
            do="请使用相应版本的程序，或用新的数据目录重新导入",
        )
    return buckets


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # a folder cannot be opened there; the file system keeps its own journal of names
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
