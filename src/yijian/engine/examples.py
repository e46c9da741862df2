"""Runs the examples of a rule, in process and in milliseconds: invented rows in, findings out, compared with what is said."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yijian.claims.views import View, views
from yijian.engine.backends import QueryFailed
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.spark import Session as Spark
from yijian.engine.backends.sqlite import Session as SQLite
from yijian.engine.bind import BoundRule, bind
from yijian.engine.compile import compile_rule
from yijian.engine.explain import BrokenRule, explain
from yijian.rulebook.check import list_columns
from yijian.rulebook.examples import Example, Row, load_examples
from yijian.rulebook.rule import Rule
from yijian.vocabulary.days import FOREVER

Session = DuckDB | SQLite | Spark


class AllLists:
    """For binding: in an example every list is there, with the points that the example gives it."""

    def digest(self, list_id: str) -> str:
        return f"example of {list_id}"


@dataclass(frozen=True)
class Outcome:
    """How one example ended on one engine: `complaint` is '' if it went as it says."""

    rule: str
    engine: str
    example: str
    complaint: str


def _view_rows(view: View, rows: Iterable[Row]) -> list[Row]:
    """Rows with the neutral value wherever they say nothing; keys are numbered so that rows differ."""
    filled: list[Row] = []
    for number, row in enumerate(rows, 1):
        neutral: Row = {name: None if c.neutral == "" else c.neutral for name, c in view.columns.items()}
        neutral[view.key] = f"{str(neutral[view.key]).rstrip('0123456789')}{number}"
        filled.append(neutral | {k: None if v == "" else v for k, v in row.items()})
    return filled


def _list_rows(list_id: str, rows: Iterable[Row]) -> list[Row]:
    given = {"valid_from": 0, "valid_to": FOREVER, "source": "示例", "name": "示例"}
    return [given | {"point_id": f"{list_id}-{n}"} | row for n, row in enumerate(rows, 1)]


def load_example(session: Session, bound: BoundRule, example: Example) -> None:
    """Put the example's rows where the rule will read them."""
    session.drop_views()
    for name in sorted(bound.views_read):
        view = views()[name]
        types = {c: col.sql_type for c, col in view.columns.items()}
        session.put_rows(name, types, _view_rows(view, example.tables.get(name, ())))
    for number, list_id in enumerate(bound.lists):
        rows = example.tables.get(f"kb_{list_id}", example.tables.get("kb", []) if number == 0 else [])
        session.put_rows(f"kb_{list_id}", list_columns(list_id), _list_rows(list_id, rows))


def _same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, int | float) and isinstance(actual, int | float | Decimal):
        return abs(float(expected) - float(actual)) < 0.005
    return expected == actual or str(expected) == str(actual)


def _compare(what: str, expected: list[Row], actual: list[Mapping[str, Any]]) -> str:
    left = list(actual)
    for row in expected:
        match = next((a for a in left if all(k in a and _same(v, a[k]) for k, v in row.items())), None)
        if match is None:
            return f"应有{what} {row}，实际为 {[{k: a.get(k) for k in row} for a in actual]}"
        left.remove(match)
    return f"多出{what} {[dict(a) for a in left]}" if left else ""


def compare_example(session: Session, bound: BoundRule, example: Example) -> str:
    """Judge one example by a bound rule; '' if it comes out as it says, else what differs."""
    try:
        compiled = compile_rule(bound, session.dialect)
        load_example(session, bound, example)
        rows = session.table(compiled.found)
        explain(bound, rows, {})
        unjudged = session.table(compiled.unjudged).to_pylist()
    except (QueryFailed, BrokenRule) as error:
        return f"不能运行：{error}"
    return _compare("发现", example.finds, rows.to_pylist()) or _compare("未能判定", example.not_judged, unjudged)


def run_example(session: Session, rule: Rule, example: Example) -> Outcome:
    """Judge one example of a rule; the complaint says what differs."""
    try:
        complaint = compare_example(session, bind(rule, AllLists(), example.parameters), example)
    except ValueError as error:
        complaint = f"不能运行：{error}"
    return Outcome(rule.id, session.dialect, example.name, complaint)


def run_rule(session: Session, rule: Rule) -> list[Outcome]:
    """All examples of a rule on one engine. A gap that the rule declares must show: then it is no complaint."""
    outcomes = [run_example(session, version, e) for version in rule.versions for e in load_examples(version.folder)]
    gap = next((why for engine, why in rule.declaration.engine_gaps.items() if engine == session.dialect), None)
    if gap is None:
        return outcomes
    if any(o.complaint for o in outcomes):
        return []
    return [Outcome(rule.id, session.dialect, "engine_gaps", f"已能运行，请删去“{gap}”")]


def run_examples(rules: Iterable[Rule], *, spark: bool = False) -> list[Outcome]:
    """All examples of the rules, on each engine that the rule is for; on Spark where it is asked for."""
    rules = list(rules)
    with ExitStack() as opened:
        sessions: dict[str, Session] = {
            "duckdb": opened.enter_context(DuckDB(threads=1)),
            "sqlite": opened.enter_context(SQLite()),
        }
        if spark:
            sessions["spark"] = opened.enter_context(Spark.for_examples())
        return [o for rule in rules for engine in rule.engines if engine in sessions for o in run_rule(sessions[engine], rule)]
