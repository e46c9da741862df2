"""Where the lists are kept: `home/knowledge`.

    manifest.json                     names the current version of each list, its earlier versions and its sources
    <list>/<sha12>.parquet            the list as rules see it; earlier versions stay, so an old run can be read again
    sources/<list>/<sha12>.parquet    what each imported file said

Files are named after what they say and never change; the manifest is replaced in one step. Readers see one state.
"""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from yijian.knowledge.combine import Effect, combine
from yijian.knowledge.lists import KnowledgeList, knowledge_lists
from yijian.knowledge.sources import Row, Source, counts_of, digest_of
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.vocabulary.locking import hold

FORMAT = 1
EMPTY = "empty"
"""The digest of a list that nothing has been imported for."""

_ARROW = {
    "text": pa.string(), "integer": pa.int32(), "count": pa.decimal128(16, 4), "price": pa.decimal128(16, 6),
    "date": pa.date32(),
}  # fmt: skip


class Version(msgspec.Struct, frozen=True):
    """One state of a list."""

    sha256: str
    points: int
    codes: int
    needs_person: int
    imported_at: str


class SourceEntry(msgspec.Struct, frozen=True):
    """A source as the manifest names it; its rows lie under `sources/`."""

    key: str
    origin: Literal["national", "local", "shipped"]
    file: str
    sha256: str
    published: str = ""
    since: str = ""
    whole: bool = False
    remarks: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True):
    versions: tuple[Version, ...]
    sources: tuple[SourceEntry, ...]


class _Manifest(msgspec.Struct, frozen=True):
    format: int = FORMAT
    lists: dict[str, _Entry] = {}


class ListVersion(msgspec.Struct, frozen=True):
    """The current version of a list: how many points and codes (rows), how many points need a person, where it lies."""

    id: str
    sha256: str
    points: int
    codes: int
    needs_person: int
    path: Path


class Change(msgspec.Struct):
    """What became of a source: added, replaced an earlier file under the same key, or was there already."""

    source: Source
    outcome: Literal["added", "replaced", "unchanged"]
    effect: Effect


