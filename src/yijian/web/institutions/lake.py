"""What the lake says about institutions."""

from collections.abc import Iterable, Iterator
from typing import Any

import duckdb

from yijian.claims.lake import Snapshot
from yijian.claims.views import views

_FIGURES = """
SELECT fixmedins_code,
       COUNT(*) FILTER (COALESCE(refd_setl_flag, '0') <> '1') AS settlements,
       SUM(medfee_sumamt) AS fees,
       SUM(fund_pay_sumamt) AS fund
FROM read_parquet($files)
WHERE COALESCE(vali_flag, '1') <> '0' AND fixmedins_code IS NOT NULL
GROUP BY ALL
"""


def institutions_in(snapshot: Snapshot, also: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """Fields of each institution; one that only settlements name, or `also`, goes by its code.

    also: codes that findings name, say of a care provider or of a hospital elsewhere.
    """
    with duckdb.connect() as db:
        figures = _rows(db, _FIGURES, snapshot, "setl_d")
        known = _known(db, snapshot)
    by_code = {row["fixmedins_code"]: row for row in figures}
    for code in sorted({*by_code, *known, *also}):
        said, sums = known.get(code, {}), by_code.get(code, {})
        yield {
            "code": code,
            "name": said.get("fixmedins_name") or code,
            "kind": said.get("fixmedins_type") or "",
            "level": said.get("inst_level"),
            "level_code": said.get("medins_lv") or "",
            "beds": said.get("bed_cnt"),
            "area": (said.get("admdvs") or "")[:6],
            "settlements": sums.get("settlements") or 0,
            "fees": sums.get("fees") or 0,
            "fund": sums.get("fund") or 0,
        }


def _known(db: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """Rows of fixmedins_b by code. The level comes from the view that rules read, so that both say the same."""
    view = views()["institution"].sql
    sql = f"""
        WITH fixmedins_b AS (SELECT * FROM read_parquet($files)), seen AS ({view})
        SELECT s.*, b.medins_lv FROM seen AS s JOIN fixmedins_b AS b USING (fixmedins_code)
    """  # noqa: S608 - the view is our own declaration
    return {row["fixmedins_code"]: row for row in _rows(db, sql, snapshot, "fixmedins_b")}


def _rows(db: duckdb.DuckDBPyConnection, sql: str, snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    files = [str(path) for path in snapshot.files(table)]
    return db.sql(sql, params={"files": files}).to_arrow_table().to_pylist() if files else []
