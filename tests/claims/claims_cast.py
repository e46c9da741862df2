"""Small deliveries of invented people, written as a bureau would write them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from yijian.claims.intake import Imported, import_files
from yijian.claims.lake import Lake
from yijian.claims.tables import tables
from yijian.vocabulary.home import Home

Row = Mapping[str, object]
READY: dict[str, dict[str, str]] = {
    "fee_list_d": {
        "bkkp_sn": "L1", "mdtrt_id": "M1", "setl_id": "S1", "psn_no": "P1", "fixmedins_code": "H1",
        "fee_ocur_time": "2026-01-05 10:00:00", "cnt": "2", "pric": "5.5", "det_item_fee_sumamt": "11.00",
        "med_list_codg": "XA01", "med_type": "11", "vali_flag": "1", "updt_time": "2026-01-06 08:00:00",
    },
    "setl_d": {
        "setl_id": "S1", "mdtrt_id": "M1", "psn_no": "P1", "fixmedins_code": "H1", "med_type": "11",
        "setl_time": "2026-01-05 11:00:00", "medfee_sumamt": "11.00", "psn_name": "张小三", "certno": "99999919900101001X",
        "gend": "1", "updt_time": "2026-01-06 08:00:00",
    },
    "mdtrt_d": {
        "mdtrt_id": "M1", "psn_no": "P1", "fixmedins_code": "H1", "begntime": "2026-01-05 09:00:00", "med_type": "11",
        "psn_name": "张小三", "certno": "99999919900101001X", "tel": "13000000001", "addr": "海滨路 1 号",
    },
    "psn_info_b": {"psn_no": "P1", "gend": "1", "brdy": "1990-01-01", "surv_stas": "1"},
    "fixmedins_b": {"fixmedins_code": "H1", "fixmedins_name": "第一医院", "fixmedins_type": "1", "tel": "05320000000"},
    "bffact_warn_rslt_d": {
        "warn_rslt_id": "R1", "trig_scen": "6", "med_type": "11", "reqt_time": "2026-01-05 10:55:00",
        "rsp_time": "2026-01-05 10:55:00", "ana_dura": "2.5", "vola_flag": "1", "rule_id": "GZ10000301004000",
        "rule_code": "drug_sex", "rule_name": "药品区分性别使用", "rule_sev_deg": "1", "warn_cont": "该药品限女性，参保人为男性",
        "medfee_sumamt": "11.00", "vola_amt": "11.00", "fixmedins_code": "H1", "psn_no": "P1", "mdtrt_id": "M1", "dr_code": "D1",
        "pack_version": "20260101000000-0a1b2c3d",
    },
    "setl_list_diag_d": {"setl_list_diag_id": "D1", "setl_id": "S1", "mdtrt_id": "M1", "psn_no": "P1", "diag_code": "I10"},
}  # fmt: skip
"""One good row a table; a test names only what differs."""


def rows_of(table: str, differing: Iterable[Row] = ({},)) -> list[dict[str, str]]:
    """Rows of a table, each the ready one with what differs."""
    return [{**READY[table], **{k: "" if v is None else str(v) for k, v in row.items()}} for row in differing]


def csv_text(rows: Sequence[Mapping[str, str]], columns: Sequence[str], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows([row.get(c, "") for c in columns] for row in rows)
    return out.getvalue()


class Bureau:
    """A bureau with one installation: it writes files, imports them, and looks into the lake."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "delivery", Home.of(folder / "home")
        self.folder.mkdir(parents=True)

    def write(
        self,
        table: str,
        differing: Iterable[Row] = ({},),
        name: str = "",
        *,
        encoding: str = "utf-8",
        delimiter: str = ",",
    ) -> Path:
        """A file with all columns of the table, values as text."""
        path = self.folder / (name or f"{table}.csv")
        columns = [c.name for c in tables()[table].columns]
        path.write_bytes(csv_text(rows_of(table, differing), columns, delimiter).encode(encoding))
        return path

    def take(self, *paths: Path, **options: object) -> Imported:
        """Import files, or the whole delivery."""
        return import_files(self.home, list(paths) or [self.folder], **options)  # type: ignore[arg-type]

    def rows(self, table: str, columns: str = "*") -> list[tuple[object, ...]]:
        """Rows of the lake in the order of the table's key."""
        files = [str(f) for f in Lake.open(self.home).snapshot().files(table)]
        key = ", ".join(tables()[table].key)
        return duckdb.sql(f"SELECT {columns} FROM read_parquet({files!r}) ORDER BY {key}").fetchall() if files else []

    def counts(self, done: Imported, table: str) -> dict[str, int]:
        """new, replaced, unchanged, rejected, suspect of a table, where not 0."""
        one = next(t for t in done.manifest.tables if t.table == table)
        found = {k: getattr(one, k) for k in ("new", "replaced", "unchanged", "rejected", "suspect")}
        return {k: v for k, v in found.items() if v}
