"""A message → rows of the views that rules read, as `claims/views/*.sql` makes them of settled claims.

What the standard's message does not say is missing in the row; rules that need it do not judge. The differential test holds
this file and the views together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yijian.claims.views import views
from yijian.gateway.message import Fields, Refused

Row = dict[str, Any]
DRUGS = ("101", "102", "103", "104", "106")
"""Kinds of goods for which the days between start and stop of an order are days of medication."""
EPOCH_DAY = date(1970, 1, 1).toordinal()

OUTPATIENT = frozenset({"11", "12", "13", "14", "15", "16", "19", "51", "53", "81"})
INPATIENT = frozenset({"21", "22", "23", "24", "25", "26", "27", "28", "52"})
OTHERS = {"41": "pharmacy", "71": "home_bed", "61": "ltc"}
LEVELS = (
    dict.fromkeys(("01", "02", "03", "04", "12"), 3)
    | dict.fromkeys(("05", "06", "07", "13"), 2)
    | dict.fromkeys(("08", "09", "10", "14"), 1)
)
MED_TYPE_OF = {"1": "11", "2": "21", "3": "41"}
"""就诊类型 → 医疗类别, where only the former was sent."""


@dataclass
class Case:
    """A person's rows from one message. now: rows of the present encounter; earlier: rows of others that were sent along.

    judged: keys of the present rows that advice may be about; sent: key of a line → the id that the hospital gave it.
    whole: `now` holds all encounters of the person, and every finding counts.
    """

    psn_no: str
    mdtrt_id: str
    setl_id: str
    institution: str
    day: int
    med_type: str = ""
    medfee_sumamt: float = 0.0
    now: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    earlier: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    context: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    judged: set[str] = field(default_factory=set[str])
    lines: dict[str, Row] = field(default_factory=dict[str, Row])
    sent: dict[str, str] = field(default_factory=dict[str, str])
    whole: bool = False


def day_number(time: datetime | None) -> int | None:
    """Days since 1970-01-01."""
    return time.toordinal() - EPOCH_DAY if time else None


def minute_number(time: datetime) -> int:
    """Minutes since 1970-01-01."""
    return (time.toordinal() - EPOCH_DAY) * 1440 + time.hour * 60 + time.minute


def ymd(time: datetime | None) -> int | None:
    """A date as a number like 20260131."""
    return time.year * 10000 + time.month * 100 + time.day if time else None


def encounter_of(med_type: str) -> str:
    """The kind of encounter, as the view `settlement` has it."""
    head = med_type[:2]
    return "outpatient" if head in OUTPATIENT else "inpatient" if head in INPATIENT else OTHERS.get(head, "other")


def case_of(patient: Fields, at: datetime, where: str = "patient_dtos[0].") -> Case:
    """The rows of a patient node. at: the message's time, which stands for the settlement's. Refused without an encounter."""
    encounters: list[Fields] = patient.get("fsi_encounter_dtos", [])
    if not encounters:
        raise Refused(f"{where}fsi_encounter_dtos（就诊信息集合）缺失")
    wanted = patient.get("curr_mdtrt_id") or encounters[0]["mdtrt_id"]
    present = [e for e in encounters if e["mdtrt_id"] == wanted]
    if not present:
        raise Refused(f"{where}curr_mdtrt_id（当前就诊标识）与就诊信息不符")
    now = present[0]
    case = Case(patient["patn_id"], now["mdtrt_id"], now.get("setl_id") or now["mdtrt_id"], now["medins_id"], 0)
    case.context["person"] = [_person(patient)]
    for encounter in encounters:
        if encounter is now:
            _add(case, case.now, patient, encounter, at)
        elif encounter["mdtrt_id"] != wanted:
            _add(case, case.earlier, patient, encounter, encounter.get("dscg_date") or encounter.get("adm_date") or at)
    return case


def _person(patient: Fields) -> Row:
    return {"psn_no": patient["patn_id"], "gend": patient.get("gend"), "brdy_ymd": ymd(patient.get("brdy"))}


def _add(case: Case, into: dict[str, list[Row]], patient: Fields, encounter: Fields, at: datetime) -> None:
    """The rows of one encounter."""
    orders: list[Fields] = encounter["fsi_order_dtos"]
    settled = _settlement(patient, encounter, orders, at)
    lines = [line for line in _lines(patient, encounter, settled, orders) if line["amount"] > 0]
    into.setdefault("settlement", []).append(settled)
    into.setdefault("fee_line", []).extend(lines)
    if settled["encounter"] == "inpatient":
        into.setdefault("stay", []).append(_stay(encounter, settled))
    shared = ("psn_no", "fixmedins_code", "mdtrt_id", "setl_id", "med_type", "encounter", "service_day", "gend", "age",
              "newborn_on_mother", "medfee_sumamt", "fund_pay_sumamt")  # fmt: skip
    base = {name: settled[name] for name in shared}
    into.setdefault("diagnosis", []).extend(
        base | _diagnosis(d, n, settled) for n, d in enumerate(encounter["fsi_diagnose_dtos"])
    )
    operations: list[Fields] = encounter["fsi_operation_dtos"]
    main = {"maindiag_code": settled["maindiag_code"]}
    into.setdefault("operation", []).extend(base | main | _operation(o, n, settled) for n, o in enumerate(operations))
    if into is case.now:
        _note_present(case, settled, lines, orders)


def _note_present(case: Case, settled: Row, lines: list[Row], orders: list[Fields]) -> None:
    case.day, case.med_type, case.medfee_sumamt = settled["service_day"], settled["med_type"] or "", settled["medfee_sumamt"]
    marked = any(o.get("curr_drord_flag") == "1" for o in orders)
    case.lines = {line["row_id"]: line for line in lines}
    for line in lines:
        case.sent[line["row_id"]] = line.pop("sent")
        is_current = line.pop("flag") != "0"
        if is_current or not marked:
            case.judged.add(line["row_id"])
    ranks: dict[str, int] = {}
    for order in orders:
        title, doctor = order.get("drord_dr_profttl", ""), order.get("drord_dr_codg")
        if doctor and title in ("1", "2", "3", "4", "5"):
            ranks[doctor] = int(title)
    case.context["doctor"] = [
        {"prac_psn_code": code, "fixmedins_code": case.institution, "title_rank": rank, "beg_day": 0, "end_day": 2_932_896}
        for code, rank in ranks.items()
    ]


def _age(born: int | None, on: datetime) -> int | None:
    return None if born is None else (on.year * 10000 + on.month * 100 + on.day - born) // 10000


def _settlement(patient: Fields, encounter: Fields, orders: list[Fields], at: datetime) -> Row:
    med_type = encounter.get("med_type") or MED_TYPE_OF.get(encounter.get("med_mdtrt_type", ""), "")
    admitted, left, born = encounter.get("adm_date"), encounter.get("dscg_date"), patient.get("brdy")
    began = admitted or at
    newborn = encounter.get("nwb_flag") == "1" or med_type == "9921"
    total = encounter.get("medfee_sumamt") or sum(o["sumamt"] for o in orders)
    pooled = encounter.get("hifp_payamt")
    paid = encounter.get("fund_pay_sumamt")
    diagnoses: list[Fields] = encounter["fsi_diagnose_dtos"]
    main = next((d["dise_codg"] for d in diagnoses if d.get("maindise_flag") == "1"), None)
    return {
        "psn_no": patient["patn_id"],
        "fixmedins_code": encounter["medins_id"],
        "mdtrt_id": encounter["mdtrt_id"],
        "setl_id": encounter.get("setl_id") or encounter["mdtrt_id"],
        "med_type": med_type or None,
        "encounter": encounter_of(med_type),
        "insutype": encounter.get("insutype"),
        "inst_level": LEVELS.get(encounter.get("medins_lv", "")),
        "gend": patient.get("gend"),
        "brdy_ymd": ymd(born),
        "brdy_day": day_number(born),
        "age": _age(ymd(born), began),
        "newborn_on_mother": 1 if newborn else 0,
        "service_day": day_number(began),
        "adm_day": day_number(admitted),
        "dscg_day": day_number(left),
        "setl_day": day_number(at),
        "setl_minute": minute_number(at),
        "setl_month": at.year * 100 + at.month,
        "counter": "",
        "dise_code": encounter.get("dise_codg"),
        "maindiag_code": encounter.get("dscg_main_dise_codg") or main,
        "dscg_way": encounter.get("dscg_way"),
        "medfee_sumamt": total,
        "fund_pay_sumamt": paid if paid is not None else None if pooled is None else pooled + encounter.get("ma_amt", 0.0),
        "hifp_pay": pooled,
        "acct_pay": encounter.get("acct_payamt"),
    }


def _stay(encounter: Fields, settled: Row) -> Row:
    begin, end = settled["adm_day"], settled["dscg_day"]
    left = encounter.get("dscg_date")
    med_type = settled["med_type"] or ""
    shared = ("psn_no", "fixmedins_code", "mdtrt_id", "setl_id", "med_type", "insutype", "inst_level", "adm_day", "dscg_day",
              "maindiag_code", "dscg_way", "newborn_on_mother", "medfee_sumamt", "fund_pay_sumamt")  # fmt: skip
    return {name: settled[name] for name in shared} | {
        "dscg_month": left.year * 100 + left.month if left else None,
        "stay_days": max(end - begin, 1) if begin is not None and end is not None else None,
        "diag_name": encounter.get("dscg_main_dise_name"),
        "is_emergency": 1 if med_type == "210104" or med_type[:2] == "24" else 0,
        "adm_dept_name": encounter.get("adm_dept_name"),
    }


def _lines(patient: Fields, encounter: Fields, settled: Row, orders: list[Fields]) -> list[Row]:
    born, seen = patient.get("brdy"), dict[str, int]()
    born_ymd, born_day = ymd(born), day_number(born)
    base = {
        name: settled[name]
        for name in ("psn_no", "fixmedins_code", "mdtrt_id", "setl_id", "med_type", "encounter", "insutype", "inst_level",
                     "gend", "newborn_on_mother", "adm_day", "dscg_day")
    }  # fmt: skip
    disease, level = settled["dise_code"], settled["inst_level"]
    rows: list[Row] = []
    for order in orders:
        when: datetime = order["drord_begn_date"]
        day = when.toordinal() - EPOCH_DAY
        key = order["rx_id"]
        seen[key] = seen.get(key, 0) + 1
        unique = key if seen[key] == 1 else f"{key}#{seen[key]}"  # one order id may stand on several lines
        rows.append(
            base
            | {
                "row_id": unique.replace(" ", "_"),  # ids of evidence are separated by spaces
                "sent": key,
                "flag": order.get("curr_drord_flag", ""),
                "code": order["hilist_code"],
                "name": order.get("hilist_name") or order.get("hosplist_name") or order["hilist_code"],
                "local_code": order.get("hosplist_code"),
                "local_name": order.get("hosplist_name"),
                "list_type": order.get("hilist_type"),
                "charge_type": order["chrg_type"][:2] if "chrg_type" in order else None,
                "rx_drord_no": order.get("rxno"),
                "cnt": order["cnt"],
                "pric": order.get("pric"),
                "amount": order["sumamt"],
                "billed_cnt": order["cnt"],
                "billed_amount": order["sumamt"],
                "inscp_amt": _in_scope(order),
                "pric_uplmt_amt": _ceiling(order, level),
                "prd_days": _days(order, day),
                "dscg_tkdrug_flag": order.get("drord_bhvr"),
                "dise_code": order.get("dise_codg") or disease,
                "bilg_dept_name": order.get("drord_dept_name"),
                "bilg_dr_code": order.get("drord_dr_codg"),
                "service_day": day,
                "service_minute": day * 1440 + when.hour * 60 + when.minute,
                "service_month": when.year * 100 + when.month,
                "age": _age(born_ymd, when),
                "age_days": None if born_day is None else day - born_day,
            }
        )
    return rows


def _in_scope(order: Fields) -> float:
    """What of the line the fund may pay for."""
    if "inscp_amt" in order:
        return order["inscp_amt"]
    return max(round(order["sumamt"] - order.get("ownpay_amt", 0.0) - order.get("selfpay_amt", 0.0), 2), 0.0)


def _ceiling(order: Fields, level: int | None) -> float:
    if "pric_uplmt_amt" in order:
        return order["pric_uplmt_amt"]
    return order.get(f"lv{level}_hosp_item_pric") or order.get("hilist_pric") or 0.0


def _days(order: Fields, day: int) -> float | None:
    if "prd_days" in order:
        return order["prd_days"]
    stop = day_number(order.get("drord_stop_date"))
    return float(stop - day + 1) if stop is not None and stop >= day and order.get("hilist_type") in DRUGS else None


def _diagnosis(given: Fields, number: int, settled: Row) -> Row:
    return {
        "row_id": given.get("dise_id") or f"{settled['mdtrt_id']}-D{number + 1}",
        "diag_type": "1",
        "is_main": 1 if given.get("maindise_flag") == "1" else 0,
        "code": given["dise_codg"],
        "name": given.get("dise_name"),
    }


def _operation(given: Fields, number: int, settled: Row) -> Row:
    return {
        "row_id": given.get("setl_list_oprn_id") or f"{settled['mdtrt_id']}-O{number + 1}",
        "is_main": 1 if given.get("main_oprn_flag") == "1" else 0,
        "code": given.get("oprn_code"),
        "name": given.get("oprn_name"),
        "oprn_day": day_number(given.get("oprn_date")),
        "oper_dr_code": given.get("oper_dr_code"),
        "anst_way": given.get("anst_way"),
    }


def tuples(view: str, rows: list[Row]) -> list[tuple[Any, ...]]:
    """Rows in the order of the view's columns."""
    columns = list(views()[view].columns)
    return [tuple([row.get(c) for c in columns]) for row in rows]


def codes_of(rows: Mapping[str, list[Row]]) -> set[str]:
    """The codes on the fee lines."""
    return {line["code"] for line in rows.get("fee_line", ())}
