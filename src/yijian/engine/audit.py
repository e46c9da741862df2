"""Judges a lake by the rulebook: plan → bind → compile → run → explain, unit by unit.

A unit is one rule over one bucket (rules of locality person) or over the whole area (the others). A unit that is done is
skipped. A rule that fails stops only itself; the run says so.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa

from yijian.claims.tables import tables
from yijian.claims.views import View, views
from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.spark import Session as Spark
from yijian.engine.bind import BoundRule, closure
from yijian.engine.compile import day_counts
from yijian.engine.explain import FINDING, BrokenRule, explain, subjects
from yijian.engine.gathering import LINES, Gathering, gathered_views, gatherings, read_again
from yijian.engine.ledger import Counts, Ledger, RuleRun, Run, Tally
from yijian.engine.planning import Plan, Unit, columns_wanted, plan
from yijian.rulebook.check import why_not
from yijian.rulebook.rule import Rule
from yijian.vocabulary.days import month_of
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Called with units done, units in all, and what was just judged."""

Session = DuckDB | Spark


Months = Mapping[str, int]
"""Rows by month (`2025-06`; '' = without a date)."""


@dataclass(frozen=True)
class Loaded:
    """How many rows there are to account for, by view: of its base table, and of the view itself."""

    of_base: Mapping[str, Months]
    in_view: Mapping[str, Months]


def _by_month(days: Iterable[tuple[int | None, int]]) -> dict[str, int]:
    months: dict[str, int] = {}
    for day, n in days:
        month = "" if day is None else month_of(day)
        months[month] = months.get(month, 0) + n
    return months


def _months(
    unit: Unit, scope: Mapping[str, Iterable[tuple[int | None, int]]], loaded: Loaded, about: Mapping[str, int | None]
) -> dict[str, Tally]:
    """The unit's tallies. scope: rows by cause ('' = judged) and day. BrokenRule where more was found than was judged."""
    view = unit.compiled.bound.view.name
    by_cause = {cause: _by_month(days) for cause, days in sorted(scope.items())}
    judged, found = by_cause.pop("", {}), _by_month((day, 1) for day in about.values())
    if over := [m for m, n in found.items() if n > judged.get(m, 0)]:
        raise BrokenRule(f"{over[0]} 的发现涉及 {found[over[0]]} 行，多于被判断的行，请检查 grain 与 evidence")
    base, inside = loaded.of_base[view], loaded.in_view[view]
    if not unit.compiled.bound.view.dated:  # rows outside such a view belong to no month
        base = {**inside, "": inside.get("", 0) + sum(base.values()) - sum(inside.values())}
    tallies: dict[str, Tally] = {}
    for month in sorted({*base, *inside}):
        causes = {cause: n[month] for cause, n in by_cause.items() if n.get(month)}
        rows, n, hit = inside.get(month, 0), judged.get(month, 0), found.get(month, 0)
        total = base.get(month, 0)
        tallies[month] = Tally(total, total - rows, rows - n - sum(causes.values()), n - hit, hit, causes)
    return tallies


def _run_unit(unit: Unit, session: Session, loaded: Loaded, ledger: Ledger) -> None:
    scope: dict[str, list[tuple[int | None, int]]] = {}
    for day, cause, n in session.rows(unit.compiled.scope):
        scope.setdefault(str(cause), []).append((day, int(n)))
    findings, about = _found(unit, session) if "" in scope else (FINDING.empty_table(), {})  # nothing judged, nothing found
    amount = str(sum(findings.column("amount").to_pylist(), Decimal("0.00")))
    counts = Counts(unit.compiled.bound.rule.id, unit.bucket, _months(unit, scope, loaded, about), findings.num_rows, amount)
    ledger.commit(unit.id, findings, counts)


def _found(unit: Unit, session: Session) -> tuple[pa.Table, dict[str, int | None]]:
    """The unit's findings, and the days of the rows that they are about."""
    bound, rows = unit.compiled.bound, session.table(unit.compiled.found)
    keys = sorted({key for keys in subjects(bound, rows) for key in keys})
    days = session.days(unit.compiled.source, bound.view.key, bound.view.period or "NULL", keys) if keys else {}
    findings = explain(bound, rows, days)
    if unknown := [key for key in keys if key not in days]:
        raise BrokenRule(f"发现指向不在 {bound.view.name} 里的 {unknown[0]}，请检查 grain、evidence 与 subjects")
    return findings, days


def _load(session: Session, made: Plan, units: list[Unit], bucket: int | None, gathering: list[Gathering]) -> Loaded:
    """Load what the units of one bucket read, and what is gathered in it; of the whole area what was not gathered."""
    bound = [u.compiled.bound for u in units]
    area = bucket is None and session.dialect == "duckdb"
    read = {n for r in bound for n in (read_again(r) if area else closure(r.views_read))}
    read |= {n for g in gathering for n in g.reads}

    gathered = {v: f"gathered_{v}" for r in bound for v in gathered_views(r)} if area else {}
    lists = {r.scope_list for r in bound if r.scope_list and not r.missing and not area}
    judged = {r.view.name: r.view for r in bound}
    if gathering:
        judged[LINES] = views()[LINES]

    def counted(table: str, day: str, *, is_date: bool) -> Months:
        return _by_month(session.rows(day_counts(table, day, is_date=is_date, target=session.dialect)))

    try:
        session.load_views(
            columns_wanted(bound, read, {c for g in gathering for c in g.columns}),
            {t: made.snapshot.locations(t, bucket) for t in sorted(read) if t in tables()},
            lists,
            gathered,
        )
        return Loaded(
            {name: _of_bases(view, counted) for name, view in judged.items()},
            {name: counted(name, v.period, is_date=False) for name, v in judged.items() if name in read or not area},
        )
    except QueryFailed as error:
        raise UserError(
            f"数据湖读不出来：{error}", where=str(made.snapshot.folder), do="请检查磁盘，或从备份恢复后重新运行"
        ) from error


