"""Timeliness and completeness per institution: how much came, how late, and what is missing in it.

A line is late when it was made in the platform (`crte_time`, else `updt_time`) more than three days after the service.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from yijian.claims.lake import Lake
from yijian.claims.values import literal
from yijian.vocabulary.home import Home

LATE_DAYS = 3
RECOMMENDED = (
    "hilist_code", "hilist_name", "list_type", "med_chrgitm_type", "chrgitm_lv", "medins_list_codg", "medins_list_name",
    "spec", "dosform_name", "bilg_dept_codg", "bilg_dr_code", "acord_dept_codg", "selfpay_prop", "inscp_amt", "med_type",
)  # fmt: skip
"""Columns of a fee line that no row is rejected for, but that rules and people miss."""


@dataclass(frozen=True)
class Institution:
    """One institution's deliveries. Shares are between 0 and 1; `late` is None where no upload time is known."""

    fixmedins_code: str
    fixmedins_name: str
    lines: int
    amount: Decimal
    latest_day: str
    late: float | None
    missing: float
    most_missing: str


COLUMNS = {
    "fixmedins_code": "机构编号", "fixmedins_name": "机构名称", "lines": "费用明细行数", "amount": "金额",
    "latest_day": "最近服务日", "late": "三日后才上传的比例", "missing": "推荐列缺失比例", "most_missing": "缺得最多的列",
}  # fmt: skip


def timeliness(home: Home) -> list[Institution]:
    """All institutions that delivered fee lines, those with most lines first."""
    files = Lake.open(home).snapshot().files("fee_list_d")
    if not files:
        return []
    listed = ", ".join(literal(str(f)) for f in files)
    missing = ", ".join(f"count(*) FILTER ({c} IS NULL) AS {c}" for c in RECOMMENDED)
    rows = duckdb.sql(f"""
        SELECT fixmedins_code, max(fixmedins_name) AS fixmedins_name, count(*) AS lines,
               sum(det_item_fee_sumamt) AS amount, max(fee_ocur_time)::DATE AS latest_day,
               count(*) FILTER (coalesce(crte_time, updt_time) >= fee_ocur_time + INTERVAL {LATE_DAYS} DAY) AS late,
               count(coalesce(crte_time, updt_time)) AS dated, {missing}
        FROM read_parquet([{listed}]) WHERE coalesce(vali_flag, '1') = '1'
        GROUP BY fixmedins_code ORDER BY lines DESC, fixmedins_code
    """)
    assert rows is not None
    return [_institution(row) for row in rows.to_arrow_table().to_pylist()]


def _institution(row: dict[str, Any]) -> Institution:
    absent = {c: row[c] for c in RECOMMENDED if row[c]}
    most = max(absent, key=lambda c: absent[c], default="")
    return Institution(
        row["fixmedins_code"],
        row["fixmedins_name"] or "",
        row["lines"],
        row["amount"] or Decimal(0),
        str(row["latest_day"] or ""),
        row["late"] / row["dated"] if row["dated"] else None,
        sum(absent.values()) / (row["lines"] * len(RECOMMENDED)),
        f"{most} {absent[most] / row['lines']:.0%}" if most else "",
    )
