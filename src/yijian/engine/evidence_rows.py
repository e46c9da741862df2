"""Which rows of the lake give a finding: choices from few to many, with no more columns than the rule's views read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from yijian.claims.lake import Snapshot, bucket_of
from yijian.claims.tables import tables
from yijian.claims.views import views
from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import BoundRule, closure, columns_of_view
from yijian.engine.planning import tables_read

Rows = Mapping[str, pa.Table]
"""Lake table → rows, with the columns that matter."""


def _columns(bound: BoundRule, table: str) -> list[str]:
    """Columns of a lake table that the rule's views read, and its key."""
    read = {c for view in closure(bound.views_read) if view in views() for c in columns_of_view(view)}
    declared = tables()[table]
    return [c.name for c in declared.lake_columns if c.name in read or c.name in declared.key]


def choices(snapshot: Snapshot, bound: BoundRule, finding: Mapping[str, Any]) -> Iterator[Rows]:
    """Rows from which the finding may follow, fewest first; the last choice is all that the rule reads."""
    psn_no, institution = finding["psn_no"], finding["fixmedins_code"]
    if psn_no and bound.rule.declaration.locality == "person":
        yield _rows_of(snapshot, bound, {psn_no}, {institution} - {None})
    persons = _persons_of(snapshot, bound, (finding["evidence"] or "").split()) | ({psn_no} - {None})
    yield _rows_of(snapshot, bound, persons, {institution} - {None})
    if institution:
        yield {name: _read(snapshot, bound, name, {"fixmedins_code": {institution}}) for name in tables_read(bound)}
    yield {name: _read(snapshot, bound, name, {}) for name in tables_read(bound)}


def _rows_of(snapshot: Snapshot, bound: BoundRule, persons: set[str], institutions: set[str]) -> Rows:
    """All rows of these persons; of tables without persons those of the institutions that they saw."""
    rows: dict[str, pa.Table] = {}
    for name in tables_read(bound):
        if "psn_no" in tables()[name].by_name:
            rows[name] = _read(snapshot, bound, name, {"psn_no": persons})
            if "fixmedins_code" in rows[name].column_names:
                institutions |= set(rows[name].column("fixmedins_code").to_pylist()) - {None}
    for name in tables_read(bound):
        if name not in rows:
            rows[name] = _read(snapshot, bound, name, {"fixmedins_code": institutions})
    return rows


def _persons_of(snapshot: Snapshot, bound: BoundRule, evidence: Sequence[str]) -> set[str]:
    """The persons of the rows whose key the evidence names."""
    persons: set[str] = set()
    for name in tables_read(bound):
        table = tables()[name]
        if "psn_no" in table.by_name and len(table.key) == 1 and (files := snapshot.files(name)):
            found = ds.dataset(files).to_table(["psn_no"], filter=ds.field(table.key[0]).isin(list(evidence)))
            persons |= set(found.column("psn_no").to_pylist())
    return persons - {None}


def _read(snapshot: Snapshot, bound: BoundRule, name: str, where: Mapping[str, set[str]]) -> pa.Table:
    """Rows of a lake table; a condition on a column that it does not have does not narrow."""
    table, columns = tables()[name], _columns(bound, name)
    narrowed = {c: sorted(values) for c, values in where.items() if c in table.by_name}
    files = snapshot.files(name)
    if table.bucketed and "psn_no" in narrowed and len(narrowed["psn_no"]) < snapshot.commit.buckets:
        buckets = {bucket_of(p, snapshot.commit.buckets) for p in narrowed["psn_no"]}
        files = [f for b in sorted(buckets) for f in snapshot.files(name, b)]
    schema = Session.arrow_schema({c.name: c.sql_type for c in table.lake_columns if c.name in columns})
    if not files:
        return schema.empty_table()
    condition: Any = None
    for column, values in narrowed.items():
        one = ds.field(column).isin(pa.array(values, pa.string()))
        condition = one if condition is None else condition & one
    found = ds.dataset(files).to_table(columns, filter=condition).cast(schema)
    return found.sort_by([(c, "ascending") for c in table.key if c in columns])
