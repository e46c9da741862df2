"""What the lake says for the five verifications (五核实) at a moment: who lies there, what was dispensed, what is in stock.

Nobody's name, number or certificate is read: a row is a bed and an encounter, a drug, a prescription number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from django.core.exceptions import ValidationError
from django.utils import timezone

from yijian.claims.lake import Lake, Snapshot
from yijian.claims.tables import tables
from yijian.claims.views import views
from yijian.vocabulary.home import Home

DAYS = 30
"""How far back dispensed drugs and prescriptions are looked for."""
MOST_BEDS, MOST_ROWS = 500, 30
"""Rows of a list that go to the spot: beds; drugs and prescriptions, the dearest first."""


@dataclass(frozen=True)
class Verification:
    """One of the five: its word, title, how its rows are looked at, for whom, and the tables it is read from."""

    word: str
    title: str
    how: str
    subjects: tuple[str, ...]
    tables: tuple[str, ...]


VERIFICATIONS = {
    one.word: one
    for one in (
        Verification("identity", "住院人员身份核实", "逐床核对本人与医保凭证，只记就诊号和床位", ("medical",), ("mdtrt_d",)),
        Verification("headcount", "住院人数核实", "清点病区实有人数，与系统在院人数比对", ("medical",), ("mdtrt_d",)),
        Verification("quantity", "用药数量核实", "与医嘱、发药记录比对", ("medical", "pharmacy"), ("fee_list_d",)),
        Verification("stock", "药品库存核实", "清点实物，与系统应有库存比对", ("medical", "pharmacy"), ("invinfo_d",)),
        Verification(
            "prescription", "电子处方核实", "调取处方原件，核对医师、药品、数量", ("medical", "pharmacy"), ("fee_list_d",)
        ),
    )
}


@dataclass(frozen=True)
class Found:
    """A list as it was read. rows: what is to be verified, in words; total: all there were; commit: the state of the lake."""

    rows: tuple[str, ...]
    total: int
    said: str
    commit: int


_THERE = """
FROM mdtrt_d WHERE fixmedins_code = $place AND med_type LIKE '2%' AND begntime <= $moment
  AND (endtime IS NULL OR endtime > $moment) AND COALESCE(vali_flag, '1') <> '0'
"""
_DEPT = "COALESCE(NULLIF(adm_dept_name, ''), NULLIF(adm_dept_codg, ''), '科室不详')"
_SQL = {
    "identity": f"""
SELECT {_DEPT} AS dept, COALESCE(NULLIF(wardarea_bed, ''), NULLIF(adm_bed, ''), '床位不详') AS bed, mdtrt_id,
       CAST(begntime AS DATE) AS since {_THERE} ORDER BY dept, bed, mdtrt_id
""",
    "headcount": f"SELECT {_DEPT} AS dept, COUNT(*) AS n {_THERE} GROUP BY ALL ORDER BY n DESC, dept",
    "quantity": """
SELECT med_list_codg AS code, ANY_VALUE(hilist_name) AS name, SUM(cnt) AS n, SUM(det_item_fee_sumamt) AS yuan
FROM fee_list_d WHERE fixmedins_code = $place AND list_type LIKE '10%' AND COALESCE(vali_flag, '1') <> '0'
  AND fee_ocur_time > $since AND fee_ocur_time <= $moment
GROUP BY code ORDER BY yuan DESC, code
""",
    "prescription": """
SELECT rx_drord_no AS number, mdtrt_id, COALESCE(ANY_VALUE(bilg_dept_name), '') AS dept, COUNT(*) AS n,
       SUM(det_item_fee_sumamt) AS yuan, CAST(MIN(fee_ocur_time) AS DATE) AS day
FROM fee_list_d WHERE fixmedins_code = $place AND list_type LIKE '10%' AND COALESCE(vali_flag, '1') <> '0'
  AND rx_drord_no <> '' AND fee_ocur_time > $since AND fee_ocur_time <= $moment
GROUP BY number, mdtrt_id ORDER BY yuan DESC, number
""",
    "stock": f"""
WITH counted AS (
  SELECT code, MAX(service_day) AS day FROM ({views()["stock_count"].sql}) WHERE fixmedins_code = $place AND service_day <= $day
  GROUP BY code
), base AS (
  SELECT c.code, ANY_VALUE(c.name) AS name, n.day, SUM(c.cnt) AS cnt FROM ({views()["stock_count"].sql}) AS c
  JOIN counted AS n ON c.code = n.code AND c.service_day = n.day WHERE c.fixmedins_code = $place GROUP BY c.code, n.day
), moved AS (
  SELECT m.code, SUM(m.cnt) AS cnt FROM ({views()["stock_move"].sql}) AS m JOIN counted AS n ON m.code = n.code
  WHERE m.fixmedins_code = $place AND m.service_day > n.day AND m.service_day <= $day GROUP BY m.code
)
SELECT b.code, b.name, b.cnt AS counted, COALESCE(m.cnt, 0) AS moved, b.cnt + COALESCE(m.cnt, 0) AS n,
       DATE '1970-01-01' + b.day::INTEGER AS day
