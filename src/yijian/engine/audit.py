"""Judges a lake by the rulebook: bind → compile → run → explain, unit by unit.

A unit is one rule over one bucket (rules of locality person) or over the whole area (the others). A unit that is done is
skipped. A rule that fails stops only itself; the run says so.
"""

import logging
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from yijian.claims.lake import Lake, Snapshot
from yijian.claims.views import views
from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.spark import Session as Spark
from yijian.engine.bind import BoundRule, bind, closure, columns_of_view
from yijian.engine.compile import Compiled, compile_rule
from yijian.engine.explain import BrokenRule, explain, subjects
from yijian.engine.ledger import Counts, Ledger, RuleRun, Run, unit_id
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.check import check_rule
from yijian.rulebook.rule import Rule, Scalar
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Called with units done, units in all, and what was just judged."""

Session = DuckDB | Spark

PARAMETERS = "parameters.toml"
"""In the home: an area's values for rules' parameters, `[rule] name = value`."""


@dataclass(frozen=True)
class Unit:
    """One rule over one bucket; bucket None is the whole area."""

    compiled: Compiled
    bucket: int | None
    id: str


def area_parameters(home: Home, rules: Mapping[str, Rule]) -> dict[str, dict[str, Scalar]]:
    """The area's parameter values. UserError if the file names what no rule has."""
    path = home.path / PARAMETERS
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"参数文件不是合法的 TOML：{error}", where=str(path), do="请改正后重新运行") from error
    for rule_id, given in values.items():
        known = rules[rule_id].declaration.parameters if rule_id in rules else {}
        if unknown := sorted(set(given) - set(known)) or ([] if rule_id in rules else [""]):
            raise UserError(
                f"没有参数 {rule_id}.{unknown[0]}".rstrip("."),
                where=str(path),
                do="请用 yijian rules explain 查看规则的参数",
            )
    return values


def tables_read(bound: BoundRule) -> list[str]:
    """The lake tables that a rule's findings depend on, the ones its views stand on included."""
    return sorted(name for name in closure(bound.views_read) if name not in views())


def columns_wanted(rules: Iterable[BoundRule]) -> dict[str, set[str]]:
    """View → columns that must be loaded so that these rules can run."""
    rules = list(rules)
    loaded = {n for n in closure({v for r in rules for v in r.views_read}) if n in views()}
    named = {c for r in rules for c in (*r.columns_named, r.view.key, r.view.day)}
    wanted: dict[str, set[str]] = {}
    for name in loaded:
        read_by_views = {c for other in loaded if name in views()[other].reads for c in columns_of_view(other)}
        wanted[name] = set(views()[name].columns) & (named | read_by_views)
    return wanted


def _counts(unit: Unit, session: Session, loaded: Mapping[str, int], total: int, rows: pa.Table, findings: pa.Table) -> Counts:
    bound = unit.compiled.bound
    scope = {str(cause): int(n) for cause, n in session.rows(unit.compiled.scope)}
    judged, in_scope = scope.pop("", 0), sum(scope.values())
    in_view = loaded[bound.view.name]
    found = len(subjects(bound, rows))
    if found > judged:
        raise BrokenRule(f"发现涉及 {found} 行，多于被判断的 {judged} 行，请检查 grain 与 evidence")
    return Counts(
        rule=bound.rule.id,
        bucket=unit.bucket,
        total=total,
        excluded=total - in_view,
        not_applicable=in_view - judged - in_scope,
        passed=judged - found,
        found=found,
        causes=scope,
        findings=findings.num_rows,
        amount=str(sum(findings.column("amount").to_pylist(), Decimal("0.00"))),
    )


def _run_unit(unit: Unit, session: Session, loaded: Mapping[str, int], total: int, ledger: Ledger) -> None:
    rows = session.table(unit.compiled.found)
    findings = explain(unit.compiled.bound, rows)
    ledger.commit(unit.id, findings, _counts(unit, session, loaded, total, rows, findings))


def _bind_all(rules: Mapping[str, Rule], home: Home, store: KnowledgeStore) -> tuple[list[BoundRule], dict[str, str]]:
    """Bound rules, and for those that cannot run the reason."""
    values, bound, errors = area_parameters(home, rules), list[BoundRule](), dict[str, str]()
    for rule in rules.values():
        if complaints := check_rule(rule):
            errors[rule.id] = complaints[0]
            continue
        bound.append(bind(rule, store, values.get(rule.id)))
    return bound, errors


