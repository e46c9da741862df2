"""The only files that know a database. A backend loads views and answers SQL with Arrow tables.

Each has a `Session`: `load_list`, `load_views`, `put_rows`, `drop_views`, `rows`, `table`, and the SQLGlot name of its `dialect`.
What is the same for all stands here.
"""

from sqlglot import exp

from yijian.claims.views import View
from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook import dialect


class QueryFailed(Exception):
    """A query that the database could not answer, with its words."""


def judgeable(list_id: str) -> str:
    """The condition under which a point states a limit that a rule can judge (`KnowledgeList.needs_person` in SQL)."""
    declared = knowledge_lists()[list_id]
    if declared.person and not declared.required:
        return "FALSE"
    given = [f"{c} IS NOT NULL" for c in declared.required]
    return (" OR " if declared.any_will_do else " AND ").join(given) or "TRUE"


def listed_view(view: str, list_id: str) -> str:
    """The name of the rows of a view whose code stands in a list."""
    return f"{view}_in_{list_id}"


def pruned(view: View, columns: set[str]) -> exp.Query:
    """The view's query with only the wanted output columns (and its key), in each branch of a union."""
    query, wanted = dialect.parse(view.sql).copy(), columns | {view.key}
    branches = list(query.find_all(exp.SetOperation))
    selects = [query] if isinstance(query, exp.Select) else [s for b in branches for s in (b.left, b.right)]
    for select in selects:
        if isinstance(select, exp.Select):
            select.set("expressions", [e for e in select.expressions if e.alias_or_name in wanted])
    return query
