"""Taking over a run: its ledger, its findings and their groups, in one transaction."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yijian.engine.findings import CoverageRow
from yijian.engine.ledger import Run as EngineRun
from yijian.web.audit_log.actions import record
from yijian.web.findings.acts import Act
from yijian.web.findings.groups import group_id, refresh
from yijian.web.findings.models import Finding, RuleResult, Run

BATCH = 10_000
AT_ONCE = 2_000
"""Ids named in one statement."""

_COLUMNS = [f.attname for f in Finding._meta.concrete_fields]
_KEPT = ("finding_id", "first_run_id", "state", "merged_into_id")
"""What a later run does not change: people's decisions stay."""

_COMPARED = [name for name in _COLUMNS if name not in (*_KEPT, "group_id")]


@transaction.atomic
def load_run(
    run: EngineRun,
    coverage: Iterable[CoverageRow],
    rows: Iterable[Mapping[str, Any]],
    *,
    official_codes: Mapping[str, str],
    areas: Mapping[str, str],
    who: str,
    when: datetime,
) -> int:
    """Take over a run whole: its ledger and its findings (rows of `explain.FINDING`). Returns how many are open now.

    Findings that the run no longer has are gone in it. Their institutions must be there (`take_over_institutions`).
    areas: institution → division; '' → that of findings without an institution.
    """
    loaded, _ = Run.objects.update_or_create(
        id=run.id, defaults={"finished": datetime.fromisoformat(run.finished), "snapshot": run.snapshot, "loaded": when}
    )
    RuleResult.objects.filter(run=loaded).delete()
    RuleResult.objects.bulk_create(_result(loaded, run, row, official_codes) for row in coverage)
    titles = {rule.id: rule.title for rule in run.rules.values()}
    total = _take_over_findings((_fields(loaded, row, titles, areas) for row in rows), loaded)
    refresh()
    record(Act.LOAD, who=None, when=when, where=None, name=who, kind="审核", about=str(run.id), purpose=f"{total} 个疑点")
    return total


def _result(loaded: Run, run: EngineRun, row: CoverageRow, official: Mapping[str, str]) -> RuleResult:
    rule = run.rules[row.rule]
    return RuleResult(
        run=loaded,
        rule=row.rule,
        title=row.title,
        verdict=rule.verdict,
        version=rule.version,
        official_code=official.get(row.rule, ""),
        rule_hash=rule.rule_hash,
        knowledge_hash=rule.knowledge_hash,
        error=row.error,
        total=row.total,
        excluded=row.excluded,
        not_applicable=row.not_applicable,
        passed=row.passed,
        found=row.found,
        not_judged=row.not_judged,
        causes=row.causes,
        findings=row.findings,
        amount=row.amount,
    )


def _fields(loaded: Run, row: Mapping[str, Any], titles: Mapping[str, str], areas: Mapping[str, str]) -> dict[str, Any]:
    return {
        "finding_id": row["finding_id"],
        "rule": row["rule"],
        "rule_title": titles.get(row["rule"], row["rule"]),
        "official_code": row["official_code"] or "",
        "verdict": row["verdict"],
        "institution_id": row["fixmedins_code"] or None,
        "psn_no": row["psn_no"] or "",
        "mdtrt_id": row["mdtrt_id"] or "",
        "setl_id": row["setl_id"] or "",
        "day": row["date"],
        "amount": row["amount"],
        "explanation": row["explanation"],
        "legal_basis": row["legal_basis"] or "",
        "evidence": row["evidence"] or "",
        "mapping_error": row["mapping_error"] or "",
        "rule_hash": row["rule_hash"],
        "knowledge_hash": row["knowledge_hash"] or "",
        "first_run_id": loaded.id,
        "gone_in_id": None,
        "area": areas.get(row["fixmedins_code"] or "") or areas[""],
        "state": Finding.State.NEW,
        "merged_into_id": None,
    }


def _take_over_findings(rows: Iterable[dict[str, Any]], loaded: Run) -> int:
    """Write what is new or differs, mark what is gone. What the last run found alike is not written again."""
    held = {
        key: (first, hash(tuple(rest)))
        for key, first, *rest in Finding.objects.values_list("pk", "first_run_id", *_COMPARED).iterator()
    }
    is_open = set(Finding.objects.filter(gone_in=None).values_list("pk", flat=True))
    seen, batch = set[str](), list[dict[str, Any]]()
    with nullcontext() if held else _indexed_afterwards(), _writing() as write:
        for row in rows:
            key = row["finding_id"]
            seen.add(key)
            first, before = held.get(key, (loaded.id, None))
            if before != hash(tuple(row[name] for name in _COMPARED)):
                row["group_id"] = group_id(row["rule"], row["institution_id"] or "", first, row["verdict"])
                batch.append(row)
            if len(batch) == BATCH:
                write(batch)
                batch.clear()
        write(batch)
    gone = sorted(is_open - seen)
    for start in range(0, len(gone), AT_ONCE):
        Finding.objects.filter(pk__in=gone[start : start + AT_ONCE]).update(gone_in=loaded)
    return len(seen)


@contextmanager
def _indexed_afterwards() -> Generator[None]:
    """The indexes of an empty table are made once it is full, each by one sort: row by row they are most of the work."""
    editor, indexes = connection.schema_editor(), Finding._meta.indexes
    with connection.cursor() as cursor:
        for index in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(index.name)}")
        yield
        if connection.vendor == "postgresql":
            connection.check_constraints()  # it makes no index while they wait for the end of the transaction
        for index in indexes:
            cursor.execute(str(index.create_sql(Finding, editor)))


@contextmanager
def _writing() -> Generator[Callable[[list[dict[str, Any]]], None]]:
    """What inserts or renews rows. Plain SQL: `bulk_create` makes a statement of every fifty.

    SQLite takes them one by one. To PostgreSQL they are copied, beside the table first: a copy cannot renew what is there.
    """
    quote = connection.ops.quote_name
    table, beside, columns = quote(Finding._meta.db_table), "findings_taken_over", ", ".join(map(quote, _COLUMNS))
    renewed = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in _COLUMNS if c not in _KEPT)
    # Only names of our own model stand in the texts.
    into, if_there = f"INSERT INTO {table} ({columns}) ", f"ON CONFLICT (finding_id) DO UPDATE SET {renewed}"
    with connection.cursor() as cursor:

        def insert(rows: list[dict[str, Any]]) -> None:
            places = ", ".join(["%s"] * len(_COLUMNS))
            cursor.executemany(f"{into} VALUES ({places}) {if_there}", [[row[c] for c in _COLUMNS] for row in rows])

        def copy(rows: list[dict[str, Any]]) -> None:
            with cursor.copy(f"COPY {beside} ({columns}) FROM STDIN") as out:
                for row in rows:
                    out.write_row([row[c] for c in _COLUMNS])
            cursor.execute(f"{into} SELECT {columns} FROM {beside} {if_there}")  # noqa: S608
            cursor.execute(f"TRUNCATE {beside}")

        if connection.vendor != "postgresql":
            yield insert
            return
        cursor.execute(f"CREATE TEMPORARY TABLE {beside} (LIKE {table}) ON COMMIT DROP")
        yield copy
        cursor.execute(f"DROP TABLE {beside}")