def _units(bound: Iterable[BoundRule], snapshot: Snapshot, buckets: int) -> list[Unit]:
    """The units of a run; with no buckets each rule is one unit over the whole area."""
    digests: dict[tuple[int | None, tuple[str, ...]], str] = {}

    def digest(bucket: int | None, tables: tuple[str, ...]) -> str:
        key = (bucket, tables)
        if key not in digests:
            digests[key] = snapshot.digest(bucket, tables)
        return digests[key]

    units: list[Unit] = []
    for rule in bound:
        compiled, tables = compile_rule(rule, "duckdb" if buckets else "spark"), tuple(tables_read(rule))
        person = rule.rule.declaration.locality == "person" and buckets > 0
        units += [
            Unit(compiled, bucket, unit_id(rule, digest(bucket, tables), bucket))
            for bucket in (range(buckets) if person else (None,))
        ]
    return units


def audit(
    home: Home,
    rules: Mapping[str, Rule],
    *,
    engine: str = "duckdb",
    master: str = "local[*]",
    memory: str = "5GB",
    threads: int | None = None,
    on_progress: Progress = lambda _done, _all, _what: None,
) -> Run:
    """Judge everything in the lake by the rules that are active or on trial; gives the finished run.

    engine: `duckdb` (this machine, a bucket at a time) or `spark` (at `master`, the whole area at once).

    UserError where there is no lake, or nothing to judge by. What was judged before, with the same rules, lists and data,
    is not judged again.
    """
    running = {r.id: r for r in rules.values() if r.declaration.status in ("active", "trial")}
    snapshot, store, ledger = Lake.open(home).snapshot(), KnowledgeStore.open(home), Ledger(home)
    if snapshot.number == 0:
        raise UserError("数据湖里还没有数据", where=str(home.path), do="请先运行 yijian import 导入")
    bound, errors = _bind_all(running, home, store)
    units = _units(bound, snapshot, Lake.open(home).buckets if engine == "duckdb" else 0)
    pending = [u for u in units if not ledger.has(u.id)]
    done, what = len(units) - len(pending), ""
    if not pending:
        return _finish(ledger, snapshot, running, units, errors)
    with _session(engine, home, memory, threads, master) as session:
        for list_id in sorted({name for u in pending for name in u.compiled.bound.lists}):
            session.load_list(list_id, store.path(list_id))
        for bucket in sorted({u.bucket for u in pending}, key=lambda b: (b is None, b or 0)):
            here = [u for u in pending if u.bucket == bucket]
            what = "全区" if bucket is None else f"第 {bucket + 1} 桶"
            on_progress(done, len(units), f"{what} 读取数据")
            loaded = _load(session, [u.compiled.bound for u in here], snapshot, bucket)
            on_progress(done, len(units), f"{what} 读取数据")
            for unit in here:
                rule = unit.compiled.bound.rule
                if rule.id not in errors:
                    try:
                        total = snapshot.rows(unit.compiled.bound.view.base, bucket)
                        _run_unit(unit, session, loaded, total, ledger)
                    except (QueryFailed, BrokenRule) as error:
                        errors[rule.id] = str(error)
                        log.exception("rule %s failed in bucket %s", rule.id, bucket)
                done += 1
                on_progress(done, len(units), f"{what} {rule.id}")
    return _finish(ledger, snapshot, running, units, errors)


def _session(engine: str, home: Home, memory: str, threads: int | None, master: str) -> Session:
    if engine == "duckdb":
        temp = home.findings / "tmp"
        temp.mkdir(parents=True, exist_ok=True)
        return DuckDB(temp, memory, threads)
    if engine == "spark":
        return Spark(master, memory)
    raise UserError(f"没有引擎“{engine}”", do="可用：duckdb、spark")


def _finish(ledger: Ledger, snapshot: Snapshot, running: Mapping[str, Rule], units: list[Unit], errors: Mapping[str, str]) -> Run:
    ran = {u.compiled.bound.rule.id: u.compiled.bound for u in units}
    return ledger.finish(
        snapshot.number,
        {rule.id: _rule_run(rule, ran.get(rule.id), errors.get(rule.id, "")) for rule in running.values()},
        [u.id for u in units if u.compiled.bound.rule.id not in errors],
    )


def _load(session: Session, bound: list[BoundRule], snapshot: Snapshot, bucket: int | None) -> dict[str, int]:
    wanted = columns_wanted(bound)
    tables = sorted({t for r in bound for t in tables_read(r)})
    files: dict[str, list[Path]] = {t: snapshot.files(t, bucket) for t in tables}
    return session.load_views(wanted, files)


def _rule_run(rule: Rule, bound: BoundRule | None, error: str) -> RuleRun:
    d = rule.declaration
    return RuleRun(
        d.id,
        d.title,
        d.verdict,
        d.version,
        bound.rule_hash if bound else "",
        bound.knowledge_hash if bound else "",
        error,
    )
