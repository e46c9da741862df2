"""What the lake says of bills: who paid how much, what each line cost, and the inpatient settlements of a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from yijian.claims.lake import Lake, Snapshot
from yijian.vocabulary.home import Home

INPATIENT = "med_type LIKE '2%'"
"""`med_type` of stays: 21 普通住院 and the other codes of 2x."""

_BILLS = """
SELECT setl_id, insutype, med_type, medfee_sumamt, fund_pay_sumamt, CAST(setl_time AS DATE) AS day
FROM read_parquet($files) WHERE setl_id IN (SELECT id FROM asked)
"""

_ROWS = "SELECT bkkp_sn, det_item_fee_sumamt FROM read_parquet($files) WHERE bkkp_sn IN (SELECT id FROM asked)"

_STAYS = f"""
SELECT setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, medfee_sumamt, fund_pay_sumamt, CAST(setl_time AS DATE) AS day
FROM read_parquet($files)
WHERE {INPATIENT} AND CAST(setl_time AS DATE) BETWEEN $begin AND $end
  AND COALESCE(vali_flag, '1') <> '0' AND COALESCE(refd_setl_flag, '0') <> '1' AND fixmedins_code IS NOT NULL
  AND setl_id NOT IN (SELECT init_setl_id FROM read_parquet($files) WHERE init_setl_id IS NOT NULL AND init_setl_id <> '')
ORDER BY setl_id
"""  # noqa: S608 - a constant of ours


@dataclass(frozen=True)
class Bill:
    """A settlement. fund_type: `insutype`; yuan."""

    fund_type: str
    inpatient: bool
    fees: Decimal | None
    fund: Decimal | None
    day: date | None


@dataclass(frozen=True)
class Stay:
    """An inpatient settlement that may be drawn."""

    setl_id: str
    mdtrt_id: str
    psn_no: str
    institution: str
    bill: Bill


def bills(home: Home, setl_ids: Iterable[str]) -> dict[str, Bill]:
    """Settlements by id; those that the lake no longer has are missing."""
    rows = _asked(Lake.open(home).snapshot(), "setl_d", _BILLS, setl_ids)
    return {r["setl_id"]: _bill(r, (r["med_type"] or "").startswith("2")) for r in rows}


def row_amounts(home: Home, ids: Iterable[str]) -> dict[str, Decimal]:
    """What fee lines cost, by id; ids of other rows are missing."""
    rows = _asked(Lake.open(home).snapshot(), "fee_list_d", _ROWS, ids)
    return {r["bkkp_sn"]: r["det_item_fee_sumamt"] or Decimal(0) for r in rows}


def stays(home: Home, begin: date, end: date) -> tuple[int, list[Stay]]:
    """The newest state of the lake, and its inpatient settlements of these days, refunded ones left out, by id."""
    snapshot = Lake.open(home).snapshot()
    with duckdb.connect() as db:
        rows = _rows(db, _STAYS, snapshot, "setl_d", begin=begin, end=end)
    return snapshot.number, [
        Stay(r["setl_id"], r["mdtrt_id"] or "", r["psn_no"] or "", r["fixmedins_code"], _bill(r, inpatient=True)) for r in rows
    ]


def _bill(row: dict[str, Any], inpatient: bool) -> Bill:
    return Bill(row["insutype"] or "", inpatient, row["medfee_sumamt"], row["fund_pay_sumamt"], row["day"])


def _asked(snapshot: Snapshot, table: str, sql: str, ids: Iterable[str]) -> Sequence[dict[str, Any]]:
    with duckdb.connect() as db:
        db.register("asked", pa.table({"id": pa.array(sorted(set(ids)), pa.string())}))
        return _rows(db, sql, snapshot, table)


def _rows(db: duckdb.DuckDBPyConnection, sql: str, snapshot: Snapshot, table: str, **said: object) -> list[dict[str, Any]]:
    files = [str(path) for path in snapshot.files(table)]
    return db.sql(sql, params={"files": files, **said}).to_arrow_table().to_pylist() if files else []
