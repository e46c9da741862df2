"""The evidence pack: a finding with all that it takes to arrive at it again, in one zip.

    manifest.json            signed: which findings, the SHA-256 of every other file
    说明.html                for people: what was found, the law, the rows, the points, how to check (no script in it)
    <finding>/finding.json   the finding, the rule's parameters, hashes of rule, lists and views
    <finding>/rule/          rule.toml and rule.sql as they ran
    <finding>/points/        the knowledge lists, as Parquet
    <finding>/rows/          rows of the lake, a CSV a table: only columns that the rule's views read; no identities

The rows are the fewest that still give the finding: its person's, else those of all persons and institutions that the evidence
names, else its institution's, else the area's. Each choice is judged before it is taken, so a pack that is written verifies.
"""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from yijian.claims.lake import Lake, Snapshot
from yijian.claims.tables import tables
from yijian.claims.views import views
from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import BoundRule, bind, closure
from yijian.engine.compile import compile_rule
from yijian.engine.evidence_page import page
from yijian.engine.evidence_rows import Rows, choices
from yijian.engine.explain import explain, subjects
from yijian.engine.findings import needed_run, read_findings
from yijian.engine.planning import area_parameters, columns_wanted, tables_read
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.library import load_declaration
from yijian.rulebook.rule import Rule, Scalar
from yijian.trust.signing import Signature, read_signed, signed_file
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

KIND = "yijian-evidence-pack/1"


class Manifest(msgspec.Struct, frozen=True):
    """What is signed: the findings, and the hash of every file beside the manifest."""

    kind: str
    run: str
    commit: int
    findings: list[str]
    files: dict[str, str]


class Stated(msgspec.Struct, frozen=True):
    """A finding as the pack states it, and what it stands on."""

    finding: dict[str, Any]
    family: str
    parameters: dict[str, Scalar]
    lists: dict[str, str]
    views_sha256: str


class Recomputed(msgspec.Struct, frozen=True):
    """One finding of a pack, judged again: the sentence, and what differs from what the pack states ('' = nothing)."""

    finding_id: str
    rule: str
    amount: str
    explanation: str
    differs: str


def pack(home: Home, rules: Mapping[str, Rule], finding_ids: Sequence[str], output: Path) -> int:
    """Write a pack of findings of the newest run; gives its size in bytes. UserError where one is not there any more."""
    run = needed_run(home)
    by_id = {f["finding_id"]: f for f in read_findings(home, run).to_pylist() if f["finding_id"] in set(finding_ids)}
    if missing := [i for i in finding_ids if i not in by_id]:
        raise UserError(f"最近一次审核没有疑点 {missing[0]}", do="请用 yijian findings 查看疑点编号")
    snapshot, store = Lake.open(home).at(run.snapshot), KnowledgeStore.open(home)
    files: dict[str, bytes] = {}
    told: list[tuple[Stated, BoundRule, Rows]] = []
    values = area_parameters(home, rules)
    for finding_id in dict.fromkeys(finding_ids):
        finding = {k: v for k, v in by_id[finding_id].items() if k != "mapping_error"}
        bound = _as_it_ran(finding, rules, store, values.get(finding["rule"]))
        rule = bound.rule
        stated = Stated(
            {k: None if v is None else str(v) for k, v in finding.items()},
            rule.family,
            rule.bound(values.get(rule.id)),
            {name: store.digest(name) for name in bound.lists},
            views_sha256(bound),
        )
        points = {name: path.read_bytes() for name in bound.lists if (path := store.path(name))}
        rows = _fewest_rows(snapshot, bound, points, stated)
        files |= {f"{finding_id}/{name}": data for name, data in _files(stated, bound, points, rows).items()}
        told.append((stated, bound, rows))
    files["说明.html"] = page([(s.finding, b, r) for s, b, r in told], store).encode()
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = Manifest(KIND, run.id, run.snapshot, [s.finding["finding_id"] for s, _, _ in told], hashes)
    return _write(output, {"manifest.json": signed_file(home, manifest), **files})


def _as_it_ran(
    finding: Mapping[str, Any], rules: Mapping[str, Rule], store: KnowledgeStore, values: Mapping[str, Scalar] | None
) -> BoundRule:
    """The version of the rule that made the finding. UserError where it is no longer there."""
    rule = rules.get(finding["rule"])
    if rule is None:
        raise UserError(f"规则库里已没有规则 {finding['rule']}", do="请用作出该疑点的规则库（--rules）")
    made_by = (finding["rule_hash"], finding["knowledge_hash"] or "")
    for bound in (bind(version, store, values) for version in rule.versions):
        if (bound.rule_hash, bound.knowledge_hash) == made_by:
            return bound
    raise UserError(
        "规则或清单在审核之后已改动", where=f"疑点 {finding['finding_id']}", do="请重新运行 yijian audit 后再取证据包"
    )


