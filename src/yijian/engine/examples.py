"""Runs the examples of a rule, in process and in milliseconds: invented rows in, findings out, compared with what is said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yijian.claims.views import View, views
from yijian.engine.backends.duckdb import QueryFailed, Session
from yijian.engine.bind import BoundRule, bind
from yijian.engine.compile import compile_rule
from yijian.engine.explain import BrokenRule, explain
from yijian.rulebook.check import list_columns
from yijian.rulebook.examples import Example, Row, load_examples
from yijian.rulebook.rule import Rule
from yijian.vocabulary.days import FOREVER


class _AllLists:
    """In an example every list is there, with the points that the example gives it."""

    def digest(self, list_id: str) -> str:
        return f"example of {list_id}"


@dataclass(frozen=True)
class Outcome:
    """How one example ended: `complaint` is '' if it went as it says."""

    rule: str
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


def run_example(session: Session, rule: Rule, example: Example) -> Outcome:
    """Judge one example; the complaint says what differs."""
    try:
        bound = bind(rule, _AllLists(), example.parameters)
        compiled = compile_rule(bound)
        load_example(session, bound, example)
        rows = session.table(compiled.found)
        explain(bound, rows)
        unjudged = session.table(compiled.unjudged).to_pylist()
    except (ValueError, QueryFailed, BrokenRule) as error:
        return Outcome(rule.id, example.name, f"不能运行：{error}")
    complaint = _compare("发现", example.finds, rows.to_pylist()) or _compare("未能判定", example.not_judged, unjudged)
    return Outcome(rule.id, example.name, complaint)


def run_examples(rules: Iterable[Rule]) -> list[Outcome]:
    """All examples of the rules, one after the other in one session."""
    with Session(threads=1) as session:
        return [run_example(session, rule, example) for rule in rules for example in load_examples(rule.folder)]
