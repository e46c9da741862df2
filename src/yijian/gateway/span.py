"""Which rules look at one encounter only: they need no history, and are asked about the present encounter's rows alone.

A query stays within an encounter where everything it puts together (joins, groups, windows) is put together by the
encounter's or the settlement's id. Where that cannot be seen, the rule counts as one that looks at the person's history.
"""

from collections.abc import Iterable

from sqlglot import exp

from yijian.claims.views import views
from yijian.engine.bind import BoundRule
from yijian.rulebook import dialect

KEYS = frozenset({"mdtrt_id", "setl_id"})
"""Columns that name the encounter."""

OF_VISITS = frozenset(name for name, view in views().items() if view.columns.keys() & KEYS)
"""Views whose rows belong to an encounter; the others (a person, a doctor, a place) are read as they are."""

Sources = dict[str, frozenset[str]]
"""Alias → its columns that name the encounter."""


class _Crosses(Exception):
    """The query puts rows of different encounters together."""


def within_visit(bound: BoundRule) -> bool:
    """Whether the rule judges an encounter by that encounter's rows alone."""
    conditions = [bound.applies, *(n.condition for n in bound.needs)]
    scopes = [dialect.parse(f"SELECT 1 AS one FROM subject WHERE {c}") for c in conditions]
    try:
        for query in (bound.query, *scopes):
            _keys_of(query, {"subject": KEYS} | dict.fromkeys(OF_VISITS, KEYS), {})
    except _Crosses:
        return False
    return True


def _keys_of(query: exp.Expr, known: Sources, outer: Sources) -> frozenset[str]:
    """The output columns that name the encounter. known: tables that have such columns; outer: aliases of the query around."""
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ else ():
        known = known | {cte.alias: _keys_of(cte.this, known, outer)}
    if isinstance(query, exp.SetOperation):
        return _keys_of(query.left, known, outer) & _keys_of(query.right, known, outer)
    if isinstance(query, exp.Subquery):
        return _keys_of(query.this, known, outer)
    if not isinstance(query, exp.Select):
        raise _Crosses
    return _of_select(query, known, outer)


def _of_select(select: exp.Select, known: Sources, outer: Sources) -> frozenset[str]:
    joins: list[exp.Expr] = select.args.get("joins") or []
    origin = select.args.get("from_")
    sources: list[exp.Expr] = [*([origin.this] if origin else []), *(j.this for j in joins)]
    here: Sources = {}
    for item in sources:
        keys = _of_source(item, known)
        if keys is not None:
            here[item.alias_or_name] = keys
    where = select.args.get("where")
    conditions = [*(j.args["on"] for j in joins if j.args.get("on")), *([where.this] if where else [])]
    _connected(here, outer, conditions)
    _grouped(select, here)
    for nested in _nested(select, sources):
        _nested_stays(nested, known, here | outer)
    shown = {e.alias_or_name for e in select.expressions if _names_visit(e.unalias(), here)}
    for star in (e for e in select.expressions if e.is_star):
        of = [star.table] if isinstance(star, exp.Column) else list(here)
        shown |= {key for name in of for key in here.get(name, ())}
    return frozenset(shown)


def _of_source(item: exp.Expr, known: Sources) -> frozenset[str] | None:
    """The encounter's columns of a source; None where its rows belong to no encounter."""
    if isinstance(item, exp.Subquery):
        return _keys_of(item.this, known, {})
    if not isinstance(item, exp.Table):
        raise _Crosses
    return known.get(item.name)


def _names_visit(column: exp.Expr, sources: Sources) -> bool:
    if not isinstance(column, exp.Column):
        return False
    if column.table:
        return column.name in sources.get(column.table, ())
    return any(column.name in keys for keys in sources.values())


def _connected(here: Sources, outer: Sources, conditions: Iterable[exp.Expr]) -> None:
    """_Crosses unless all sources of encounters hang together by the encounter's columns (and with the query around)."""
    if len(here) + bool(outer and here) <= 1:
        return
    root = {name: name for name in here} | dict.fromkeys(outer, "")
    root[""] = ""

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for condition in conditions:
        for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            plain = part.unnest()
            if not isinstance(plain, exp.EQ):
                continue
            left, right = plain.left, plain.right
            if _names_visit(left, here | outer) and _names_visit(right, here | outer):
                root[find(_owner(left, here))] = find(_owner(right, here))
    if len({find(name) for name in here} | ({find("")} if outer else set())) > 1:
        raise _Crosses


def _owner(column: exp.Expr, here: Sources) -> str:
    """The source here that a column is of; '' for the query around."""
    table = column.table if isinstance(column, exp.Column) else ""
    return table if table in here else "" if table or len(here) != 1 else next(iter(here))


def _grouped(select: exp.Select, here: Sources) -> None:
    """_Crosses where rows of encounters are added up or ranged over without the encounter among what they are grouped by."""
    if not here:
        return
    windows = list(select.find_all(exp.Window))
    named = {w.name: w for w in select.args.get("windows") or []}
    for window in windows:
        if window.find_ancestor(exp.Select) is not select:
            continue
        spec = named.get(window.alias) if window.alias and not window.args.get("partition_by") else window
        if spec is None or not any(_names_visit(p, here) for p in spec.args.get("partition_by") or ()):
            raise _Crosses
    group = select.args.get("group")
    added = any(
        a.find_ancestor(exp.Select) is select and not isinstance(a.parent, exp.Window) for a in select.find_all(exp.AggFunc)
    )
    if (group or added) and not any(_names_visit(g, here) for g in (group.expressions if group else ())):
        raise _Crosses


def _nested(select: exp.Select, sources: list[exp.Expr]) -> list[exp.Expr]:
    """The queries inside the select's conditions and expressions, its sources and CTEs left out."""
    found: list[exp.Expr] = []
    for inner in select.find_all(exp.Select, exp.SetOperation):
        above = inner.parent_select
        if inner is select or above is not select or inner.find_ancestor(exp.CTE) is not select.find_ancestor(exp.CTE):
            continue
        if not any(inner is s or inner.parent is s for s in sources):
            found.append(inner)
    return found


def _nested_stays(query: exp.Expr, known: Sources, around: Sources) -> None:
    """_Crosses unless a query in a condition is of no encounter, or of the one around it."""
    asked = query.parent.parent if isinstance(query.parent, exp.Subquery) else query.parent
    if not any(t.name in known for t in query.find_all(exp.Table)):
        return
    if isinstance(asked, exp.In) and _names_visit(asked.this, around):
        keys = _keys_of(query, known, {})
        if isinstance(query, exp.Select) and query.expressions[0].alias_or_name in keys:
            return
        raise _Crosses
    _keys_of(query, known, around)
