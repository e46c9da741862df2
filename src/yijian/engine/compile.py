"""compile: what is asked of a backend about one rule, in its dialect.

`scope` counts the rows that the rule applies to, by day and by the cause for which they cannot be judged ('' = judged).
`found` gives the findings' rows. In it `subject` is the rows that are judged: in scope, nothing needed is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from yijian.engine.backends import listed_view
from yijian.engine.bind import BoundRule
from yijian.rulebook import dialect


@dataclass(frozen=True)
class Compiled:
    """SQL of one rule for one dialect.

    `source` is the table of the rows in scope. `unjudged` lists the keys and causes of rows that are not judged.
    """

    bound: BoundRule
    source: str
    scope: str
    found: str
    unjudged: str


def _cause(bound: BoundRule) -> str:
    if bound.missing:
        return f"'缺知识清单 {'、'.join(bound.missing)}'"
    cases = " ".join(
        f"WHEN NOT COALESCE({n.condition}, FALSE) THEN {exp.Literal.string(n.cause).sql('duckdb')}" for n in bound.needs
    )
    return f"CASE {cases} ELSE '' END" if cases else "''"


def _judged(bound: BoundRule, applies: str) -> str:
    conditions = [applies, *(f"({n.condition})" for n in bound.needs)]
    return " AND ".join(conditions) if not bound.missing else "FALSE"


def _joined(call: exp.GroupConcat) -> tuple[exp.Expr, bool, exp.Expr]:
    """What a `string_agg` joins, whether each value once, and the separator."""
    inner = call.this.this if isinstance(call.this, exp.Order) else call.this
    distinct = isinstance(inner, exp.Distinct)
    return (inner.expressions[0] if distinct else inner), distinct, call.args["separator"]


def _for_sqlite(call: exp.GroupConcat) -> exp.Expr:
    """SQLite's `group_concat(distinct x)` takes no separator: it puts commas, which ids do not have; they are replaced."""
    _, distinct, separator = _joined(call)
    if not distinct:
        return call.copy()
    plain = call.copy()
    plain.set("separator", None)
    return exp.Replace(this=plain, expression=exp.Literal.string(","), replacement=separator.copy())


def _for_spark(call: exp.GroupConcat) -> exp.Expr:
    """Spark sorts what it joins as an array; rules order a `string_agg` by what it joins (`rulebook.check` insists)."""
    value, distinct, separator = _joined(call)
    collected = exp.func("COLLECT_SET" if distinct else "COLLECT_LIST", value.copy())
    joined = exp.func("ARRAY_JOIN", exp.func("SORT_ARRAY", collected), separator.copy())
    return exp.Nullif(this=joined, expression=exp.Literal.string(""))  # of nothing, others give NULL


JOINS: dict[str, Callable[[exp.GroupConcat], exp.Expr]] = {"sqlite": _for_sqlite, "spark": _for_spark}
"""Dialect → how it says `string_agg`, where SQLGlot's way does not hold."""


def _translated(query: exp.Query, target: str) -> str:
    if target in JOINS:
        for call in list(query.find_all(exp.GroupConcat)):
            call.replace(JOINS[target](call))
    return query.sql(target)


def day_counts(table: str, day: str, *, is_date: bool, target: str) -> str:
    """SQL: rows of a table by day number. `is_date`: the column is a date or time of the lake, not a number of a view."""
    number = f"DATE_DIFF('day', DATE '1970-01-01', CAST({day} AS DATE))" if is_date else day
    number = number if day else "NULL"
    grouped = f" GROUP BY {number}" if day else ""
    sql = f"SELECT {number} AS day, COUNT(*) AS n FROM {table}{grouped}"
    return sqlglot.transpile(sql, read=dialect.DIALECT, write=target)[0]


def compile_rule(bound: BoundRule, target: str = "duckdb", *, listed: bool = False, source: str = "") -> Compiled:
    """Translate the rule's questions to `target` (a SQLGlot dialect).

    listed: rules of one list read its own rows (`listed_view`) instead of picking them out of all rows again. source: a table
    with the view's columns whose rows are judged instead of the view's.
    """
    view = bound.view
    source, applies = source or view.name, bound.applies
    if listed and bound.scope_list and not bound.missing:
        source, applies = listed_view(view.name, bound.scope_list), bound.applies_within_list
    scoped = f"SELECT {view.key}, {view.period or 'NULL'} AS day, {_cause(bound)} AS cause FROM {source} WHERE {applies}"
    subject = dialect.parse(f"SELECT * FROM {source} WHERE {_judged(bound, applies)}").copy()
    query = bound.query.copy()
    existing = query.args.get("with_")
    query.set(
        "with_",
        exp.With(
            expressions=[
                exp.CTE(this=subject, alias=exp.TableAlias(this=exp.to_identifier("subject"))),
                *(existing.expressions if existing else []),
            ]
        ),
    )

    def to(sql: str) -> str:
        return sql if target == dialect.DIALECT else sqlglot.transpile(sql, read=dialect.DIALECT, write=target)[0]

    return Compiled(
        bound,
        source,
        scope=to(f"SELECT day, cause, COUNT(*) AS n FROM ({scoped}) AS s GROUP BY day, cause"),
        found=_translated(query, target),
        unjudged=to(f"SELECT {view.key}, cause FROM ({scoped}) AS s WHERE cause <> '' ORDER BY {view.key}"),
    )
