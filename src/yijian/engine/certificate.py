"""The coverage certificate: what was judged in a period, signed and chained, so that others can hold us to it.

For each rule: lines in = excluded + not applicable + passed + found + not judged (by cause). With it the hashes of all that
the figures depend on: the delivered files, the lake, rules, lists, engine. Certificates are numbered; each names the hash of
the one before, so that none can be taken away or replaced unseen.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import msgspec
import pyarrow as pa

from yijian.claims.lake import Lake, Snapshot
from yijian.engine.audit import Progress, audit
from yijian.engine.findings import needed_run
from yijian.engine.ledger import FORMAT, Ledger, Run, Tally
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.rule import Rule
from yijian.trust.signing import Signature, read_signed, signed_file
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.vocabulary.period import Period

KIND = "yijian-coverage-certificate/1"


class Source(msgspec.Struct, frozen=True):
    """A delivered file of the lake: its name, table, hash and rows."""

    name: str
    table: str
    sha256: str
    rows: int


class RuleLine(msgspec.Struct, frozen=True):
    """A rule in the period; `undated` rows belong to no month. `findings_sha256`: over ids and amounts, sorted."""

    title: str
    verdict: str
    version: int
    rule_hash: str
    knowledge_hash: str
    error: str
    rows: Tally
    undated: int
    findings: int
    amount: Decimal
    findings_sha256: str


class Certificate(msgspec.Struct, frozen=True):
    """What is signed. `previous`: SHA-256 of the certificate file before this one, '' for the first."""

    kind: str
    number: int
    previous: str
    issued: str
    period: Period
    run: str
    commit: int
    lake_sha256: str
    sources: list[Source]
    engine: dict[str, str]
    rules: dict[str, RuleLine]
    lists: dict[str, str]
    total: Tally


class Checked(msgspec.Struct, frozen=True):
    """What checking a certificate showed: whose signature it is, sentences about what was checked, and about what is wrong."""

    certificate: Certificate
    signature: Signature
    held: list[str]
    wrong: list[str]


def folder(home: Home) -> Path:
    """Where this home's certificates are."""
    return home.path / "certificates"


def certify(home: Home, period: Period) -> Path:
    """Sign the coverage of the newest run for a period; gives the file. UserError where nothing was judged."""
    run, before = needed_run(home), sorted(folder(home).glob("[0-9]*.json"))
    number = int(before[-1].stem) + 1 if before else 1
    previous = hashlib.sha256(before[-1].read_bytes()).hexdigest() if before else ""
    lake = Lake.open(home)
    certificate = Certificate(
        KIND,
        number,
        previous,
        datetime.now(UTC).isoformat(timespec="seconds"),
        period,
        run.id,
        run.snapshot,
        lake.at(run.snapshot).digest(),
        _sources(lake, run.snapshot),
        {name: version(name) for name in ("yijian", "duckdb", "sqlglot")} | {"ledger": FORMAT},
        rules := _rule_lines(Ledger(home), run, period),
        _lists(home),
        sum((line.rows for line in rules.values()), Tally()),
    )
    folder(home).mkdir(parents=True, exist_ok=True)
    path, fresh = folder(home) / f"{number:06d}.json", folder(home) / f".{number:06d}.tmp"
    fresh.write_bytes(signed_file(home, certificate))
    fresh.replace(path)
    return path


def _sources(lake: Lake, until: int) -> list[Source]:
    manifests = [m for n in lake.numbers() if n <= until and (m := lake.at(n).manifest)]
    return [Source(Path(f.path).name, f.table, f.sha256, f.rows) for m in manifests for f in m.files]


def _lists(home: Home) -> dict[str, str]:
    store = KnowledgeStore.open(home)
    return {name: store.digest(name) for name in sorted(store.lists())}


def _rule_lines(ledger: Ledger, run: Run, period: Period) -> dict[str, RuleLine]:
    tallies: dict[str, list[tuple[Tally, int]]] = {}
    for counts in ledger.coverage(run):
        undated = counts.tally(lambda month: not month).total
        tallies.setdefault(counts.rule, []).append((counts.tally(period.has), undated))
    found = _findings_of(ledger.findings(run), period)
    lines: dict[str, RuleLine] = {}
    for rule in run.rules.values():
        parts = tallies.get(rule.id, [])
        ids, amount, digest = found.get(rule.id, (0, Decimal("0.00"), hashlib.sha256(b"").hexdigest()))
        lines[rule.id] = RuleLine(
            rule.title, rule.verdict, rule.version, rule.rule_hash, rule.knowledge_hash, rule.error,
            sum((t for t, _ in parts), Tally()), sum(n for _, n in parts), ids, amount, digest,
        )  # fmt: skip
    return lines


def _findings_of(table: pa.Table, period: Period) -> dict[str, tuple[int, Decimal, str]]:
    """By rule: how many findings of the period, their yuan, and a hash over them."""
    columns = [table.column(name).to_pylist() for name in ("date", "rule", "finding_id", "amount")]
    by_rule: dict[str, list[tuple[str, Decimal]]] = {}
    for day, rule, finding, amount in zip(*columns, strict=True):
        if period.has_day(day):
            by_rule.setdefault(rule, []).append((finding, amount or Decimal("0.00")))
    return {
        rule: (
            len(rows),
            sum((amount for _, amount in rows), Decimal("0.00")),
            hashlib.sha256("\n".join(f"{i} {a}" for i, a in sorted(rows)).encode()).hexdigest(),
        )
        for rule, rows in by_rule.items()
    }