def _of_bases(view: View, counted: Callable[..., Months]) -> Months:
    """Rows of the view's base tables by month."""
    dated = view.dated.split() or [""] * len(view.bases)
    months: dict[str, int] = {}
    for table, day in zip(view.bases, dated, strict=True):
        for month, n in counted(table, day, is_date=True).items():
            months[month] = months.get(month, 0) + n
    return months


def _steps(made: Plan, pending: list[Unit], gathering: list[Gathering]) -> Iterator[tuple[int | None, list[Unit]]]:
    """Units bucket by bucket, the whole area last; where something is gathered, every bucket passes by."""
    buckets: set[int | None] = {u.bucket for u in pending} | (set(range(made.snapshot.commit.buckets)) if gathering else set())
    for bucket in sorted(buckets, key=lambda b: (b is None, b or 0)):
        yield bucket, [u for u in pending if u.bucket == bucket]


def _judge(made: Plan, pending: list[Unit], session: Session, ledger: Ledger, on_progress: Progress) -> None:
    """Run the units that are not there yet; a rule that fails goes into the plan's errors and is not tried again."""
    done, of = len(made.units) - len(pending), len(made.units)
    for list_id in sorted({name for u in pending for name in u.compiled.bound.lists}):
        session.load_list(list_id, made.store.path(list_id))
    area = [u.compiled.bound for u in pending if u.bucket is None]
    gathering = gatherings(area) if isinstance(session, DuckDB) else []
    lines: dict[str, int] = {}
    with ThreadPoolExecutor(session.side_by_side) as pool:
        for bucket, units in _steps(made, pending, gathering):
            what = "全区" if bucket is None else f"第 {bucket + 1} 桶"
            on_progress(done, of, f"{what} 读取数据")
            loaded = _load(session, made, units, bucket, gathering if bucket is not None else [])
            if gathering and bucket is None:
                loaded = replace(loaded, in_view={**loaded.in_view, LINES: lines})
            elif gathering and isinstance(session, DuckDB):
                _gather(session, gathering)
                lines = {m: lines.get(m, 0) + loaded.in_view[LINES].get(m, 0) for m in {*lines, *loaded.in_view[LINES]}}
            on_progress(done, of, f"{what} 读取数据")
            waiting = [u for u in units if u.compiled.bound.rule.id not in made.errors]
            done += len(units) - len(waiting)
            asked = [(u, pool.submit(_run_unit, u, session, loaded, ledger)) for u in waiting]
            for unit, answer in asked:
                rule = unit.compiled.bound.rule.id
                try:
                    answer.result()
                except (QueryFailed, BrokenRule) as error:
                    made.errors[rule] = why_not(unit.compiled.bound.rule) or str(error)
                    log.exception("rule %s failed in bucket %s", rule, unit.bucket)
                done += 1
                on_progress(done, of, f"{what} {rule}")


def _gather(session: DuckDB, gathering: list[Gathering]) -> None:
    for one in gathering:
        session.gather(one.table, one.query)


def audit(
    home: Home,
    rules: Mapping[str, Rule],
    *,
    engine: str = "duckdb",
    master: str = "local[*]",
    memory: str = "5GB",
    threads: int | None = None,
    ledger: Ledger | None = None,
    commit: int | None = None,
    lake: str = "",
    make_current: bool = True,
    on_progress: Progress = lambda _done, _all, _what: None,
) -> Run:
    """Judge everything in the lake by the rules that are active or on trial; gives the finished run.

    engine: `duckdb` (this machine, a bucket at a time) or `spark` (at `master`, the whole area at once). ledger, commit: another
    place for the units, an older state of the lake. lake: its URL where only Spark reads it. make_current: the run becomes the
    one that findings, coverage and pages show. What was judged before, with the same rules, lists and data, is not judged again.

    UserError where there is no lake or no such engine.
    """
    if engine not in ("duckdb", "spark"):
        raise UserError(f"没有引擎“{engine}”", do="可用：duckdb、spark")
    if lake and engine != "spark":
        raise UserError("只有 Spark 能读别处的数据湖", where=lake, do="请加上 --engine spark")
    ledger = ledger or Ledger(home)
    temp = ledger.folder / "tmp"
    temp.mkdir(parents=True, exist_ok=True)
    with DuckDB(temp, memory, threads) if engine == "duckdb" else Spark(master, memory) as session:
        snapshot = session.distant_lake(lake) if lake and isinstance(session, Spark) else None
        made = plan(home, rules, by_bucket=engine == "duckdb", commit=commit, snapshot=snapshot)
        if pending := [u for u in made.units if not ledger.has(u.id)]:
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
