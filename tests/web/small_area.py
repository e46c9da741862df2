"""A small area of invented people with a handful of findings, made by the real intake and the real engine."""

from pathlib import Path

from tests.claims.claims_cast import Bureau
from yijian.engine.audit import audit
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home

RULES = ("amount_arithmetic", "bed_days_over_stay", "overlapping_admissions", "charged_outside_stay", "item_over_unit_price")

PERSON = {"psn_no": "P1000000001", "psn_name": "张小三", "certno": "99999919900101001X"}
NEIGHBOUR = {"psn_no": "P1000000002", "psn_name": "李四娘", "certno": "99999919910202002X"}
BED = {"med_list_codg": "0001BED", "hilist_name": "三人间床位费", "med_chrgitm_type": "01", "list_type": "201", "med_type": "21"}


OVERLAP = {"rule_code": "overlapping_admissions", "rule_id": "overlapping_admissions", "rule_name": "住院时间重叠"}
BEDS = {"rule_code": "bed_days_over_stay", "rule_id": "bed_days_over_stay", "rule_name": "床位费天数超过住院天数"}
NO_FINDING = dict.fromkeys(("rule_id", "rule_code", "rule_name", "rule_sev_deg", "warn_cont"), "") | {"vola_flag": "0"}
REMINDERS = [
    # before a visit of the neighbour: a drug for women, changed; asked again, and nothing is wrong any more
    {"warn_rslt_id": "W1", "trig_scen": "2", "reqt_time": "2026-02-03 09:20:00", "psn_no": "P1000000002", "mdtrt_id": "M3",
     "vola_amt": "12.50", "warn_dspo_way": "2"},
    {"warn_rslt_id": "W2", "trig_scen": "6", "reqt_time": "2026-02-03 09:55:00", "psn_no": "P1000000002", "mdtrt_id": "M3",
     "vola_amt": "0", **NO_FINDING},
    # one request about a stay: two reminders; the doctor goes on against one and says nothing to the other
    {"warn_rslt_id": "W3", "trig_scen": "8", "reqt_time": "2026-01-12 10:50:00", "psn_no": "P1000000001", "mdtrt_id": "M1",
     "vola_amt": "100.00", "warn_dspo_way": "1", "warn_dspo_way_dscr": " 病情 需要。", **BEDS},
    {"warn_rslt_id": "W4", "trig_scen": "8", "reqt_time": "2026-01-12 10:50:00", "psn_no": "P1000000001", "mdtrt_id": "M1",
     "vola_amt": "500.00", **OVERLAP},
    # another hospital: gone on with the same reason in other widths, and a way that only this area knows
    {"warn_rslt_id": "W5", "trig_scen": "8", "reqt_time": "2026-01-12 11:40:00", "psn_no": "P1000000001", "mdtrt_id": "M2",
     "fixmedins_code": "H2", "dr_code": "D2", "vola_amt": "900.00", "warn_dspo_way": "1", "warn_dspo_way_dscr": "病情需要",
     **OVERLAP},
    {"warn_rslt_id": "W6", "trig_scen": "9", "reqt_time": "2026-01-12 11:30:00", "psn_no": "P1000000001", "mdtrt_id": "M2",
     "fixmedins_code": "H2", "dr_code": "D2", "vola_amt": "900.00", "warn_dspo_way": "7", **OVERLAP},
    # a pharmacy's till, without a doctor
    {"warn_rslt_id": "W7", "trig_scen": "10", "reqt_time": "2026-02-05 18:00:00", "psn_no": "P1000000002", "mdtrt_id": "M9",
     "fixmedins_code": "Y1", "dr_code": "", "vola_amt": "0", **NO_FINDING},
]  # fmt: skip
"""Six requests; the answers to four of them are five reminders. W2 and W7 are requests to which there was nothing to say."""


