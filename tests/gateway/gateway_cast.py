"""Messages of an invented hospital, written from the national interface alone."""

from datetime import datetime
from typing import Any

from yijian.gateway.answer import now

HOSPITAL, PATIENT = "H99999900001", "P0001"
MALE_DRUG_FOR_WOMEN = "XG03DAA056E001010199056"
"""A drug that the invented area's list limits to women."""

WARD_VISIT, SCAN = "009902000050000", "009903000480000"
"""An item charged once a day at most, and a scan that other institutions recognise."""


def order(number: int = 1, code: str = MALE_DRUG_FOR_WOMEN, kind: str = "101", **more: Any) -> dict[str, Any]:
    """A line of a prescription."""
    return {
        "rx_id": f"R{number}", "rxno": "RX1", "hilist_type": kind, "chrg_type": "09", "drord_bhvr": "0", "hilist_code": code,
        "hilist_name": "某药", "hosplist_code": "L1", "hosplist_name": "某药", "cnt": 1, "pric": 12.5, "sumamt": 12.5,
        "ownpay_amt": 0, "selfpay_amt": 0, "drord_begn_date": "2026-03-01 09:00:00", "drord_dept_name": "内科",
        "drord_dr_codg": "D1", "drord_dr_profttl": "3", "curr_drord_flag": "1",
    } | more  # fmt: skip


def encounter(*orders: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An outpatient visit."""
    return {
        "mdtrt_id": "M1", "medins_id": HOSPITAL, "medins_name": "某医院", "medins_lv": "05", "adm_date": "2026-03-01 08:30:00",
        "dscg_date": "2026-03-01 09:30:00", "med_type": "11", "insutype": "310", "dr_codg": "D1",
        "fsi_diagnose_dtos": [{"dise_id": "1", "maindise_flag": "1", "dise_codg": "J06.900", "dise_name": "急性上呼吸道感染"}],
        "fsi_order_dtos": list(orders), "fsi_operation_dtos": [],
    } | more  # fmt: skip


def message(
    *orders: dict[str, Any], infno: str = "3101", scene: str = "2", at: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A whole message about a man. Keyword arguments go into the encounter."""
    at = at or now()
    patient = {
        "patn_id": PATIENT, "patn_name": "张某", "gend": "1", "brdy": "1960-01-01", "poolarea": "999999", "curr_mdtrt_id": "M1",
        "fsi_encounter_dtos": [encounter(*orders, **more)], "fsi_his_data_dto": "",
    }  # fmt: skip
    return {
        "infno": infno, "msgid": f"{HOSPITAL}{at:%Y%m%d%H%M%S%f}"[:30], "mdtrtarea_admvs": "999999", "recer_sys_code": "YJ",
        "opter_type": "1", "opter": "1", "opter_name": "某人", "inf_time": f"{at:%Y-%m-%d %H:%M:%S}", "fixmedins_code": HOSPITAL,
        "fixmedins_name": "某医院",
        "input": {"data": {"syscode": "HIS", "trig_scen": scene, "rule_ids": "", "task_id": "T1", "patient_dtos": [patient]}},
    }  # fmt: skip


def patient_of(said: dict[str, Any]) -> dict[str, Any]:
    return said["input"]["data"]["patient_dtos"][0]


def encounter_of(said: dict[str, Any]) -> dict[str, Any]:
    return patient_of(said)["fsi_encounter_dtos"][0]