def read_certificate(path: Path) -> tuple[Certificate, Signature]:
    """A certificate whose signature fits. UserError where it is none or was changed."""
    try:
        signed = read_signed(path.read_bytes(), str(path))
        certificate = msgspec.json.decode(signed.content, type=Certificate)
    except FileNotFoundError:
        raise UserError("没有这个文件", where=str(path), do="请检查路径") from None
    except msgspec.DecodeError:
        raise UserError("不是覆盖证书", where=str(path), do="请给出 yijian coverage certify 写出的文件") from None
    if certificate.kind != KIND:
        raise UserError(f"不认识的证书版本 {certificate.kind}", where=str(path), do="请使用签发它的程序版本核验")
    return certificate, signed.signature


def verify(
    path: Path, home: Home | None, rules: Mapping[str, Rule], on_progress: Progress = lambda _done, _all, _what: None
) -> Checked:
    """Check a certificate: signature, sums, the chain back, and, where the home has the same lake, by judging again.

    UserError where the file is no certificate or its signature does not fit; all else that is wrong is in the answer.
    """
    certificate, signature = read_certificate(path)
    held, wrong = [f"签名有效（{signature.algorithm}，公钥指纹 {signature.fingerprint}）"], list[str]()
    _check_sums(certificate, held, wrong)
    _check_chain(path, certificate, held, wrong)
    if home is not None:
        _check_by_judging(certificate, home, rules, held, wrong, on_progress)
    return Checked(certificate, signature, held, wrong)


def _check_sums(certificate: Certificate, held: list[str], wrong: list[str]) -> None:
    for rule, line in certificate.rules.items():
        rows = line.rows
        if rows.total != rows.excluded + rows.not_applicable + rows.passed + rows.found + rows.not_judged:
            wrong.append(f"规则 {rule} 的各项相加不等于总行数")
    if sum((line.rows for line in certificate.rules.values()), Tally()) != certificate.total:
        wrong.append("合计不等于各规则之和")
    if not wrong:
        held.append(f"{len(certificate.rules)} 条规则的行数逐项平衡，合计相符")


def _check_chain(path: Path, certificate: Certificate, held: list[str], wrong: list[str]) -> None:
    """Back to the first certificate, as far as the files lie beside this one."""
    number, expected = certificate.number, certificate.previous
    while number > 1:
        before = path.with_name(f"{number - 1:06d}.json")
        if not before.exists():
            held.append(f"第 {number - 1} 号证书不在手边，链条未能继续核对")
            return
        if hashlib.sha256(before.read_bytes()).hexdigest() != expected:
            wrong.append(f"第 {number - 1} 号证书与第 {number} 号所记的不是同一份")
            return
        number, expected = number - 1, read_certificate(before)[0].previous
    if expected:
        wrong.append("第 1 号证书不应有上一号")
    else:
        held.append(f"链条完整：第 1 号至第 {certificate.number} 号")


def _lake_of(certificate: Certificate, home: Home) -> Snapshot | None:
    lake = Lake.open(home)
    if certificate.commit not in lake.numbers():
        return None
    snapshot = lake.at(certificate.commit)
    here = all((snapshot.folder / f.path).exists() for name in snapshot.commit.files for f in snapshot.live(name))
    return snapshot if here else None


def _check_by_judging(
    certificate: Certificate, home: Home, rules: Mapping[str, Rule], held: list[str], wrong: list[str],
    on_progress: Progress,
) -> None:  # fmt: skip
    snapshot = _lake_of(certificate, home)
    if snapshot is None:
        held.append(f"数据湖的第 {certificate.commit} 次提交已不在手边，没有重新计算")
        return
    if snapshot.digest() != certificate.lake_sha256:
        wrong.append("数据湖的内容与证书所记的不同")
        return
    with tempfile.TemporaryDirectory(prefix="yijian-verify-") as work:
        ledger = Ledger(home, Path(work))
        run = audit(home, rules, ledger=ledger, commit=certificate.commit, make_current=False, on_progress=on_progress)
        again = _rule_lines(ledger, run, certificate.period)
    if changed := sorted(r for r, line in certificate.rules.items() if _stands_on(line) != _stands_on(again.get(r))):
        wrong.append(f"{len(changed)} 条规则或其清单已不是证书签发时的版本，不能重算：{'、'.join(changed[:5])}")
    same = [r for r in certificate.rules if r not in changed]
    if differing := [r for r in same if again[r] != certificate.rules[r]]:
        wrong.append(f"重新计算的结果与证书不同：{'、'.join(differing[:5])}")
    elif same:
        held.append(f"已用数据湖重新计算，{len(same)} 条规则的行数、疑点与金额逐项相同")


def _stands_on(line: RuleLine | None) -> tuple[str, str] | None:
    return (line.rule_hash, line.knowledge_hash) if line else None