def _write(output: Path, files: Mapping[str, bytes]) -> int:
    temporary = output.with_name(f".{output.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        temporary.replace(output)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(f"写不进文件：{error.strerror}", where=str(output), do="请检查文件夹是否存在、磁盘是否已满") from error
    return output.stat().st_size


def _files(stated: Stated, bound: BoundRule, points: Mapping[str, bytes], rows: Rows) -> dict[str, bytes]:
    rule = bound.rule
    files = {
        "finding.json": msgspec.json.format(msgspec.json.encode(stated), indent=1),
        "rule/rule.toml": (rule.folder / "rule.toml").read_bytes(),
        "rule/rule.sql": rule.sql.encode(),
    }
    files |= {f"points/{name}.parquet": data for name, data in points.items()}
    return files | {f"rows/{name}.csv": _csv(table) for name, table in rows.items()}


def views_sha256(bound: BoundRule) -> str:
    """A hash of the views that the rule stands on."""
    texts = [views()[v].sql for v in sorted(closure(bound.views_read)) if v in views()]
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _csv(table: pa.Table) -> bytes:
    out = BytesIO()
    pa_csv.write_csv(table, out)
    return out.getvalue()


def _fewest_rows(snapshot: Snapshot, bound: BoundRule, points: Mapping[str, bytes], stated: Stated) -> Rows:
    """The first choice of rows that gives the finding again. UserError where even the whole area does not."""
    for rows in choices(snapshot, bound, stated.finding):
        if not _difference(bound, rows, points, stated):
            return rows
    raise UserError("疑点不能由现有数据重算出来", where=f"疑点 {stated.finding['finding_id']}", do="请重新运行 yijian audit")


class _Given:
    """The lists of a pack, by the hashes that it states."""

    def __init__(self, lists: Mapping[str, str]) -> None:
        self._lists = lists

    def digest(self, list_id: str) -> str:
        return self._lists.get(list_id, "empty")


def _difference(bound: BoundRule, rows: Rows, points: Mapping[str, bytes], stated: Stated) -> str:
    """What the finding is when it is judged from these rows, compared with what is stated; '' if it is the same."""
    with TemporaryDirectory(prefix="yijian-evidence-") as work, Session(threads=1) as session:
        for list_id in bound.lists:
            path = Path(work) / f"kb_{list_id}.parquet"
            if list_id in points:
                path.write_bytes(points[list_id])
            session.load_list(list_id, path if list_id in points else None)
        files: dict[str, list[str]] = {}
        for name, table in rows.items():
            pq.write_table(table, Path(work) / f"{name}.parquet")
            files[name] = [str(Path(work) / f"{name}.parquet")]
        session.load_views(columns_wanted([bound]), files)
        found = session.table(compile_rule(bound).found)
        view = bound.view
        keys = sorted({key for keys in subjects(bound, found) for key in keys})
        days = session.days(view.name, view.key, view.period or "NULL", keys) if keys else {}
        again = {f["finding_id"]: f for f in explain(bound, found, days).to_pylist()}
    now = again.get(stated.finding["finding_id"])
    if now is None:
        return "重算没有得出这个疑点"
    differing = [k for k, v in stated.finding.items() if (None if now.get(k) is None else str(now[k])) != v]
    return f"重算结果不同：{'、'.join(differing)}" if differing else ""


def verify(path: Path) -> tuple[Signature, list[Recomputed]]:
    """Check a pack (signature, hash of every file) and judge its findings again. UserError where it is no sound pack."""
    files = _unpack(path)
    signed = read_signed(files.pop("manifest.json", b""), f"{path} 的 manifest.json")
    try:
        manifest = msgspec.json.decode(signed.content, type=Manifest)
    except msgspec.DecodeError:
        raise UserError("不是证据包", where=str(path), do="请给出 yijian evidence 写出的文件") from None
    if manifest.kind != KIND:
        raise UserError(f"不认识的证据包版本 {manifest.kind}", where=str(path), do="请使用写出它的程序版本核验")
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    for name in sorted(hashes.keys() | manifest.files.keys()):
        if hashes.get(name) != manifest.files.get(name):
            raise UserError(f"包内文件 {name} 与签名时不同", where=str(path), do="请向出具单位重新取得证据包，并报告此事")
    return signed.signature, [_again(files, finding_id) for finding_id in manifest.findings]


def _unpack(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except FileNotFoundError:
        raise UserError("没有这个文件", where=str(path), do="请检查路径") from None
    except zipfile.BadZipFile:
        raise UserError("不是证据包，或文件已损坏", where=str(path), do="请重新取得该文件") from None


def _again(files: Mapping[str, bytes], finding_id: str) -> Recomputed:
    stated = msgspec.json.decode(files[f"{finding_id}/finding.json"], type=Stated)
    declaration = load_declaration(files[f"{finding_id}/rule/rule.toml"].decode(), f"{finding_id}/rule/rule.toml")
    folder = Path(finding_id) / "rule"
    rule = Rule(declaration, stated.family, folder, files[f"{finding_id}/rule/rule.sql"].decode(), folder / "rule.sql")
    bound = bind(rule, _Given(stated.lists), stated.parameters)
    finding = stated.finding
    points = {
        name: files[f"{finding_id}/points/{name}.parquet"]
        for name in bound.lists
        if f"{finding_id}/points/{name}.parquet" in files
    }
    rows = {name: _parsed(name, files[f"{finding_id}/rows/{name}.csv"]) for name in tables_read(bound)}
    differs = _difference(bound, rows, points, stated)
    if differs and views_sha256(bound) != stated.views_sha256:
        differs += "（本程序的视图与出具时不同，请用出具时的程序版本核验）"
    return Recomputed(finding_id, finding["rule"], finding["amount"] or "", finding["explanation"] or "", differs)


def _parsed(name: str, data: bytes) -> pa.Table:
    """Rows of a lake table from their CSV, in the lake's types."""
    header = data.split(b"\n", 1)[0].decode().replace('"', "").strip().split(",")
    types = {c.name: c.sql_type for c in tables()[name].lake_columns if c.name in header}
    schema = Session.arrow_schema({c: types[c] for c in header})
    options = pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False)
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(BytesIO(data), convert_options=options, parse_options=parse)
