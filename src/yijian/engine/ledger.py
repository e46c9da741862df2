"""The ledger: what each rule did with each bucket, on disk.

    findings/units/<aa>/<unit>.parquet   findings of one rule in one bucket, with its counts in the file's metadata
    findings/runs/<run>.json             a run: which units it is made of, which rules failed
    findings/current                     the id of the newest run

A unit is one file that appears whole or not at all, so a run that was killed goes on where it stopped. Its name is a hash
of all that it depends on (rule, parameters, lists, views, the lake's files), so the same input is never judged twice and
never answered differently.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from yijian.claims.views import views
from yijian.engine.bind import BoundRule, closure
from yijian.engine.explain import FINDING
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

FORMAT = "2"
"""Part of every unit's name: a change in how findings are made makes all units new."""

META = b"yijian.counts"


class Tally(msgspec.Struct, frozen=True):
    """What became of rows: total = excluded + not_applicable + passed + found + sum(causes). Tallies add up.

    excluded: invalid, refunded, or not of the view (say, not a stay) · not_applicable: the rule does not speak of them ·
    causes: rows not judged, by cause.
    """

    total: int = 0
    excluded: int = 0
    not_applicable: int = 0
    passed: int = 0
    found: int = 0
    causes: dict[str, int] = {}

    @property
    def not_judged(self) -> int:
        return sum(self.causes.values())

    def __add__(self, other: "Tally") -> "Tally":
        causes = {c: self.causes.get(c, 0) + other.causes.get(c, 0) for c in (*self.causes, *other.causes)}
        return Tally(
            self.total + other.total,
            self.excluded + other.excluded,
            self.not_applicable + other.not_applicable,
            self.passed + other.passed,
            self.found + other.found,
            causes,
        )


class Counts(msgspec.Struct, frozen=True):
    """What a rule did with the rows of its lake table in one bucket, by month (`2025-06`; '' = rows without a date).

    findings and amount (yuan, as text): what was found about the `found` rows.
    """

    rule: str
    bucket: int | None
    months: dict[str, Tally]
    findings: int
    amount: str

    def tally(self, within: Callable[[str], bool] = lambda _month: True) -> Tally:
        """All months together, or those that `within` lets in."""
        return sum((tally for month, tally in self.months.items() if within(month)), Tally())


class RuleRun(msgspec.Struct, frozen=True):
    """A rule as it was in a run; `error` says why it gave nothing."""

    id: str
    title: str
    verdict: str
    version: int
    rule_hash: str
    knowledge_hash: str
    error: str = ""


class Run(msgspec.Struct, frozen=True):
    """A finished run over one state of the lake."""

    id: str
    finished: str
    snapshot: int
    rules: dict[str, RuleRun]
    units: list[str]


def _with_version(one: Counts, other: Counts) -> Counts:
    """Two versions of a rule over the same rows: rows that one judges are not applicable to the other."""
    months: dict[str, Tally] = {}
    for month, rows in one.months.items():
        both = msgspec.structs.replace(rows + other.months.get(month, Tally()), total=rows.total, excluded=rows.excluded)
        judged = both.passed + both.found + both.not_judged
        months[month] = msgspec.structs.replace(both, not_applicable=rows.total - rows.excluded - judged)
    amount = str(Decimal(one.amount) + Decimal(other.amount))
    return Counts(one.rule, one.bucket, months, one.findings + other.findings, amount)


def unit_id(bound: BoundRule, data_digest: str, bucket: int | None) -> str:
    """The name of a unit: a hash of everything that its findings depend on."""
    texts = [views()[v].sql for v in sorted(closure(bound.views_read)) if v in views()]
    parts = (
        FORMAT,
        bound.rule.id,
        bound.rule_hash,
        bound.knowledge_hash,
        ",".join(bound.missing),
        data_digest,
        str(bucket),
    )
    return hashlib.sha256("\x1f".join((*parts, *texts)).encode()).hexdigest()[:32]


class Ledger:
    """The units and runs of one home, or of a folder apart (for judging again what was judged before)."""

    def __init__(self, home: Home, folder: Path | None = None) -> None:
        self.folder = folder or home.findings

    def path(self, unit: str) -> Path:
        return self.folder / "units" / unit[:2] / f"{unit}.parquet"

    def has(self, unit: str) -> bool:
        return self.path(unit).is_file()

    def commit(self, unit: str, findings: pa.Table, counts: Counts) -> None:
        """Write a unit; it is there whole after this, or not at all. UserError if the disk is full."""
        path = self.path(unit)
        table = findings.replace_schema_metadata({META: msgspec.json.encode(counts)})
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as out:
                pq.write_table(table, out, compression="zstd", use_dictionary=True)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise UserError(
                f"写不进发现文件：{error.strerror or error}",
                where=str(path.parent),
                do="请腾出磁盘空间后重新运行，已完成的部分不会重算",
            ) from error

    def counts(self, unit: str) -> Counts:
        metadata = pq.read_schema(self.path(unit)).metadata or {}
        return msgspec.json.decode(metadata[META], type=Counts)

    def findings(self, run: Run, rule: str | None = None) -> pa.Table:
        """The findings of a run, of one rule where it is named, in the order of its units."""
        units = [u for u in run.units if rule is None or self.counts(u).rule == rule]
        tables = [pq.read_table(self.path(u)).cast(FINDING) for u in units]
        return pa.concat_tables([FINDING.empty_table(), *(t.replace_schema_metadata(None) for t in tables)])

    def coverage(self, run: Run) -> Iterator[Counts]:
        """The counts of a run by rule and bucket: versions of a rule share the rows, each speaks of its own days."""
        parts: dict[tuple[str, int | None], Counts] = {}
        for unit in run.units:
            counts = self.counts(unit)
            key = (counts.rule, counts.bucket)
            parts[key] = _with_version(parts[key], counts) if key in parts else counts
        return iter(parts.values())

    def finish(self, snapshot: int, rules: dict[str, RuleRun], units: list[str], make_current: bool) -> Run:
        """Record a run and, if so wanted, make it the current one. The same units are the same run, recorded once."""
        errors = "".join(f"{r.id}:{r.error}" for r in rules.values() if r.error)
        run_id = hashlib.sha256("\n".join((*units, errors)).encode()).hexdigest()[:16]
        run = self._recorded(run_id)
        if run is None:
            run = Run(run_id, datetime.now(UTC).isoformat(timespec="seconds"), snapshot, rules, units)
            (self.folder / "runs").mkdir(parents=True, exist_ok=True)
            self._write(self.folder / "runs" / f"{run_id}.json", msgspec.json.format(msgspec.json.encode(run), indent=1))
        if make_current:
            self._write(self.folder / "current", run_id.encode())
        return run

    def current(self) -> Run | None:
        """The newest finished run; None where nothing was judged yet."""
        try:
            return self._recorded((self.folder / "current").read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return None

    def _recorded(self, run_id: str) -> Run | None:
        try:
            return msgspec.json.decode((self.folder / "runs" / f"{run_id}.json").read_bytes(), type=Run)
        except FileNotFoundError:
            return None

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(content)
        temporary.replace(path)
