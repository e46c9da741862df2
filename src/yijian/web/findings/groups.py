"""疑点组: which group a finding is of, and the figures of groups."""

from collections.abc import Collection
from hashlib import blake2b

from django.db import connection

from yijian.web.findings.models import Finding, FindingGroup

AT_ONCE = 400
"""Groups named in one statement."""


def group_id(rule: str, institution: str, batch: str, verdict: str) -> str:
    """The id of the group of a rule at an institution ('' = none) that a run found first."""
    return blake2b("|".join((rule, institution, batch, verdict)).encode(), digest_size=16).hexdigest()


def refresh(only: Collection[str] | None = None) -> None:
    """Count groups anew: all, or these. A group whose findings are all gone keeps its row, with nothing in it."""
    if only is None:
        _count("")
        return
    wanted = sorted(only)
    for start in range(0, len(wanted), AT_ONCE):
        _count(*_among("group_id", wanted[start : start + AT_ONCE]))


def _among(column: str, values: list[str]) -> tuple[str, list[str]]:
    return f" AND {column} IN ({', '.join(['%s'] * len(values))})", values


def _count(also: str, values: list[str] | None = None) -> None:
    """Plain SQL, alike for SQLite and PostgreSQL: one pass over the findings, whatever their number."""
    states = [str(state) for state in Finding.State.values]
    counts = [f"COUNT(*) FILTER (WHERE state = '{s}')" for s in states]
    sums = [f"COALESCE(SUM(amount) FILTER (WHERE state = '{s}'), 0)" for s in states]
    columns = [*(f"n_{s}" for s in states), *(f"yuan_{s}" for s in states)]
    findings, groups = Finding._meta.db_table, FindingGroup._meta.db_table
    fixed = ("rule", "rule_title", "verdict", "institution_id", "batch_id", "area")
    renewed = ", ".join(f"{c} = excluded.{c}" for c in ("rule_title", "area", *columns))
    zero = ", ".join(f"{c} = 0" for c in columns)
    own = also.replace("group_id", "id")
    # Only names of our own models stand in the text; ids are bound.
    empty = (
        f"UPDATE {groups} SET {zero} WHERE NOT EXISTS "  # noqa: S608
        f"(SELECT 1 FROM {findings} AS f WHERE f.group_id = {groups}.id AND f.gone_in_id IS NULL){own}"
    )
    counted = (
        f"INSERT INTO {groups} (id, {', '.join((*fixed, *columns))}) "  # noqa: S608
        f"SELECT group_id, MIN(rule), MAX(rule_title), MIN(verdict), MIN(institution_id), MIN(first_run_id), MIN(area), "
        f"{', '.join((*counts, *sums))} FROM {findings} WHERE gone_in_id IS NULL{also} GROUP BY group_id "
        f"ON CONFLICT (id) DO UPDATE SET {renewed}"
    )
    with connection.cursor() as cursor:
        cursor.execute(empty, values)
        cursor.execute(counted, values)
