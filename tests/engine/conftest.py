"""A small lake written directly, so that the engine is tested without intake."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from yijian.claims.lake import Commit, Lake, bucket_of
from yijian.claims.tables import tables
from yijian.vocabulary.home import Home

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

BASE: dict[str, dict[str, Any]] = {
    "mdtrt_d": {"fixmedins_code": "H1", "med_type": "11", "begntime": "2025-06-02 09:00:00", "endtime": "2025-06-02 10:00:00"},
    "setl_d": {
        "fixmedins_code": "H1", "med_type": "11", "setl_time": "2025-06-02 10:00:00", "medfee_sumamt": "100.00", "gend": "1",
        "brdy": "1970-01-01", "hosp_lv": "05", "insutype": "310", "fund_pay_sumamt": "60", "hifp_pay": "60", "acct_pay": "0",
    },
    "fee_list_d": {
        "fixmedins_code": "H1", "med_type": "11", "fee_ocur_time": "2025-06-02 09:30:00", "crte_time": "2025-06-02 12:00:00",
        "cnt": "1", "pric": "100", "det_item_fee_sumamt": "100.00", "inscp_amt": "100.00", "list_type": "101",
        "med_list_codg": "X1", "hilist_name": "某药", "med_chrgitm_type": "09", "prd_days": "3",
    },
    "psn_info_b": {"gend": "1", "brdy": "1970-01-01", "surv_stas": "1"},
}  # fmt: skip


def write_lake(home: Home, rows: Rows, buckets: int = 4) -> None:
    """Commit these rows as the whole lake; columns that are not given take BASE's value or are missing."""
    lake = Lake.create(home, buckets)
    number = lake.snapshot().number + 1
    files: dict[str, list[Any]] = {}
    for name, given in rows.items():
        table = tables()[name]
        by_bucket: dict[int | None, list[Mapping[str, Any]]] = {}
        for row in given:
            full = BASE.get(name, {}) | row
            by_bucket.setdefault(bucket_of(full["psn_no"], buckets) if table.bucketed else None, []).append(full)
        for bucket, part in sorted(by_bucket.items(), key=lambda i: i[0] or 0):
            path = lake.data_path(table, bucket, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            with duckdb.connect() as db:
                spec = ", ".join(f"{c.name} {c.sql_type}" for c in table.lake_columns)
                db.execute(f"CREATE TABLE t ({spec})")
                marks = ", ".join("?" for _ in table.lake_columns)
                db.executemany(f"INSERT INTO t VALUES ({marks})", [[r.get(c.name) for c in table.lake_columns] for r in part])
                db.execute(f"COPY t TO '{path}' (FORMAT parquet)")
            files.setdefault(name, []).append(lake.data_file(path, bucket, len(part)))
    lake.publish(Commit(number, number - 1, buckets, files))


def visit(psn: str, number: str, lines: Sequence[Mapping[str, Any]] = ({},), **setl: Any) -> dict[str, list[dict[str, Any]]]:
    """One encounter with its settlement and fee lines; keys are M/S + number, L + number + position."""
    of_visit = ("begntime", "endtime", "dscg_maindiag_code")
    shared = {k: v for k, v in setl.items() if k in ("med_type", "fixmedins_code")}
    key = {"psn_no": psn, "mdtrt_id": f"M{number}"}
    return {
        "mdtrt_d": [{**key, **shared, **{k: v for k, v in setl.items() if k in of_visit}}],
        "setl_d": [{**key, "setl_id": f"S{number}", **{k: v for k, v in setl.items() if k not in of_visit}}],
        "fee_list_d": [{**key, "setl_id": f"S{number}", "bkkp_sn": f"L{number}{i}", **line} for i, line in enumerate(lines, 1)],
        "psn_info_b": [{"psn_no": psn}],
    }


def together(*parts: Rows) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of several encounters; persons are named once."""
    out: dict[str, list[Mapping[str, Any]]] = {}
    for part in parts:
        for name, rows in part.items():
            out.setdefault(name, []).extend(r for r in rows if name != "psn_info_b" or r not in out.get(name, []))
    return out


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")
