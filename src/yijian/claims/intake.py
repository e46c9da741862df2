"""`yijian import`, step by step. Until the last step no reader sees anything; killed at any moment, it is simply run again.

1 look      recognise the files, leave out those already imported
2 stage     type, check, sort by bucket (staging)
3 merge     same keys: unchanged, replaced, rejected (merging)
4 compare   lines against settlements (crosschecks)
5 explain   rejected rows to quarantine with file, line, column, value, reason (rejecting, quarantine)
6 keep      identities to the vault (identities, vault)
7 commit    one new commit file: data, manifest
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from yijian.claims.checks import checks
from yijian.claims.crosschecks import cross_check
from yijian.claims.identities import keep_identities
from yijian.claims.lake import Commit, Lake
from yijian.claims.manifest import CheckCount, Manifest, SourceFile, TableCount
from yijian.claims.mapping import Mapping
from yijian.claims.merging import Merged, add_changes, merge
from yijian.claims.quarantine import Quarantine, Writer
from yijian.claims.reading import Source, find_files, sources
from yijian.claims.rejecting import rejected_rows, rounded_values
from yijian.claims.staging import Staged, stage
from yijian.claims.tables import Table, tables
from yijian.claims.values import literal
from yijian.claims.vault import Vault
from yijian.claims.work import Step, Work, connect, full_disk_is_said, only_importer, workshop
from yijian.vocabulary.home import Home


@dataclass(frozen=True)
class Imported:
    """What an import did. `commit` is 0 where there was nothing new; `notes` name what was left out."""

    commit: int
    manifest: Manifest
    notes: list[str]


@dataclass
class _Table:
    """One table of an import on its way."""

    sources: list[Source]
    staged: Staged
    merged: Merged = field(default_factory=Merged)


def _silent(what: str, done: int, total: int) -> None: ...


def import_files(home: Home, paths: Sequence[Path], mapping: Mapping | None = None, *, tell: Step = _silent) -> Imported:
    """Import files and folders as one commit; files already imported are left out with a note.

    Raises UserError for a wrong file, column, mapping, key or a full disk; the lake is then as it was before.
    """
    found = find_files(paths)

    def look(lake: Lake) -> tuple[list[Source], list[str]]:
        files, notes = _not_yet_imported(lake, found.files)
        return sources(files, mapping), [*found.notes, *notes]

    return import_sources(home, look, tell=tell)


def import_sources(
    home: Home,
    look: Callable[[Lake], tuple[list[Source], list[str]]],
    *,
    resolves: Sequence[str] = (),
    tell: Step = _silent,
) -> Imported:
    """Import what `look` finds, as the only importer. `resolves`: ids of quarantined rows that it corrects."""
    with only_importer(home), full_disk_is_said(home), workshop(home) as staging:
        lake = Lake.create(home)
        lake.remove_garbage()
        Quarantine(home).sweep()
        found, notes = look(lake)
        work = Work(home, lake, lake.snapshot(), connect(home, staging), _import_id(), staging)
        committed = False
        try:
            imported = _import(work, found, notes, tell, resolves)
            committed = imported.commit > 0
        finally:
            work.con.close()
            if not committed:
                lake.remove_garbage()
    return imported


def _import_id() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(4)}"


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _not_yet_imported(lake: Lake, files: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Files that no import has taken, and notes about the others. Only files of a known size are hashed for this."""
    known = defaultdict[int, set[str]](set)
    for number in lake.numbers():
        manifest = lake.at(number).manifest
        for file in manifest.files if manifest else ():
            known[file.bytes].add(file.sha256)
    fresh, notes = list[Path](), list[str]()
    for path in files:
        seen = known.get(path.stat().st_size)
        if seen and _sha256(path) in seen:
            notes.append(f"{path.name} 已导入过，内容未变")
        else:
            fresh.append(path)
    return fresh, notes


