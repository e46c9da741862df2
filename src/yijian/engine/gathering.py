"""What rules of the whole area need of the fee lines, gathered while the buckets pass by, so that nobody loads all lines again.

Two things are gathered: views that say so (`gathered` in views.toml: aggregates whose parts add up), and, for a rule that judges
fee lines and reads them in no other way, the lines that it speaks of, with the columns that it names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from yijian.claims.views import views
from yijian.engine.bind import BoundRule, closure, conjuncts
from yijian.rulebook import dialect

LINES = "fee_line"


@dataclass(frozen=True)
class Gathering:
    """A table that grows bucket by bucket: its name, the query that gives a bucket's part (on DuckDB), the views it reads."""

    table: str
    query: str
    reads: frozenset[str]
    columns: frozenset[str]


def subject_table(bound: BoundRule) -> str:
    """Where the lines that an area rule judges are gathered."""
    return f"judged_by_{bound.rule.id}"


def gathers_lines(bound: BoundRule) -> bool:
    """Whether the rule's own lines are enough for it: it judges lines, and its query reads them as `subject` only."""
    named = {t.name for t in bound.query.find_all(exp.Table)}
    return bound.view.name == LINES and LINES not in named


def gathered_views(bound: BoundRule) -> set[str]:
    """The gathered views that the rule reads."""
    return {name for name in bound.views_read if views()[name].gathered}


def read_again(bound: BoundRule) -> set[str]:
    """The views and tables that the rule still reads of the whole area when the gathered ones are there."""
    direct = {v for v in bound.views_read if not views()[v].gathered}
    if gathers_lines(bound):
        direct -= {LINES}
    return closure(direct) | set(bound.view.bases)


def gatherings(rules: Iterable[BoundRule]) -> list[Gathering]:
    """What is to be gathered for these area rules."""
    found: dict[str, Gathering] = {}
    for bound in rules:
        for name in gathered_views(bound):
            read = frozenset(closure([name]))
            found[name] = Gathering(f"gathered_{name}", f"SELECT * FROM {name}", read, frozenset(views()[name].columns))
        if gathers_lines(bound):
            found[subject_table(bound)] = _lines_of(bound)
    return list(found.values())


def _lines_of(bound: BoundRule) -> Gathering:
    """The lines in scope. What the scope says about the area is left for when the area is there."""
    where = dialect.parse(f"SELECT 1 AS one FROM x WHERE {bound.applies}").args["where"].this
    kept = [c.sql(dialect.DIALECT) for c in conjuncts(where) if not {t.name for t in c.find_all(exp.Table)} & set(views())]
    columns = set(bound.view.columns) & {*bound.columns_named, bound.view.key, bound.view.day, bound.view.period}
    source = f"SELECT {', '.join(sorted(columns))} FROM {LINES}"
    query = f"{source} WHERE {' AND '.join(f'({c})' for c in kept)}" if kept else source
    return Gathering(subject_table(bound), query, frozenset(closure([LINES])), frozenset(columns))
