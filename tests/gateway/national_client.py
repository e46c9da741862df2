"""A hospital's own little client, written from the national interface alone (envelope, 3101, 3102): it knows nothing of ours.

It tells the rows of a rule's example as a hospital would: with the fields that the standard has, in the words of the standard.
What the standard has no field for is not said.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

Row = Mapping[str, Any]
EPOCH = date(1970, 1, 1)
LEVEL = {1: "08", 2: "05", 3: "02"}
"""医疗机构等级: 一级 8 甲等, 二级, 三级, as `medins_lv` is written."""
OF_KIND = {"inpatient": ("21", "2"), "outpatient": ("11", "1"), "pharmacy": ("41", "3"), "other": ("99", "4")}
"""Kind of encounter → 医疗类别 and 就诊类型."""


def message_of(views: Mapping[str, list[Row]], found: Row, infno: str, number: int) -> dict[str, Any]:
    """A whole message. views: rows by view, each with what the example says of it; found: the row that is to be found."""
    visits = _by_visit(views)
    current = max(visits, key=lambda key: (_is_meant(visits[key], key, found), _last_day(visits[key])))
    told = [_encounter(key, rows) for key, rows in visits.items()]
    scene = _scene(infno, next(e for e in told if e["mdtrt_id"] == current))
    first = next(row for rows in visits[current].values() for row in rows)
    patient = {
        "patn_id": first.get("psn_no", "P1"), "patn_name": "某人", "gend": _gender(visits[current]),
        "brdy": _born(visits[current]).isoformat(), "poolarea": "999999", "curr_mdtrt_id": current,
        "fsi_encounter_dtos": told, "fsi_his_data_dto": "",
    }  # fmt: skip
    return {
        "infno": infno, "msgid": f"H99999900001{_day(_last_day(visits[current])):%Y%m%d}180000{number:04d}",
        "mdtrtarea_admvs": "999999", "insuplc_admdvs": "999999", "recer_sys_code": "HIS", "infver": "V1.0", "opter_type": "1",
        "opter": "001", "opter_name": "某人", "inf_time": f"{_day(_last_day(visits[current])):%Y-%m-%d} 18:00:00",
        "fixmedins_code": "H99999900001", "fixmedins_name": "某医院", "sign_no": "1",
        "input": {"data": {"syscode": "HIS", "trig_scen": scene, "rule_ids": "", "task_id": "", "patient_dtos": [patient]}},
    }  # fmt: skip


Visit = dict[str, list[Row]]


def _by_visit(views: Mapping[str, list[Row]]) -> dict[str, Visit]:
    """mdtrt_id → its rows by view; doctors go with every encounter."""
    visits: dict[str, Visit] = {}
    for view in ("settlement", "stay", "fee_line", "diagnosis", "operation"):
        for row in views.get(view, ()):
            visits.setdefault(row.get("mdtrt_id", "M1"), {}).setdefault(view, []).append(row)
    for visit in visits.values():
        visit["doctor"] = list(views.get("doctor", ()))
    return visits


def _is_meant(visit: Visit, key: str, found: Row) -> bool:
    return found.get("mdtrt_id") == key or any(row.get("row_id") == found.get("row_id", "") for row in visit.get("fee_line", ()))


def _said(visit: Visit, *names: str) -> Any:
    """The first value that the example says under one of the names; None if it says nothing."""
    rows = [row for view in ("settlement", "stay", "fee_line", "diagnosis", "operation") for row in visit.get(view, ())]
    return next((row[name] for name in names for row in rows if row.get(name) not in (None, "")), None)


def _days(visit: Visit, *names: str) -> list[int]:
    return [row[n] for view in visit if view != "doctor" for row in visit[view] for n in names if row.get(n) is not None]


def _first_day(visit: Visit) -> int:
    return _said(visit, "adm_day") or min(_days(visit, "service_day", "oprn_day"), default=20454)


def _last_day(visit: Visit) -> int:
    return max([*_days(visit, "service_day", "oprn_day", "dscg_day"), _first_day(visit)])


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _gender(visit: Visit) -> str:
    return str(_said(visit, "gend") or "1")


def _born(visit: Visit) -> date:
    age, days, on = _said(visit, "age"), _said(visit, "age_days"), _day(_first_day(visit))
    if days is not None:
        return on - timedelta(days=days)
    return on.replace(year=on.year - age, day=1) if age is not None else date(1970, 1, 1)


def _kind(visit: Visit) -> str:
    said = _said(visit, "encounter")
    return str(said or ("inpatient" if "stay" in visit or "operation" in visit else "outpatient"))


def _scene(infno: str, encounter: Mapping[str, Any]) -> str:
    inpatient = str(encounter["med_type"]).startswith("2")
    return ("5" if inpatient else "2") if infno == "3101" else ("9" if inpatient else "7")


def _encounter(key: str, visit: Visit) -> dict[str, Any]:
    med_type, kind = OF_KIND[_kind(visit)]
    lines = visit.get("fee_line", [])
    diagnoses = visit.get("diagnosis", [])
    main = _said(visit, "maindiag_code") or (diagnoses[0]["code"] if diagnoses else "J06.900")
    total = _said(visit, "medfee_sumamt") or sum(_amount(line) for line in lines) or 100.0
    begin, end = (f"{_day(n):%Y-%m-%d} {hour}:00:00" for n, hour in ((_first_day(visit), "08"), (_last_day(visit), "17")))
    return {
        "mdtrt_id": key, "medins_id": "H99999900001", "medins_name": "某医院", "medins_admdvs": "999999", "medins_type": "A1",
        "medins_lv": LEVEL[_said(visit, "inst_level") or 3], "adm_date": begin, "dscg_date": end, "dscg_main_dise_codg": main,
        "dscg_main_dise_name": "某病", "dr_codg": "DR1", "adm_dept_codg": "01", "adm_dept_name": "内科", "dscg_dept_codg": "01",
        "dscg_dept_name": "内科", "med_mdtrt_type": kind, "med_type": _said(visit, "med_type") or med_type, "matn_stas": "0",
        "medfee_sumamt": total, "ownpay_amt": 0, "selfpay_amt": 0, "acct_payamt": 0, "ma_amt": 0, "hifp_payamt": total * 0.6,
        "setl_totlnum": 1, "insutype": _said(visit, "insutype") or "310", "reim_flag": "1", "out_setl_flag": "2",
        "fsi_diagnose_dtos": [_diagnosis(n, row) for n, row in enumerate(diagnoses, 1)],
        "fsi_order_dtos": [_order(row, visit) for row in lines],
        "fsi_operation_dtos": [_operation(n, row, visit) for n, row in enumerate(visit.get("operation", []), 1)],
    }  # fmt: skip


def _amount(line: Row) -> float:
    return float(line.get("amount", 10.0))


def _order(line: Row, visit: Visit) -> dict[str, Any]:
    day, amount = line.get("service_day", _first_day(visit)), _amount(line)
    minute = line["service_minute"] % 1440 if "service_minute" in line else 9 * 60
    at = datetime.combine(_day(day), datetime.min.time()) + timedelta(minutes=minute)
    ceiling = line.get("pric_uplmt_amt", 0.0)
    return {
        "rx_id": line["row_id"], "rxno": line.get("rx_drord_no", "R1"), "long_drord_flag": "0",
        "hilist_type": line.get("list_type", "101"), "chrg_type": line.get("charge_type", "09"),
        "drord_bhvr": line.get("dscg_tkdrug_flag", "0"), "hilist_code": line.get("code", "X1"), "hilist_name": "某项目",
        "hilist_lv": "01", "hilist_pric": ceiling, "hosplist_code": "L1", "hosplist_name": line.get("local_name", "某项目"),
        "cnt": line.get("cnt", 1), "pric": line.get("pric", 10.0), "sumamt": amount, "ownpay_amt": 0, "selfpay_amt":
        round(max(amount - float(line["inscp_amt"]), 0), 2) if "inscp_amt" in line else 0, "spec": "1 盒", "spec_unt": "盒",
        "drord_begn_date": f"{at:%Y-%m-%d %H:%M:%S}",
        "drord_stop_date": f"{_day(day + int(line.get('prd_days', 1)) - 1):%Y-%m-%d} 23:00:00",
        "drord_dept_codg": "01", "drord_dept_name": line.get("bilg_dept_name", "内科"),
        "drord_dr_codg": line.get("bilg_dr_code", "DR1"), "drord_dr_name": "某医师",
        "drord_dr_profttl": _title(line, visit["doctor"]),
        "curr_drord_flag": "1",
    }  # fmt: skip


def _title(line: Row, doctors: Iterable[Row]) -> str:
    named = line.get("bilg_dr_code", "DR1")
    return next((str(d["title_rank"]) for d in doctors if d.get("prac_psn_code", "DR1") == named and d.get("title_rank")), "3")


def _diagnosis(number: int, row: Row) -> dict[str, Any]:
    return {
        "dise_id": row.get("row_id", f"D{number}"), "inout_dise_type": "2", "maindise_flag": str(row.get("is_main", 1)),
        "dias_srt_no": str(number), "dise_codg": row["code"], "dise_name": row.get("name", "某病"),
        "dise_date": "2026-01-01 09:00:00",
    }  # fmt: skip


def _operation(number: int, row: Row, visit: Visit) -> dict[str, Any]:
    return {
        "setl_list_oprn_id": row.get("row_id", f"O{number}"), "oprn_code": row.get("code", "47.0901"), "oprn_name": "某手术",
        "main_oprn_flag": str(row.get("is_main", 1)), "oprn_date": f"{_day(row.get('oprn_day', _first_day(visit))):%Y-%m-%d}",
        "anst_way": row.get("anst_way", "1"), "oper_dr_name": "某医师", "oper_dr_code": row.get("oper_dr_code", "DR1"),
    }  # fmt: skip