FROM base AS b LEFT JOIN moved AS m ON b.code = m.code ORDER BY n DESC, b.code
""",  # noqa: S608 - views are our own declarations
}  # the views and _DEPT are our own declarations; values are bound


_TIMES = {
    "identity": ("mdtrt_d", "CASE WHEN med_type LIKE '2%' THEN begntime END"),
    "headcount": ("mdtrt_d", "CASE WHEN med_type LIKE '2%' THEN begntime END"),
    "quantity": ("fee_list_d", "CASE WHEN list_type LIKE '10%' THEN fee_ocur_time END"),
    "prescription": ("fee_list_d", "CASE WHEN list_type LIKE '10%' THEN fee_ocur_time END"),
    "stock": ("invinfo_d", "invdate"),
}
"""Kind → the table and time that say how far its data reach."""


def verified(home: Home, kind: str, place: str, moment: datetime) -> Found:
    """A list of a place at a moment. ValidationError where the lake has no such data, or nothing at that moment."""
    one, snapshot = VERIFICATIONS[kind], Lake.open(home).snapshot()
    if missing := [tables()[name].title for name in one.tables if not snapshot.files(name)]:
        raise ValidationError(f"数据里没有“{missing[0]}”，不能取“{one.title}”的清单；请现场取得被检查单位的原始资料")
    rows = _asked(snapshot, kind, place, timezone.make_naive(moment))
    if not rows:
        last = newest(home, kind, place)
        reach = f"这家机构的数据最近到 {last:%Y-%m-%d %H:%M}" if last else "数据里没有这家机构的这类记录"
        raise ValidationError(f"{moment:%Y-%m-%d %H:%M} 没有可以核实的记录，请换一个时点：{reach}")
    most = MOST_BEDS if kind in ("identity", "headcount") else MOST_ROWS
    return Found(tuple(_words(kind, row) for row in rows[:most]), len(rows), _said(kind, rows, most), snapshot.number)


def newest(home: Home, kind: str, place: str) -> datetime | None:
    """The moment of the newest record of a place that a list is read from, local and without a zone; None where there is none."""
    table, column = _TIMES[kind]
    with duckdb.connect() as db:
        _register(db, Lake.open(home).snapshot(), table)
        sql = f"SELECT CAST(MAX({column}) AS TIMESTAMP) AS last FROM {table} WHERE fixmedins_code = $place"  # noqa: S608 - _TIMES
        (row,) = db.sql(sql, params={"place": place}).fetchall()
    return row[0]


def _asked(snapshot: Snapshot, kind: str, place: str, moment: datetime) -> list[dict[str, Any]]:
    """moment: local, without a zone, as the lake keeps times."""
    sql = _SQL[kind]
    known = {"place": place, "moment": moment, "since": moment - timedelta(days=DAYS), "day": _day(moment)}
    given = {name: value for name, value in known.items() if f"${name}" in sql}
    with duckdb.connect() as db:
        for table in ("mdtrt_d", "fee_list_d") if kind != "stock" else ("invinfo_d", "purcinfo_d", "selinfo_d", "invchg_d"):
            _register(db, snapshot, table)
        return db.sql(sql, params=given).to_arrow_table().to_pylist()


def _register(db: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: str) -> None:
    """A table of the lake under its name; an empty one where the lake has none."""
    if files := [str(path) for path in snapshot.files(table)]:
        db.read_parquet(files).create_view(table)
        return
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in tables()[table].lake_columns)
    db.execute(f"CREATE TABLE {table} ({columns})")


def _day(moment: datetime) -> int:
    """Days since 1970, as views count them."""
    return (moment - datetime(1970, 1, 1)).days  # noqa: DTZ001 - the lake's times have no zone


def _n(value: Any) -> str:
    return f"{Decimal(value or 0):,.4f}".rstrip("0").rstrip(".")


def _words(kind: str, row: dict[str, Any]) -> str:
    """A row as it is verified."""
    match kind:
        case "identity":
            return f"{row['dept']} {row['bed']}，就诊 {row['mdtrt_id']}，{row['since']} 入院"
        case "headcount":
            return f"{row['dept']}：系统在院 {row['n']} 人"
        case "quantity":
            return f"{_drug(row)}：{DAYS} 日内收费 {_n(row['n'])}，{row['yuan']:,.2f} 元"
        case "prescription":
            said = f"{row['dept']} {row['day']}，{row['n']} 项，{row['yuan']:,.2f} 元"
            return f"处方 {row['number']}，就诊 {row['mdtrt_id']}，{said}"
        case _:
            counted = f"{row['day']} 盘存 {_n(row['counted'])}，此后进出 {_n(row['moved'])}"
            return f"{_drug(row)}：{counted}，应有 {_n(row['n'])}"


def _drug(row: dict[str, Any]) -> str:
    return f"{row['name'] or row['code']}（{row['code']}）"


def _said(kind: str, rows: Sequence[dict[str, Any]], most: int) -> str:
    """What is said of the list as a whole."""
    left = f"，只列前 {most} 项，其余请在系统中查" if len(rows) > most else ""
    if kind == "headcount":
        return f"系统在院共 {sum(row['n'] for row in rows)} 人"
    if kind == "identity":
        return f"在院 {len(rows)} 人次{left}"
    return f"共 {len(rows)} 项{left}"
