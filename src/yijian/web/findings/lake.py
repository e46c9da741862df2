"""What a load needs from the home: findings as rows, each with the day it is about."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from yijian.claims.lake import Lake, Snapshot
from yijian.engine.findings import read_findings
from yijian.engine.ledger import Run
from yijian.vocabulary.home import Home

# A finding is dated by its encounter; where it has none, by its settlement; else by the first row of its evidence.
_DAYS: tuple[tuple[str, str, str, str], ...] = (
    ("mdtrt_id", "mdtrt_d", "mdtrt_id", "begntime"),
    ("setl_id", "setl_d", "setl_id", "setl_time"),
    ("evidence", "setl_d", "setl_id", "setl_time"),
    ("evidence", "mdtrt_d", "mdtrt_id", "begntime"),
    ("evidence", "fee_list_d", "bkkp_sn", "fee_ocur_time"),
    ("evidence", "drug_trac_d", "rid", "trac_time"),
    ("evidence", "invinfo_d", "rid", "invdate"),
)
"""Finding's key, and the lake's table, key and time that date it; tried in this order."""


def finding_rows(home: Home, run: Run) -> Iterator[dict[str, Any]]:
    """Findings of a run in the columns of `explain.FINDING` and `day`."""
    table = read_findings(home, run)
    days = _days(table, Lake.open(home).at(run.snapshot))
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield {**row, "day": days.get(row["finding_id"])}


def _days(table: pa.Table, snapshot: Snapshot) -> dict[str, date]:
    found: dict[str, date] = {}
    with duckdb.connect() as db:
        db.register("finding", table)
        db.execute(
            "CREATE TEMP TABLE undated AS "
            "SELECT finding_id, mdtrt_id, setl_id, split_part(evidence, ' ', 1) AS evidence FROM finding"
        )
        for key, name, column, time in _DAYS:
            files = [str(path) for path in snapshot.files(name)]
            if not files or not _undated(db, key):
                continue
            dated = db.execute(
                f"""SELECT u.finding_id, MIN(CAST(l.{time} AS DATE)) AS day
                    FROM read_parquet($files) AS l JOIN undated AS u ON l.{column} = u.{key}
                    WHERE l.{time} IS NOT NULL GROUP BY ALL""",  # noqa: S608 - names from _DAYS
                {"files": files},
            ).fetchall()
            found.update(dated)
            db.execute("CREATE OR REPLACE TEMP TABLE dated AS SELECT UNNEST($ids) AS finding_id", {"ids": [i for i, _ in dated]})
            db.execute("DELETE FROM undated WHERE finding_id IN (SELECT finding_id FROM dated)")
    return found


def _undated(db: duckdb.DuckDBPyConnection, key: str) -> bool:
    return bool(db.execute(f"SELECT EXISTS (FROM undated WHERE {key} IS NOT NULL AND {key} <> '')").fetchall()[0][0])
