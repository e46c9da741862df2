"""mdtrt_d, setl_d and fee_list_d of a district."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yijian.city import ids
from yijian.city.agency import Money
from yijian.city.assemble.columns import births, days, decimal, known_money, money, number, pick, table, times
from yijian.city.assemble.district import District
from yijian.city.background import DAY
from yijian.city.catalogue import INSUTYPES, MED_TYPES, Ints
from yijian.city.institutions import COUNTERS, PHARMACY
from yijian.city.people import YEAR

STAY_TYPES = np.array([t in ("21", "24", "52", "28") for t in MED_TYPES])
DEDUCTIBLES = np.array([100, 20_000, 50_000, 90_000, 0])
"""Cents by kind of institution; only for stays."""
SHARES = np.array([[65, 60, 55, 50, 0], [90, 90, 85, 80, 0]])
"""Per cent the fund pays by kind of institution: outpatient, stay. A pharmacy is paid from the personal account."""
CORRECTED_SHARE = 0.0004
BALANCE = 60_000
"""Cents on a personal account, at least."""


def _encounter_columns(d: District, enc: Ints) -> dict[str, pa.Array | str]:
    """What mdtrt_d and setl_d both say of an encounter."""
    e, p, inst = d.rows.enc, d.rows.enc["person"][enc], d.rows.enc["inst"][enc]
    who = {
        name: pick(d.persons[name], p)
        for name in ("psn_no", "psn_name", "certno", "psn_insu_rlts_id", "gend", "emp_no", "emp_name", "psn_type")
    }
    day = e["begin"][enc] // DAY
    grade = pick(d.grades, inst)
    return {
        **who,
        "mdtrt_id": ids.text(ids.MDTRT + d.number * ids.PER_DISTRICT + enc),
        "psn_cert_type": "01",
        "naty": "01",
        "brdy": births(d.world.people.birth[p]),
        "age": number(d.years(p, day) * 100),
        "insutype": pick(INSUTYPES, e["insutype"][enc]),
        "cvlserv_flag": "0",
        "flxempe_flag": "0",
        "nwb_flag": pick(("0", "1"), e["newborn"][enc]),
        "insu_admdvs": "999901",
        "pay_loc": "2",
        "fixmedins_code": pick(d.codes, inst),
        "fixmedins_name": pick(d.inst_names, inst),
        "hosp_lv": grade,
        "fix_blng_admdvs": "999901",
        "lmtpric_hosp_lv": grade,
        "dedc_hosp_lv": grade,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": who["certno"],
        "med_type": pick(MED_TYPES, e["med_type"][enc]),
        "year": "2025",
        "dise_no": pick(d.world.cat.chronic.opsp, e["dise"][enc]),
        "pt": "2025",
    }


def mdtrt(d: District) -> pa.Table:
    """One row an encounter."""
    e, cat = d.rows.enc, d.world.cat
    enc = np.arange(d.rows.encounters)
    stays = STAY_TYPES[e["med_type"]]
    only_stay = np.where(stays, 0, -1)
    depts = pa.array([x.dept for x in cat.diagnoses])
    diag_codes, diag_names = pa.array([x.code for x in cat.diagnoses]), pa.array([x.name for x in cat.diagnoses])
    dept, stay_dept = pick(depts, e["diag"]), pick(depts, np.where(stays, e["diag"], -1))
    length = np.where(stays & (e["end"] >= 0), e["end"] // DAY - e["begin"] // DAY, -1)
    till = pick(d.tills, e["inst"] * COUNTERS + e["counter"])
    known = {
        **_encounter_columns(d, enc),
        **d.audit(enc, e["setl"], till),
        "rid": ids.text(ids.MDTRT + d.number * ids.PER_DISTRICT + enc),
        "tel": pick(d.persons["tel"], e["person"]),
        "addr": pick(d.persons["addr"], e["person"]),
        "coner_name": pick(d.persons["coner_name"], e["person"]),
        "begntime": times(e["begin"]),
        "endtime": times(e["end"]),
        "rloc_type": "0",
        "ars_year_ipt_flag": "0",
        "pre_pay_flag": "0",
        "ipt_otp_no": ids.text(9 * 10**11 + d.number * 10**7 + enc),
        "chfpdr_code": pick(d.staff["code"], e["doctor"]),
        "chfpdr_name": pick(d.staff["name"], e["doctor"]),
        "adm_diag_dscr": pick(diag_names, e["diag"]),
        "adm_dept_codg": pick(diag_codes, np.full(len(enc), -1)),
        "adm_dept_name": dept,
        "dscg_maindiag_code": pick(diag_codes, e["diag"]),
        "dscg_maindiag_name": pick(diag_names, e["diag"]),
        "dscg_dept_name": stay_dept,
        "traf_dept_flag": pick(("0",), only_stay),
        "adm_bed": pick([f"{n:02d}床" for n in range(1, 61)], np.where(stays, enc % 60, -1)),
        "dscg_way": pick(("", "1", "2", "3", "4", "5"), np.where(e["dscg_way"] > 0, e["dscg_way"], -1)),
        "oprn_oprt_code": pick(cat.operations, e["oprn"]),
        "inhosp_stas": pick(("0", "1"), np.where(stays, (e["end"] < 0).astype(np.int64), -1)),
        "ipt_days": pa.array(length.astype(np.int32), mask=length < 0),
    }
    return table("mdtrt_d", len(enc), known)


def shares(d: District) -> dict[str, Ints]:
    """Cents of every line by who pays: in full by the person, first by the person, in scope."""
    amount, item = d.rows.line["amount"], d.rows.line["item"]
    level = d.world.cat.pay_level[item]
    own = np.where((d.rows.line["self_paid"] == 1) | (level == 3), amount, 0)
    first = np.where((own == 0) & (level == 2), np.sign(amount) * (np.abs(amount) // 10), 0)
    return {"amount": amount, "own": own, "first": first, "scope": amount - own - first}


@dataclass(frozen=True)
class Settled:
    """Every settlement, first the encounters', then the refunds', with what was paid and by whom, in cents."""

    enc: Ints
    back: npt.NDArray[np.bool_]
    of_line: Ints
    kind: Ints
    stays: npt.NDArray[np.bool_]
    total: dict[str, Ints]
    deductible: Ints
    percent: Ints
    fund: Ints
    minute: Ints


def settled(d: District) -> Settled:
    """Sums are the sums of the lines."""
    e, refund, n = d.rows.enc, d.rows.refund, d.rows.encounters
    enc = np.concatenate([np.arange(n), refund["enc"]])
    back = np.arange(len(enc)) >= n
    of_line = np.where(d.rows.line["setl"] >= 0, d.rows.line["setl"], n - 1 - d.rows.line["setl"])
    total = {k: np.bincount(of_line, v, len(enc)).astype(np.int64) for k, v in shares(d).items()}
    stays = STAY_TYPES[e["med_type"][enc]]
    kind = d.world.inst.kind[e["inst"][enc]]
    deductible = np.where(stays & ~back, np.minimum(DEDUCTIBLES[kind], np.maximum(total["scope"], 0)), 0)
    percent = np.where(e["insutype"][enc] == 2, 100, SHARES[stays.astype(np.int64), kind])
    basis = total["scope"] - deductible
    fund = np.sign(basis) * (np.abs(basis) * percent // 100)
    return Settled(enc, back, of_line, kind, stays, total, deductible, percent, fund,
                   np.concatenate([e["setl"], refund["minute"]]))  # fmt: skip


def owed(d: District, s: Settled) -> Money:
    """What the fund owes to whom: by month of settlement; what is settled in the next year is cleared with December."""
    month = (s.minute // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - 12 * (YEAR - 1970)
    clearing = np.where(s.kind == PHARMACY, 2, s.stays.astype(np.int64))
    return Money(d.rows.enc["inst"][s.enc], clearing, np.clip(month, 0, 11), s.fund)


def setl(d: District, s: Settled) -> pa.Table:
    """One row a settlement."""
    e, n, enc, back, kind, stays, total = d.rows.enc, d.rows.encounters, s.enc, s.back, s.kind, s.stays, s.total
    own_index = np.concatenate([np.arange(n), -1 - np.arange(len(enc) - n)])
    deductible, percent, fund, minute = s.deductible, s.percent, s.fund, s.minute
    person = total["amount"] - fund
    account = np.where((e["insutype"][enc] == 0) & ((kind == PHARMACY) | (person % 3 == 0)), person, 0)
    till = pick(d.tills, e["inst"][enc] * COUNTERS + e["counter"][enc])
    setl_id = ids.text(ids.settlement(d.number, own_index))
    known = {
        **_encounter_columns(d, enc),
        **d.audit(enc, minute, till),
        "setl_id": setl_id,
        "rid": setl_id,
        "clr_optins": "999900",
        "medins_setl_id": setl_id,
        "init_setl_id": ids.text(np.where(back, ids.settlement(d.number, enc), -1)),
        "begndate": days(e["begin"][enc] // DAY),
        "enddate": days(np.where(e["end"][enc] >= 0, e["end"][enc] // DAY, -1)),
        "setl_time": times(minute),
        "setl_type": "2",
        "clr_type": pick(("11", "21", "41"), np.where(kind == PHARMACY, 2, stays.astype(np.int64))),
        "clr_way": pick(("01", "05"), stays.astype(np.int64)),
        "psn_setlway": "01",
        "medfee_sumamt": money(total["amount"]),
        "fulamt_ownpay_amt": money(total["own"]),
        "overlmt_selfpay": money(np.zeros_like(fund)),
        "preselfpay_amt": money(total["first"]),
        "inscp_amt": money(total["scope"]),
        "dedc_std": money(deductible),
        "act_pay_dedc": money(deductible),
        "hifp_pay": money(fund),
        "pool_prop_selfpay": decimal(percent * 100, 5, 4),
        "fund_pay_sumamt": money(fund),
        "psn_pay": money(person),
        "acct_pay": money(account),
        "cash_payamt": money(person - account),
        "balc": money(BALANCE + person * 37 % BALANCE),
        "acct_mulaid_pay": money(np.zeros_like(fund)),
        "refd_setl_flag": pick(("0", "1"), back.astype(np.int64)),
        "cal_ipt_cnt": pick(("0", "1"), stays.astype(np.int64)),
        "invono": ids.text(np.where(back, -1, ids.INVOICE + d.number * ids.PER_DISTRICT + enc)),
        # Twelve tenths of the fee: an ordinary stay is nowhere near its payment standard.
        "bydise_setl_payamt": known_money(np.where(stays & ~back, total["amount"] * 12 // 10, -1)),
        "mid_setl_flag": pick(("0", "1"), (e["end"][enc] < 0).astype(np.int64)),
        "acct_used_flag": pick(("0", "1"), (account != 0).astype(np.int64)),
    }
    return table("setl_d", len(enc), known)


def fees(d: District, first_amounts: dict[int, int]) -> pa.Table:
    """One row a fee line. `first_amounts`: what the first delivery said of lines that were corrected afterwards."""
    line, e, cat = d.rows.line, d.rows.enc, d.world.cat
    enc, n = d.rows.encounter_of_lines(), d.rows.lines
    item, inst, person = line["item"], e["inst"][enc], e["person"][enc]
    part, amount = shares(d), line["amount"]
    if first_amounts:
        amount = amount.copy()
        amount[list(first_amounts)] = list(first_amounts.values())
    goods = cat.goods
    code, name = pa.array([g.code for g in goods]), pa.array([g.name for g in goods])
    local = pa.array([f"Y{i:05d}" for i in range(len(goods))])
    sn = ids.text(ids.LINE + d.number * ids.PER_DISTRICT + np.arange(n))
    item_code, item_name = pick(code, item), pick(name, item)
    setls = np.concatenate([np.arange(d.rows.encounters), -1 - np.arange(len(d.rows.refund["enc"]))])
    of_setl = np.where(line["setl"] >= 0, line["setl"], d.rows.encounters - 1 - line["setl"])
    depts = pa.array([x.dept for x in cat.diagnoses])
    ceiling = cat.prices[d.world.inst.level[inst], item]
    level_two = cat.pay_level[item] == 2
    made = np.where(line["crte"] >= 0, line["crte"], e["setl"][enc])
    audit = {**d.audit(enc, made, pick(d.tills, inst * COUNTERS + e["counter"][enc])), "crte_time": times(line["crte"])}
    known = {
        **audit,
        "bkkp_sn": sn,
        "rid": sn,
        "mdtrt_id": pick(ids.text(ids.MDTRT + d.number * ids.PER_DISTRICT + np.arange(d.rows.encounters)), enc),
        "fee_ocur_time": times(line["minute"]),
        "setl_id": pick(ids.text(ids.settlement(d.number, setls)), of_setl),
        "rx_drord_no": ids.text(np.where(line["rx"] > 0, ids.RX + d.number * 10**10 + enc * 10 + line["rx"], -1)),
        "fixmedins_code": pick(d.codes, inst),
        "fixmedins_name": pick(d.inst_names, inst),
        "psn_no": pick(d.persons["psn_no"], person),
        "psn_insu_rlts_id": pick(d.persons["psn_insu_rlts_id"], person),
        "insu_admdvs": "999901",
        "pay_loc": "2",
        "med_type": pick(MED_TYPES, e["med_type"][enc]),
        "cnt": decimal(line["cnt"] * 100, 16, 4),
        "pric": decimal(line["price"] * 100, 16, 6),
        "det_item_fee_sumamt": money(amount),
        "pric_uplmt_amt": decimal(ceiling * 100, 16, 6),
        "selfpay_prop": decimal(np.where(level_two, 1_000, 0), 5, 4),
        "fulamt_ownpay_amt": money(part["own"]),
        "overlmt_selfpay": money(np.zeros_like(amount)),
        "preselfpay_amt": money(part["first"]),
        "inscp_amt": money(part["scope"]),
        "chrgitm_lv": pick(("01", "02", "03"), np.where(line["self_paid"] == 1, 2, cat.pay_level[item] - 1)),
        "hilist_code": item_code,
        "hilist_name": item_name,
        "list_type": pick([g.list_type for g in goods], item),
        "med_list_codg": item_code,
        "medins_list_codg": pick(local, item),
        "medins_list_name": item_name,
        "med_chrgitm_type": pick([g.charge for g in goods], item),
        "prodname": pick(name, np.where(cat.is_drug[item], item, -1)),
        "spec": pick([g.spec for g in goods], item),
        "dosform_name": pick([g.form or None for g in goods], item),
        "bilg_dept_name": pick(depts, e["diag"][enc]),
        "bilg_dr_code": pick(d.staff["code"], e["doctor"][enc]),
        "bilg_dr_name": pick(d.staff["name"], e["doctor"][enc]),
        "hosp_appr_flag": "0",
        "dscg_tkdrug_flag": pick(("0", "1"), line["take"]),
        "matn_fee_flag": pick(("0", "1"), (e["insutype"][enc] == 2).astype(np.int64)),
        "prd_days": number(np.where(line["days"] >= 0, line["days"] * 100, -1)),
        "init_feedetl_sn": ids.text(np.where(line["init"] >= 0, ids.LINE + d.number * ids.PER_DISTRICT + line["init"], -1)),
        "pt": "2025",
    }
    return table("fee_list_d", n, known)


def corrections(d: District, fee: pa.Table, first_amounts: dict[int, int]) -> pa.Table:
    """The same keys again, later: amounts put right, and now and then the department."""
    rng = np.random.Generator(np.random.PCG64([d.seed, d.number, 5]))
    some = np.flatnonzero((rng.random(d.rows.lines) < CORRECTED_SHARE) & (d.rows.line["crte"] >= 0))
    index = np.union1d(some, np.array(sorted(first_amounts), np.int64))
    again = fee.take(pa.array(index))
    later = times(d.rows.line["crte"][index] + 2 * DAY)
    for name, column in (
        ("det_item_fee_sumamt", money(d.rows.line["amount"][index])),
        ("updt_time", later),
        ("opt_time", later),
        ("memo", pa.array(["更正"] * len(index))),
        ("opter_name", pick(("病案室",), np.zeros(len(index), np.int64))),
    ):
        again = again.set_column(again.schema.get_field_index(name), name, column)
    return again
