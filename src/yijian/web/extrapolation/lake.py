"""What the lake holds of the bills of one institution."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from yijian.claims.lake import Lake
from yijian.vocabulary.home import Home

_BILLS = """
SELECT setl_id, COALESCE(mdtrt_id, '') AS mdtrt_id, CAST(setl_time AS DATE) AS day, fund_pay_sumamt AS cost
FROM read_parquet($files)
WHERE fixmedins_code = $institution AND CAST(setl_time AS DATE) BETWEEN $begin AND $end
  AND COALESCE(med_type LIKE '2%', false) = $stays AND fund_pay_sumamt > 0
  AND COALESCE(vali_flag, '1') <> '0' AND COALESCE(refd_setl_flag, '0') <> '1'
  AND setl_id NOT IN (SELECT init_setl_id FROM read_parquet($files) WHERE init_setl_id IS NOT NULL AND init_setl_id <> '')
ORDER BY setl_id
"""


@dataclass(frozen=True)
class Bill:
    """A settlement. cost: yuan that the fund paid, more than 0."""

    setl_id: str
    mdtrt_id: str
    day: date
    cost: Decimal


def bills(home: Home, institution: str, begin: date, end: date, *, stays: bool) -> tuple[int, list[Bill]]:
    """The newest state of the lake, and the institution's bills of these days that the fund paid for, refunded ones left out."""
    snapshot = Lake.open(home).snapshot()
    files = [str(path) for path in snapshot.files("setl_d")]
    if not files:
        return snapshot.number, []
    said = {"files": files, "institution": institution, "begin": begin, "end": end, "stays": stays}
    with duckdb.connect() as db:
        rows = db.sql(_BILLS, params=said).to_arrow_table().to_pylist()
    return snapshot.number, [Bill(**row) for row in rows]