class KnowledgeStore:
    """The lists of one home. Opening creates nothing; a home without knowledge has no lists."""

    def __init__(self, folder: Path, manifest: _Manifest) -> None:
        self._folder, self._manifest = folder, manifest

    @classmethod
    def open(cls, home: Home) -> "KnowledgeStore":
        """The store as it is now; UserError where the manifest is damaged or of another format."""
        return cls(home.knowledge, _read_manifest(home.knowledge))

    def lists(self) -> dict[str, ListVersion]:
        """The current version of every list that something was imported for, by id."""
        found: dict[str, ListVersion] = {}
        for list_id, entry in self._manifest.lists.items():
            now = entry.versions[-1]
            path = self._path(list_id, now.sha256)
            found[list_id] = ListVersion(list_id, now.sha256, now.points, now.codes, now.needs_person, path)
        return found

    def path(self, list_id: str) -> Path | None:
        """The Parquet file of the current version; None where nothing was imported for the list."""
        version = self.lists().get(list_id)
        return version.path if version else None

    def digest(self, list_id: str) -> str:
        """The hash of what the current version says, or EMPTY."""
        version = self.lists().get(list_id)
        return version.sha256 if version else EMPTY

    def versions(self, list_id: str) -> tuple[Version, ...]:
        """All versions of a list, oldest first; the last one is current."""
        entry = self._manifest.lists.get(list_id)
        return entry.versions if entry else ()

    def sources(self, list_id: str) -> tuple[SourceEntry, ...]:
        """The files that the current version was made of."""
        entry = self._manifest.lists.get(list_id)
        return entry.sources if entry else ()

    def version(self, list_id: str, start: str = "") -> Version:
        """The version whose hash begins with `start` (default: the current one); UserError unless there is just one."""
        found = [v for v in self.versions(list_id) if v.sha256.startswith(start)]
        if not found or (start and len(found) > 1):
            have = "、".join(v.sha256[:12] for v in self.versions(list_id)) or "无"
            raise UserError(f"清单 {list_id} 没有唯一对应“{start}”的版本", where=f"现有版本：{have}", do="请写出完整的版本号")
        return found[-1]

    def rows(self, list_id: str, sha256: str = "") -> list[Row]:
        """The rows of a version (the current one by default), in the order in which they are stored."""
        return _read_rows(self._path(list_id, self.version(list_id, sha256).sha256))

    def add(self, sources: list[Source]) -> list[Change]:
        """Take sources in, all or none, and return what became of each. The same sources again change nothing."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _locked(self._folder):
                self._manifest = _read_manifest(self._folder)  # somebody else may have imported since
                return self._add(sources)
        except OSError as failed:
            what = f"知识库写入失败：{failed.strerror or failed}"
            raise UserError(what, where=str(self._folder), do="请检查磁盘空间和权限后重新导入") from failed

    def _add(self, sources: list[Source]) -> list[Change]:
        lists = dict(self._manifest.lists)
        changes: list[Change] = []
        for list_id in dict.fromkeys(source.list_id for source in sources):
            kind = knowledge_lists()[list_id]
            new = {source.key: source for source in sources if source.list_id == list_id}
            old = {entry.key: entry for entry in self.sources(list_id)}
            kept = [self._source(list_id, entry) for key, entry in old.items() if key not in new]
            combined = combine([*kept, *new.values()])
            sha = digest_of(kind, combined.rows)
            for key, source in new.items():
                changes.append(Change(source, _outcome(source, old.get(key)), combined.effects.get(key, Effect())))
                self._write(Path("sources", list_id), kind, source.sha256, source.rows)
            self._write(Path(list_id), kind, sha, combined.rows)
            versions = self.versions(list_id)
            if not versions or versions[-1].sha256 != sha:
                count = counts_of(kind, combined.rows)
                now = datetime.now(UTC).isoformat(timespec="seconds")
                versions = (*versions, Version(sha, count.points, count.codes, len(count.needs_person), now))
            entries = {**old, **{key: _entry(source) for key, source in new.items()}}
            lists[list_id] = _Entry(versions, tuple(entries[key] for key in sorted(entries)))
        self._commit(_Manifest(FORMAT, dict(sorted(lists.items()))))
        return changes

    def _source(self, list_id: str, entry: SourceEntry) -> Source:
        rows = _read_rows(self._folder / "sources" / list_id / f"{entry.sha256[:12]}.parquet")
        published, since = (date.fromisoformat(day) if day else None for day in (entry.published, entry.since))
        return Source(
            list_id, entry.key, entry.origin, entry.file, rows, published, since, entry.whole,
            list(entry.remarks), list(entry.problems),
        )  # fmt: skip

    def _path(self, list_id: str, sha256: str) -> Path:
        return self._folder / list_id / f"{sha256[:12]}.parquet"

    def _write(self, folder: Path, kind: KnowledgeList, sha256: str, rows: list[Row]) -> None:
        path = self._folder / folder / f"{sha256[:12]}.parquet"
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        schema = pa.schema([pa.field(c.name, _ARROW[c.type]) for c in kind.columns])
        temporary = path.with_suffix(".tmp")
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), temporary, compression="zstd")
        _settle(temporary, path)

    def _commit(self, manifest: _Manifest) -> None:
        text = json.dumps(msgspec.to_builtins(manifest), ensure_ascii=False, indent=1)
        if manifest == self._manifest:
            return
        temporary = self._folder / "manifest.tmp"
        temporary.write_text(text, encoding="utf-8")
        _settle(temporary, self._folder / "manifest.json")
        self._manifest = manifest


def _outcome(source: Source, before: SourceEntry | None) -> Literal["added", "replaced", "unchanged"]:
    if before is None:
        return "added"
    return "unchanged" if before == _entry(source) else "replaced"


def _entry(source: Source) -> SourceEntry:
    return SourceEntry(
        source.key, source.origin, source.file, source.sha256,
        source.published.isoformat() if source.published else "", source.since.isoformat() if source.since else "",
        source.whole, tuple(source.remarks), tuple(source.problems),
    )  # fmt: skip


def _read_rows(path: Path) -> list[Row]:
    try:
        return pq.read_table(path).to_pylist()
    except (OSError, pa.ArrowInvalid) as broken:
        raise UserError("知识库文件缺失或损坏", where=str(path), do="请重新导入知识库文件") from broken


def _read_manifest(folder: Path) -> _Manifest:
    path = folder / "manifest.json"
    if not path.exists():
        return _Manifest()
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except msgspec.DecodeError as broken:
        raise UserError("知识库的目录文件损坏", where=str(path), do="请从备份恢复，或删除该目录后重新导入") from broken
    if manifest.format != FORMAT:
        what = f"知识库的格式版本是 {manifest.format}，本程序只认识 {FORMAT}"
        raise UserError(what, where=str(path), do="请使用对应版本的程序，或换一个数据目录重新导入")
    return manifest


def _settle(temporary: Path, path: Path) -> None:
    """Give a finished file its name: on disk first, then in one step."""
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    temporary.replace(path)


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """One import at a time."""
    with (folder / ".lock").open("w") as lock:
        hold(lock, wait=True)
        yield
