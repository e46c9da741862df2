"""Judges a lake by the rulebook: plan → bind → compile → run → explain, unit by unit.

A unit is one rule over one bucket (rules of locality person) or over the whole area (the others). A unit that is done is
skipped. A rule that fails stops only itself; the run says so.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pyarrow as pa

from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.spark import Session as Spark
from yijian.engine.bind import BoundRule
from yijian.engine.explain import BrokenRule, explain, subjects
from yijian.engine.ledger import Counts, Ledger, RuleRun, Run
from yijian.engine.planning import Plan, Unit, columns_wanted, plan, tables_read
from yijian.rulebook.rule import Rule
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Called with units done, units in all, and what was just judged."""

Session = DuckDB | Spark


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


def _load(session: Session, made: Plan, units: list[Unit]) -> dict[str, int]:
    """Load what these units of one bucket read; rows by view."""
    bound, bucket = [u.compiled.bound for u in units], units[0].bucket
    names = sorted({t for r in bound for t in tables_read(r)})
    try:
        return session.load_views(columns_wanted(bound), {t: made.snapshot.files(t, bucket) for t in names})
    except QueryFailed as error:
        raise UserError(
            f"数据湖读不出来：{error}", where=str(made.snapshot.folder), do="请检查磁盘，或从备份恢复后重新运行"
        ) from error


def _by_bucket(units: list[Unit]) -> Iterator[list[Unit]]:
    """Units bucket by bucket, the whole area last."""
    for bucket in sorted({u.bucket for u in units}, key=lambda b: (b is None, b or 0)):
        yield [u for u in units if u.bucket == bucket]


def _judge(made: Plan, pending: list[Unit], session: Session, ledger: Ledger, on_progress: Progress) -> None:
    """Run the units that are not there yet; a rule that fails goes into the plan's errors and is not tried again."""
    done, of = len(made.units) - len(pending), len(made.units)
    for list_id in sorted({name for u in pending for name in u.compiled.bound.lists}):
        session.load_list(list_id, made.store.path(list_id))
    with ThreadPoolExecutor(session.side_by_side) as pool:
        for units in _by_bucket(pending):
            what = "全区" if units[0].bucket is None else f"第 {units[0].bucket + 1} 桶"
            on_progress(done, of, f"{what} 读取数据")
            loaded = _load(session, made, units)
            on_progress(done, of, f"{what} 读取数据")
            waiting = [u for u in units if u.compiled.bound.rule.id not in made.errors]
            done += len(units) - len(waiting)
            asked = [(u, pool.submit(_run_unit, u, session, loaded, _rows(made, u), ledger)) for u in waiting]
            for unit, answer in asked:
                rule = unit.compiled.bound.rule.id
                try:
                    answer.result()
                except (QueryFailed, BrokenRule) as error:
                    made.errors[rule] = str(error)
                    log.exception("rule %s failed in bucket %s", rule, unit.bucket)
                done += 1
                on_progress(done, of, f"{what} {rule}")


def _rows(made: Plan, unit: Unit) -> int:
    """Rows of the lake tables that the unit accounts for."""
    return sum(made.snapshot.rows(table, unit.bucket) for table in unit.compiled.bound.view.bases)


def audit(
    home: Home,
    rules: Mapping[str, Rule],
    *,
    engine: str = "duckdb",
    master: str = "local[*]",
    memory: str = "5GB",
    threads: int | None = None,
    make_current: bool = True,
    on_progress: Progress = lambda _done, _all, _what: None,
) -> Run:
    """Judge everything in the lake by the rules that are active or on trial; gives the finished run.

    engine: `duckdb` (this machine, a bucket at a time) or `spark` (at `master`, the whole area at once). make_current: the
    run becomes the one that findings, coverage and pages show. What was judged before, with the same rules, lists and data,
    is not judged again. UserError where there is no lake or no such engine.
    """
    if engine not in ("duckdb", "spark"):
        raise UserError(f"没有引擎“{engine}”", do="可用：duckdb、spark")
    made, ledger = plan(home, rules, by_bucket=engine == "duckdb"), Ledger(home)
    if pending := [u for u in made.units if not ledger.has(u.id)]:
        temp = home.findings / "tmp"
        temp.mkdir(parents=True, exist_ok=True)
        with DuckDB(temp, memory, threads) if engine == "duckdb" else Spark(master, memory) as session:
            _judge(made, pending, session, ledger, on_progress)
    ran = {u.compiled.bound.rule.id: u.compiled.bound for u in made.units}
    return ledger.finish(
        made.snapshot.number,
        {rule.id: _rule_run(rule, ran.get(rule.id), made.errors.get(rule.id, "")) for rule in made.rules.values()},
        [u.id for u in made.units if u.compiled.bound.rule.id not in made.errors],
        make_current,
    )


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
