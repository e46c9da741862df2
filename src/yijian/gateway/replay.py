"""Settled encounters of a lake as the messages 3102 (or 3101) that their hospital would have sent: for comparing the answers
before, during and after, for measuring, and for trying the gateway out.

Only fields of the standard are sent, and the ids and the four figures that `message.toml` calls extra.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from yijian.claims.lake import Lake
from yijian.claims.tables import tables
from yijian.claims.values import literal
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.vocabulary.home import Home

TABLES = ("setl_d", "mdtrt_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "psn_info_b")
Rows = list[dict[str, Any]]

VALID = "COALESCE(vali_flag, '1') <> '0'"
REFUNDED = f"""
SELECT init_setl_id AS setl_id FROM setl_d WHERE refd_setl_flag = '1' AND {VALID} AND init_setl_id IS NOT NULL
UNION SELECT setl_id FROM setl_d WHERE refd_setl_flag = '1' OR NOT ({VALID})
UNION SELECT o.setl_id FROM fee_list_d AS r JOIN fee_list_d AS o ON o.psn_no = r.psn_no AND o.bkkp_sn = r.init_feedetl_sn
  WHERE r.det_item_fee_sumamt < 0
UNION SELECT setl_id FROM fee_list_d WHERE det_item_fee_sumamt < 0 AND init_feedetl_sn IS NOT NULL
UNION SELECT s.setl_id FROM setl_d AS s JOIN setl_d AS o ON o.mdtrt_id = s.mdtrt_id AND o.setl_id <> s.setl_id
"""
"""Settlements that were taken back in part or whole, or of which an encounter has several: no one message says the same."""


class Settled:
    """The encounters of persons as messages, in the order in which they were settled; and what was left out."""

    def __init__(self, home: Home, *, encounters: int = 0, single: int = 0, seed: int = 0, also: Iterable[str] = ()) -> None:
        """encounters: about how many, whole persons at a time (0: all).

        single: instead, at most so many encounters, drawn one by one as `seed` says, and beside them those that `also` names.
        """
        self._snapshot = Lake.open(home).snapshot()
        self.left_out: set[str] = set()
        self.persons: set[str] = set()
        self._encounters, self._single, self._seed, self._also = encounters, single, seed, sorted(set(also))

    def messages(self) -> Iterator[dict[str, Any]]:
        """One 3102 for each settlement, by time of settling."""
        with DuckDB(threads=1) as db:
            for name in TABLES:
                files = ", ".join(literal(str(p)) for p in self._snapshot.files(name))
                columns = ", ".join(f"CAST(NULL AS {c.sql_type}) AS {c.name}" for c in tables()[name].lake_columns)
                source = f"* FROM read_parquet([{files}])" if files else f"{columns} WHERE FALSE"
                db.rows(f"CREATE TEMP VIEW {name} AS SELECT {source}")
            yield from self._read(db)

    def _read(self, db: DuckDB) -> Iterator[dict[str, Any]]:
        of = self._choose_encounters(db) if self._single else self._choose_persons(db)
        self.persons = {str(r[0]) for r in db.rows("SELECT psn_no FROM chosen")}
        self.left_out = {str(r[0]) for r in db.rows(REFUNDED)}
        settled = _rows(db, f"SELECT * FROM setl_d {of} WHERE {VALID} ORDER BY setl_time, setl_id")
        visits = {r["mdtrt_id"]: r for r in _rows(db, f"SELECT * FROM mdtrt_d {of.replace('setl_id', 'mdtrt_id')} WHERE {VALID}")}
        persons = {r["psn_no"]: r for r in _rows(db, "SELECT * FROM psn_info_b SEMI JOIN chosen USING (psn_no)")}
        lines = _by(_rows(db, f"SELECT * FROM fee_list_d {of} WHERE {VALID} ORDER BY fee_ocur_time, bkkp_sn"), "setl_id")
        diagnoses = _by(_rows(db, f"SELECT * FROM setl_list_diag_d {of} WHERE {VALID}"), "setl_id")
        operations = _by(_rows(db, f"SELECT * FROM setl_list_oprn_d {of} WHERE {VALID}"), "setl_id")
        for setl in settled:
            key = setl["setl_id"]
            if key not in self.left_out and setl["mdtrt_id"] in visits and setl["psn_no"] in persons:
                encounter = _encounter(setl, visits[setl["mdtrt_id"]])
                encounter["fsi_order_dtos"] = [_order(f) for f in lines.get(key, [])]
                encounter["fsi_diagnose_dtos"] = [_diagnose(d) for d in diagnoses.get(key, [])]
                encounter["fsi_operation_dtos"] = [_operation(o) for o in operations.get(key, [])]
                yield envelope(setl, _patient(persons[setl["psn_no"]], setl, encounter))

    def _choose_persons(self, db: DuckDB) -> str:
        """Make `chosen`, the persons; what to add to a query so that it reads their rows alone."""
        limit = f"WHERE before < {self._encounters}" if self._encounters else ""
        db.rows(f"""CREATE TEMP TABLE chosen AS SELECT psn_no FROM (
            SELECT psn_no, SUM(n) OVER (ORDER BY md5(psn_no)) - n AS before
            FROM (SELECT psn_no, COUNT(*) AS n FROM setl_d GROUP BY psn_no)) {limit}""")
        return "SEMI JOIN chosen AS c USING (psn_no)"

    def _choose_encounters(self, db: DuckDB) -> str:
        """The same for single encounters."""
        db.put_rows("also", {"mdtrt_id": "VARCHAR"}, [{"mdtrt_id": one} for one in self._also])
        db.rows(f"""CREATE TEMP TABLE drawn AS
            SELECT psn_no, setl_id, mdtrt_id FROM setl_d SEMI JOIN also USING (mdtrt_id) WHERE {VALID}
            UNION (SELECT psn_no, setl_id, mdtrt_id FROM setl_d WHERE {VALID}
                   ORDER BY md5(mdtrt_id || '/{self._seed:d}'), setl_id LIMIT {self._single:d})""")
        db.rows("CREATE TEMP TABLE chosen AS SELECT DISTINCT psn_no FROM drawn")
        return "SEMI JOIN drawn AS c USING (psn_no, setl_id)"


def _rows(db: DuckDB, sql: str) -> Rows:
    return db.table(sql).to_pylist()


def _by(rows: Rows, key: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def envelope(setl: Mapping[str, Any], patient: Mapping[str, Any], infno: str = "3102") -> dict[str, Any]:
    """The whole message for a settlement."""
    when: datetime = setl["setl_time"]
    inpatient = str(setl["med_type"])[:2] in ("21", "22", "23", "24", "25", "26", "27", "28", "52")
    bought = str(setl["med_type"]) == "41"
    scene = ("4" if inpatient else "2") if infno == "3101" else "8" if inpatient else "10" if bought else "6"
    return {
        "infno": infno,
        "msgid": f"{setl['fixmedins_code']}{when:%Y%m%d%H%M%S}{str(setl['setl_id'])[-4:]}",
        "mdtrtarea_admvs": "999999",
        "insuplc_admdvs": "999999",
        "recer_sys_code": "YIJIAN",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "1",
        "opter_name": "收费员",
        "inf_time": _when(when),
        "fixmedins_code": setl["fixmedins_code"],
        "fixmedins_name": setl.get("fixmedins_name") or "定点机构",
        "input": {"data": {"syscode": "HIS", "trig_scen": scene, "rule_ids": "", "task_id": "", "patient_dtos": [patient]}},
    }


def _when(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else ""


def _money(value: Any) -> float | None:
    return None if value is None else float(value)


def _patient(person: Mapping[str, Any], setl: Mapping[str, Any], encounter: dict[str, Any]) -> dict[str, Any]:
    born = person.get("brdy") or setl.get("brdy")
    return {
        "patn_id": setl["psn_no"],
        "patn_name": "",
        "gend": person.get("gend") or setl.get("gend"),
        "brdy": born.isoformat()[:10] if born else "",
        "poolarea": "999999",
        "curr_mdtrt_id": setl["mdtrt_id"],
        "fsi_encounter_dtos": [encounter],
    }


def _encounter(setl: Mapping[str, Any], visit: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "mdtrt_id": setl["mdtrt_id"],
        "setl_id": setl["setl_id"],
        "medins_id": setl["fixmedins_code"],
        "medins_name": setl.get("fixmedins_name") or "",
        "medins_lv": setl.get("hosp_lv") or "",
        "adm_date": _when(visit.get("begntime")),
        "dscg_date": _when(visit.get("endtime")),
        "dscg_main_dise_codg": visit.get("dscg_maindiag_code"),
        "dscg_main_dise_name": visit.get("dscg_maindiag_name"),
        "dr_codg": visit.get("chfpdr_code"),
        "adm_dept_codg": visit.get("adm_dept_codg"),
        "adm_dept_name": visit.get("adm_dept_name"),
        "med_type": setl["med_type"],
        "insutype": setl.get("insutype"),
        "medfee_sumamt": _money(setl["medfee_sumamt"]),
        "hifp_payamt": _money(setl.get("hifp_pay")),
        "acct_payamt": _money(setl.get("acct_pay")),
        "fund_pay_sumamt": _money(setl.get("fund_pay_sumamt")),
        "dise_codg": setl.get("dise_no") or visit.get("dise_no"),
        "nwb_flag": setl.get("nwb_flag"),
        "dscg_way": visit.get("dscg_way"),
    }


def _order(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rx_id": line["bkkp_sn"],
        "rxno": line.get("rx_drord_no"),
        "hilist_type": line.get("list_type"),
        "chrg_type": (line.get("med_chrgitm_type") or "")[:2],
        "drord_bhvr": line.get("dscg_tkdrug_flag"),
        "hilist_code": line["med_list_codg"],
        "hilist_name": line.get("hilist_name"),
        "hosplist_code": line.get("medins_list_codg"),
        "hosplist_name": line.get("medins_list_name"),
        "cnt": _money(line["cnt"]),
        "pric": _money(line["pric"]),
        "sumamt": _money(line["det_item_fee_sumamt"]),
        "inscp_amt": _money(line.get("inscp_amt") or 0),
        "pric_uplmt_amt": _money(line.get("pric_uplmt_amt")),
        "prd_days": _money(line.get("prd_days")),
        "dise_codg": line.get("dise_codg"),
        "drord_begn_date": _when(line["fee_ocur_time"]),
        "drord_dept_name": line.get("bilg_dept_name"),
        "drord_dr_codg": line.get("bilg_dr_code"),
        "curr_drord_flag": "1",
    }


def _diagnose(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "dise_id": given["setl_list_diag_id"],
        "inout_dise_type": "2",
        "maindise_flag": given.get("maindiag_flag"),
        "dise_codg": given["diag_code"],
        "dise_name": given.get("diag_name"),
    }


def _operation(given: Mapping[str, Any]) -> dict[str, Any]:
    day = given.get("oprn_oprt_date")
    return {
        "setl_list_oprn_id": given["setl_list_oprn_id"],
        "oprn_code": given.get("oprn_oprt_code"),
        "oprn_name": given.get("oprn_oprt_name"),
        "main_oprn_flag": given.get("main_oprn_flag"),
        "oprn_date": day.isoformat() if day else "",
        "anst_way": given.get("anst_way"),
        "oper_dr_code": given.get("oper_dr_code"),
    }