def _import(work: Work, found: list[Source], notes: list[str], tell: Step, resolves: Sequence[str]) -> Imported:
    started = _now()
    work.con.execute(
        "CREATE TABLE suspects (check_name VARCHAR, tabl_name VARCHAR, row_key VARCHAR, colm_name VARCHAR, "
        "value VARCHAR, detail VARCHAR)"
    )
    by_table = {name: [s for s in found if s.table.name == name] for name in tables()}
    steps, done = sum(2 for s in by_table.values() if s) + 4, 0
    parts = dict[str, _Table]()
    with ThreadPoolExecutor(1) as pool:
        hashes = {s.path: pool.submit(_sha256, s.path) for s in found}
        for name, files in by_table.items():
            if files:
                tell(f"读取 {files[0].table.title}", done, steps)
                parts[name] = _Table(files, stage(work, files[0].table, files))
                done += 1
        for part in parts.values():
            table = part.sources[0].table
            tell(f"合并 {table.title}", done, steps)
            part.merged = merge(work, table, started)
            done += 1
        tell("核对结算与明细", done, steps)
        add_changes(work)
        cross_check(work)
        tell("登记隔离记录", done + 1, steps)
        quarantine = Writer(work.home, work.import_id)
        for part in parts.values():
            _explain(work, part, quarantine)
        tell("保存身份信息", done + 2, steps)
        with Vault.open(work.home) as vault:
            for source in found:
                keep_identities(work, vault, source)
        tell("提交", done + 3, steps)
        manifest = _manifest(work, parts, quarantine, hashes, started)
    if not found or not _changes_anything(manifest, resolves):
        tell("完成", steps, steps)
        return Imported(0, manifest, notes)
    quarantine.finish(resolves)
    _keep_suspects(work)
    work.lake.publish(
        Commit(
            work.number,
            work.base.number,
            work.lake.buckets,
            {**work.base.commit.files, **{t: f for t, f in work.live.items() if f}},
            manifest,
        )
    )
    tell("完成", steps, steps)
    return Imported(work.number, manifest, notes)


def _changes_anything(manifest: Manifest, resolves: Sequence[str]) -> bool:
    return bool(resolves) or any(t.new or t.replaced or t.rejected for t in manifest.tables)


def _explain(work: Work, part: _Table, quarantine: Writer) -> None:
    table = part.sources[0].table
    for source, tally in zip(part.sources, part.staged.tallies, strict=True):
        if tally.broken:
            quarantine.add_broken(table.name, source.path, tally.broken)
        if tally.rejected or part.merged.rejected:
            lines = [line for line, _ in tally.broken]
            for batch in rejected_rows(work, source, values=tally.rejected > 0, keys=part.merged.rejected > 0):
                quarantine.add(table.name, source.path, batch, lines)
        if tally.noted:
            rounded_values(work, source)


def _keep_suspects(work: Work) -> None:
    count = work.con.execute("SELECT count(*) FROM suspects").fetchall()
    if count[0][0]:
        folder = work.home.quarantine / work.import_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        order = "ORDER BY check_name, tabl_name, row_key, colm_name"
        target = literal(str(folder / "suspects.parquet"))
        work.con.execute(f"COPY (SELECT * FROM suspects {order}) TO {target} (FORMAT parquet, COMPRESSION zstd)")


def _manifest(
    work: Work, parts: dict[str, _Table], quarantine: Writer, hashes: dict[Path, Future[str]], started: str
) -> Manifest:
    rows = work.con.execute(
        "SELECT check_name, tabl_name, colm_name, count(*) FROM suspects GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    counts = {**quarantine.counts, **{(c, t, col): n for c, t, col, n in rows}}
    found = [
        CheckCount(check, checks()[check].severity, table, column, n) for (check, table, column), n in sorted(counts.items())
    ]
    suspects = defaultdict[str, int](int)
    for count in found:
        if count.severity == "suspect":
            suspects[count.table] += count.rows
    return Manifest(
        work.import_id,
        started,
        _now(),
        [_file(part, i, hashes) for part in parts.values() for i in range(len(part.sources))],
        [_table(part, suspects) for part in parts.values()],
        found,
    )


def _file(part: _Table, i: int, hashes: dict[Path, Future[str]]) -> SourceFile:
    source, tally = part.sources[i], part.staged.tallies[i]
    broken = len(tally.broken)
    return SourceFile(
        str(source.path), source.table.name, source.form, hashes[source.path].result(), source.path.stat().st_size,
        tally.rows + broken, tally.rejected + broken, tally.noted,
    )  # fmt: skip


def _table(part: _Table, suspects: dict[str, int]) -> TableCount:
    table: Table = part.sources[0].table
    broken = sum(len(t.broken) for t in part.staged.tallies)
    rows = sum(t.rows for t in part.staged.tallies) + broken
    rejected = sum(t.rejected for t in part.staged.tallies) + broken + part.merged.rejected
    merged = part.merged
    return TableCount(table.name, rows, merged.new, merged.replaced, merged.unchanged, rejected, suspects.get(table.name, 0))
