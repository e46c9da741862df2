"""Step 4 of an import: say of each rejected row which file, which line, which column, which value, and why.

Only sources with something to say are read once more, this time with their records counted; most imports need no such pass.
"""

from collections.abc import Iterator

import duckdb

from yijian.claims.arrow import ArrowBatch
from yijian.claims.reading import Source
from yijian.claims.shaping import Shape, read_value, typed_rows
from yijian.claims.values import literal, name
from yijian.claims.work import Work, arrow_batches

REASON = "STRUCT(check_name VARCHAR, colm_name VARCHAR, value VARCHAR)[]"


def rejected_rows(work: Work, source: Source, *, values: bool, keys: bool) -> Iterator[ArrowBatch]:
    """Batches of (record BIGINT, reasons LIST of check/column/value, and each delivered column as text).

    `values`: look for rows that fail a check of values. `keys`: look for rows in `rejected_<table>`.
    """
    con, table = work.con, source.table
    parts = list[str]()
    if values:
        parts.append(f"SELECT _record, {_reasons(source)} AS reasons FROM ({_raw(source, _counted(source, con))}) r")
    if keys:
        shape = Shape.full(table)
        typed = typed_rows(source, _counted(source, con), shape, work.lake.buckets, record="_record")
        key = ", ".join(table.key)
        content = f"hash({', '.join(c.name for c in table.lake_columns)})"
        shown = " || '|' || ".join(table.key)
        reason = f"[{{'check_name': 'duplicate_key', 'colm_name': {literal(' '.join(table.key))}, 'value': {shown}}}]"
        parts.append(
            f"SELECT _record, {reason}::{REASON} AS reasons FROM (SELECT *, {content} AS _h FROM ({typed}) WHERE _ok) "
            f"SEMI JOIN rejected_{table.name} USING ({key}, _h)"
        )
    columns = ", ".join(f"CAST({name(h)} AS VARCHAR) AS {name(h)}" for h in source.layout.header)
    con.execute(f"CREATE OR REPLACE TABLE reasons AS SELECT * FROM ({' UNION ALL '.join(parts)}) WHERE len(reasons) > 0")
    yield from arrow_batches(
        con,
        f"SELECT _record AS record, reasons, {columns} FROM {_counted(source, con)} JOIN reasons USING (_record) "
        f"ORDER BY _record",
        20_000,
    )


def rounded_values(work: Work, source: Source) -> None:
    """Append every rounded number of a source to the table `suspects`."""
    table = source.table
    found = list[str]()
    for column in table.columns:
        value = read_value(source, column, f"r.{column.name}")
        if column.name in source.raw and value.rounded:
            found.append(
                f"CASE WHEN {value.rounded} THEN {{'c': {literal(column.name)}, 'v': CAST(r.{column.name} AS VARCHAR)}} END"
            )
    key = " || '|' || ".join(f"CAST(r.{k} AS VARCHAR)" for k in table.key)
    where, rows = literal(f"{source.path.name} 第 "), _raw(source, _counted(source, work.con))
    work.con.execute(f"""
        INSERT INTO suspects
        SELECT 'rounded_value', {literal(table.name)}, row_key, x.c, x.v, {where} || (_record + 1) || ' 行'
        FROM (SELECT {key} AS row_key, _record, unnest([{", ".join(found)}]) AS x FROM ({rows}) r)
        WHERE x IS NOT NULL
    """)


def _counted(source: Source, con: duckdb.DuckDBPyConnection) -> str:
    """A fresh scan of the file with its records numbered from 1, as the delivered columns and `_record`."""
    columns = ", ".join(map(name, source.layout.header))
    return f"(SELECT {columns}, row_number() OVER () AS _record FROM {source.layout.scan(con)})"


def _raw(source: Source, counted: str) -> str:
    columns = [c.name for c in source.table.columns if c.name not in source.table.identity]
    return source.relation(counted, columns).replace("SELECT ", "SELECT _record, ", 1)


def _reasons(source: Source) -> str:
    """SQL of the list of reasons for which a row is rejected; empty where it passes."""
    found = list[str]()
    for column in source.table.columns:
        if column.name in source.table.identity:
            continue
        raw = f"r.{column.name}"
        value = read_value(source, column, raw)
        checks = {"unreadable_value": value.unreadable, "unknown_code": value.unknown}
        if column.name in source.table.required:
            checks["missing_required"] = f"({value.sql}) IS NULL AND NOT coalesce({value.unreadable or 'false'}, false)"
        for check, condition in checks.items():
            if condition:
                found.append(
                    f"CASE WHEN {condition} THEN {{'check_name': {literal(check)}, "
                    f"'colm_name': {literal(column.name)}, 'value': CAST({raw} AS VARCHAR)}} END"
                )
    return f"list_filter([{', '.join(found)}]::{REASON}, lambda x: x IS NOT NULL)" if found else f"[]::{REASON}"