def make_area(folder: Path) -> Home:
    """Two hospitals of one level and a pharmacy; a stay with too many bed days, an overlapping stay, a wrong sum, a bad row."""
    bureau = Bureau(folder)
    bureau.write("fixmedins_b", _institutions())
    bureau.write("psn_info_b", [{"psn_no": p["psn_no"]} for p in (PERSON, NEIGHBOUR)])
    stays = [
        {**PERSON, "mdtrt_id": "M1", "fixmedins_code": "H1", "begntime": "2026-01-05 09:00:00", "endtime": "2026-01-10 10:00:00"},
        {**PERSON, "mdtrt_id": "M2", "fixmedins_code": "H2", "begntime": "2026-01-08 09:00:00", "endtime": "2026-01-12 10:00:00"},
    ]
    more = {"med_type": "21", "dscg_maindiag_code": "J18.900", "dscg_maindiag_name": "肺炎"}
    visit = {
        **NEIGHBOUR,
        "mdtrt_id": "M3",
        "fixmedins_code": "H1",
        "begntime": "2026-02-03 09:00:00",
        "endtime": "2026-02-03 10:00:00",
    }
    bureau.write("mdtrt_d", [*({**s, **more} for s in stays), visit])
    bureau.write(
        "setl_d", [_settled(PERSON, "1", "H1", 500), _settled(PERSON, "2", "H2", 900), _settled(NEIGHBOUR, "3", "H1", 60)]
    )
    bad = _line(NEIGHBOUR, "LBAD", "3", "H1", "2026-02-03 09:30:00", fee_ocur_time="昨天上午")
    bureau.write("fee_list_d", [*_lines(), bad, *_wrong_twice()])
    bureau.write("bffact_warn_rslt_d", REMINDERS)
    bureau.take()
    rules = load_rules()
    audit(bureau.home, {name: rules[name] for name in RULES})
    return bureau.home


def _institutions() -> list[dict[str, str]]:
    return [
        {"fixmedins_code": "H1", "fixmedins_name": "示例市第一医院", "medins_lv": "05", "bed_cnt": "200", "admdvs": "999901"},
        {"fixmedins_code": "H2", "fixmedins_name": "示例市第二医院", "medins_lv": "05", "bed_cnt": "100", "admdvs": "999902"},
        {"fixmedins_code": "Y1", "fixmedins_name": "示例市大药房", "fixmedins_type": "2", "medins_lv": "", "admdvs": "999901"},
    ]


def _settled(person: dict[str, str], number: str, place: str, fee: int) -> dict[str, object]:
    inpatient = number != "3"
    return {
        **person, "setl_id": f"S{number}", "mdtrt_id": f"M{number}", "fixmedins_code": place, "medfee_sumamt": f"{fee}.00",
        "fund_pay_sumamt": f"{fee // 2}.00", "hifp_pay": f"{fee // 2}.00", "acct_pay": "0.00", "hosp_lv": "05", "insutype": "310",
        "med_type": "21" if inpatient else "11", "setl_time": "2026-01-12 11:00:00" if inpatient else "2026-02-03 10:00:00",
    }  # fmt: skip


def _line(person: dict[str, str], key: str, number: str, place: str, time: str, **more: str) -> dict[str, str]:
    base = {
        "bkkp_sn": key,
        "setl_id": f"S{number}",
        "mdtrt_id": f"M{number}",
        "psn_no": person["psn_no"],
        "fixmedins_code": place,
    }
    return {**base, "fee_ocur_time": time, "hilist_name": "一般诊疗", "list_type": "201", "med_chrgitm_type": "02", **more}


def _lines() -> list[dict[str, str]]:
    bed = {**BED, "cnt": "2", "pric": "50", "det_item_fee_sumamt": "100.00"}
    beds = [_line(PERSON, f"LB{day}", "1", "H1", f"2026-01-{day:02}T08:00:00".replace("T", " "), **bed) for day in range(5, 10)]
    wrong = {"cnt": "2", "pric": "30", "det_item_fee_sumamt": "80.00", "hilist_name": "腹部彩超", "med_list_codg": "0003US"}
    plain = {"cnt": "1", "pric": "60", "det_item_fee_sumamt": "60.00"}
    return [
        *beds,
        _line(PERSON, "LW1", "2", "H2", "2026-01-09 09:00:00", med_type="21", **wrong),
        _line(NEIGHBOUR, "LP1", "3", "H1", "2026-02-03 09:20:00", **plain),
    ]


def _wrong_twice() -> list[dict[str, str]]:
    """Two wrong sums of one institution: a group of two findings."""
    wrong = {"cnt": "2", "pric": "30", "det_item_fee_sumamt": "80.00", "hilist_name": "甲状腺彩超"}
    return [_line(NEIGHBOUR, f"LW{n}", "3", "H1", f"2026-02-03 09:0{n}:00", **wrong, med_list_codg=f"000{n}US") for n in (4, 5)]
