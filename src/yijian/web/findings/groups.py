"""疑点组: which group a finding is of; the figures of groups, and their sums by rule and by institution.

Findings → groups → sums: each is counted anew from the one before, in the transaction that changed findings, and nothing else
writes them. Plain SQL, alike for SQLite and PostgreSQL; only names of our own models stand in its text, values are bound.
"""

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

from django.db import connection, models

from yijian.web.findings.models import Finding, FindingGroup, InstitutionSum, RuleSum

AT_ONCE = 400
"""Keys named in one statement."""

_STATES = [str(state) for state in Finding.State.values]
_FIGURES = [*(f"n_{s}" for s in _STATES), *(f"yuan_{s}" for s in _STATES)]


def group_id(rule: str, institution: str, batch: str, verdict: str) -> str:
    """The id of the group of a rule at an institution ('' = none) that a run found first."""
    return blake2b("|".join((rule, institution, batch, verdict)).encode(), digest_size=16).hexdigest()


def refresh(only: Collection[str] | None = None) -> None:
    """Count groups and sums anew: all, or these groups and their sums. Call it last, before the log.

    A group whose findings are all gone keeps its row, with nothing in it.
    """
    if only is None:
        _wait(None, None)
        _count(None)
        _sum_rules(None)
        _sum_institutions(None)
        return
    touched = _touched(sorted(only))
    rules = {rule for rule, _ in touched}
    institutions = {code for _, code in touched if code is not None}
    _wait(rules, institutions)
    for some in _parts(sorted(only)):
        _count(some)
    for some in _parts(sorted(rules)):
        _sum_rules(some)
    for some in _parts(sorted(institutions)):
        _sum_institutions(some)


def _parts(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]


def _touched(group_ids: list[str]) -> set[tuple[str, str | None]]:
    """(rule, institution) of these groups."""
    found = (FindingGroup.objects.filter(pk__in=some).values_list("rule", "institution_id") for some in _parts(group_ids))
    return {pair for pairs in found for pair in pairs}


def _wait(rules: set[str] | None, institutions: set[str] | None) -> None:
    """Until nobody else counts the same: who counted beside a transaction that is still open would not see what it changed."""
    by_rule, by_institution = RuleSum.objects.all(), InstitutionSum.objects.all()
    if rules is not None and institutions is not None:
        by_rule, by_institution = by_rule.filter(rule__in=rules), by_institution.filter(institution__in=institutions)
    for rows in (by_rule, by_institution):
        list(rows.select_for_update().order_by("pk").values_list("pk"))


def _count(group_ids: Sequence[str] | None) -> None:
    """One pass over the findings, whatever their number."""
    findings, groups = _table(Finding), _table(FindingGroup)
    counts = [f"COUNT(*) FILTER (WHERE state = '{s}')" for s in _STATES]
    yuan = [f"COALESCE(SUM(amount) FILTER (WHERE state = '{s}'), 0)" for s in _STATES]
    fixed = ("rule", "rule_title", "verdict", "institution_id", "batch_id", "area")
    with connection.cursor() as cursor:
        also, values = _among("id", group_ids)
        cursor.execute(
            f"UPDATE {groups} SET {_set_to_zero(_FIGURES)} WHERE NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM {findings} AS f WHERE f.group_id = {groups}.id AND f.gone_in_id IS NULL){also}",
            values,
        )
        also, values = _among("group_id", group_ids)
        cursor.execute(
            f"INSERT INTO {groups} (id, {', '.join((*fixed, *_FIGURES))}) "  # noqa: S608
            f"SELECT group_id, MIN(rule), MAX(rule_title), MIN(verdict), MIN(institution_id), MIN(first_run_id), MIN(area), "
            f"{', '.join((*counts, *yuan))} FROM {findings} WHERE gone_in_id IS NULL{also} GROUP BY group_id "
            f"ON CONFLICT (id) DO UPDATE SET {_renewed(('rule_title', 'area', *_FIGURES))}",
            values,
        )


def _sum_rules(rules: Sequence[str] | None) -> None:
    more = {"groups": "COUNT(*) FILTER (WHERE n_new > 0)"}
    _sum_up(RuleSum, ("rule", "rule_title", "verdict", "area"), more, *_among("rule", rules))


def _sum_institutions(institutions: Sequence[str] | None) -> None:
    also, values = _among("institution_id", institutions)
    _sum_up(InstitutionSum, ("institution_id", "verdict", "area"), {}, f" AND institution_id IS NOT NULL{also}", values)


def _sum_up(into: type[models.Model], keys: tuple[str, ...], more: dict[str, str], also: str, values: Sequence[str]) -> None:
    """Sums of groups by keys. A sum that no group is in any more (a division changed) has nothing in it."""
    table, columns = _table(into), (*_FIGURES, *more)
    sums = (*(f"SUM({f})" for f in _FIGURES), *more.values())
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {_set_to_zero(columns)} WHERE 1 = 1{also}", values)  # noqa: S608
        cursor.execute(
            f"INSERT INTO {table} ({', '.join((*keys, *columns))}) SELECT {', '.join((*keys, *sums))} "  # noqa: S608
            f"FROM {_table(FindingGroup)} WHERE 1 = 1{also} GROUP BY {', '.join(keys)} "
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {_renewed(columns)}",
            values,
        )


def _among(column: str, values: Sequence[str] | None) -> tuple[str, Sequence[Any]]:
    return ("", []) if values is None else (f" AND {column} IN ({', '.join(['%s'] * len(values))})", values)


def _set_to_zero(columns: Sequence[str]) -> str:
    return ", ".join(f"{c} = 0" for c in columns)


def _renewed(columns: Sequence[str]) -> str:
    return ", ".join(f"{c} = excluded.{c}" for c in columns)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
