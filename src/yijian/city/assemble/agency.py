"""opter_b, opt_log_d, manl_reim_d, clr_d, disb_d, agre_d and staf_psn_clct_detl_d of a district."""

import numpy as np
import pyarrow as pa

from yijian.city import ids
from yijian.city.agency import OPERATORS, PAYS, SCHEME_OPERATORS, SETTLES, Agency
from yijian.city.assemble.columns import days, money, pick, table, times
from yijian.city.assemble.district import District
from yijian.city.background import DAY
from yijian.city.catalogue import INSUTYPES, Ints
from yijian.city.institutions import Institutions
from yijian.city.people import START, YEAR

CLEARING_KINDS = ("11", "21", "41")
INVOICES_ELSEWHERE = 79 * 10**15
AGREEMENT_YEARS = (2024, 2025, 2026)
MONTHLY, YEARLY = (64_000, 16_000), 40_000
"""Cents: what an employer and an employee pay a month, a resident a year."""


def operators(d: District) -> pa.Table:
    """Those of the district, and further ones for the schemes."""
    n = len(OPERATORS) + SCHEME_OPERATORS
    number = np.arange(n)
    return table(
        "opter_b",
        n,
        {
            "opter_id": d.operators,
            "opter_name": pick([f"经办员{i + 1}" for i in range(n)], number),
            "optins_no": "999900",
            "role_code": pick(["，".join(roles) for roles in OPERATORS], np.where(number < len(OPERATORS), number, -1)),
            "payee_acct": pa.array([f"9999{d.number:05d}8{i:04d}" for i in range(n)]),
            "begntime": times(np.full(n, (START - 1_500) * DAY)),
        },
    )


def log(d: District, agency: Agency) -> pa.Table:
    """The reviews of settlements: all of them once, some stays twice."""
    n = len(agency.review_of)
    return table(
        "opt_log_d",
        n,
        {
            "rid": ids.text(ids.LOG + d.number * ids.PER_DISTRICT + np.arange(n)),
            "opter_id": pick(d.operators, agency.review_by),
            "opter_name": pick([f"经办员{i + 1}" for i in range(len(OPERATORS))], agency.review_by),
            "opt_time": times(agency.review_time),
            "biz_type": "结算审核",
            "biz_step": pick(("初审", "复审"), agency.review_step),
            "record_table": "setl_d",
            "record_id": ids.text(ids.SETL + d.number * ids.PER_DISTRICT + agency.review_of),
        },
    )


def reimbursements(d: District, agency: Agency) -> pa.Table:
    """Paid by hand for treatment elsewhere: entered by a first reviewer, reviewed by a second."""
    n, base = len(agency.reimbursed), d.number * ids.PER_DISTRICT
    number = np.arange(n)
    by, reviewer = 3 + number % 4, 7 + number % 2
    elsewhere = [f"H888888{i:05d}" for i in range(1, 41)]
    names = [f"外省示例医院（{i}）" for i in range(1, 41)]
    return table(
        "manl_reim_d",
        n,
        {
            "manl_reim_id": ids.text(ids.REIMBURSEMENT + base + number),
            "psn_no": d.persons["psn_no"].take(pa.array(agency.reimbursed)),
            "invono": ids.text(INVOICES_ELSEWHERE + base + number),
            "issuer_code": pick(elsewhere, agency.visited % 40),
            "issuer_name": pick(names, agency.visited % 40),
            "begndate": days(agency.visited),
            "enddate": days(agency.visited + number % 6),
            "medfee_sumamt": money(agency.asked),
            "fund_pay_sumamt": money(agency.asked * 45 // 100),
            "payee_acct": pa.array([f"9999{d.number:05d}0{p:08d}" for p in agency.reimbursed.tolist()], pa.string()),
            "opter_id": pick(d.operators, by),
            "opter_name": pick([f"经办员{i + 1}" for i in range(len(OPERATORS))], by),
            "opt_time": times(agency.entered),
            "reviewer_id": pick(d.operators, reviewer),
            "reviewer_name": pick([f"经办员{i + 1}" for i in range(len(OPERATORS))], reviewer),
            "review_time": times(agency.reviewed),
            "vali_flag": "1",
        },
    )


def clearings(d: District, agency: Agency) -> pa.Table:
    c = agency.clearing
    return table(
        "clr_d",
        len(c["inst"]),
        {
            "clr_id": _clearing_ids(d, agency),
            "fixmedins_code": pick(d.codes, c["inst"]),
            "clr_type": pick(CLEARING_KINDS, c["kind"]),
            "clr_way": pick(("01", "05", "01"), c["kind"]),
            "begndate": days(c["begin"]),
            "enddate": days(c["end"]),
            "clr_appy_amt": money(c["asked"]),
            "clr_aprv_amt": money(c["granted"]),
            "clr_time": times(c["time"]),
            "opter_id": pick(d.operators, c["by"]),
            "reviewer_id": pick(d.operators, c["reviewer"]),
            "vali_flag": "1",
        },
    )


def disbursements(d: District, agency: Agency) -> pa.Table:
    """One for every clearing, of what was granted."""
    c, n = agency.clearing, len(agency.clearing["inst"])
    return table(
        "disb_d",
        n,
        {
            "disb_id": ids.text(ids.DISBURSEMENT + d.number * ids.PER_DISTRICT + np.arange(n)),
            "clr_id": _clearing_ids(d, agency),
            "fixmedins_code": pick(d.codes, c["inst"]),
            "disb_amt": money(c["granted"]),
            "disb_time": times(c["paid"]),
            "disb_type": "1",
            "payee_acct": pick(pa.array([f"99997{code[-8:]}" for code in d.codes.to_pylist()]), c["inst"]),
            "opter_id": pick(d.operators, np.full(n, PAYS)),
            "reviewer_id": pick(d.operators, np.full(n, SETTLES)),
            "vali_flag": "1",
        },
    )


def _clearing_ids(d: District, agency: Agency) -> pa.Array:
    return ids.text(ids.CLEARING + d.number * ids.PER_DISTRICT + np.arange(len(agency.clearing["inst"])))


def agreements(d: District) -> pa.Table:
    """A year each, signed before it begins; the years that are over were assessed."""
    own = np.flatnonzero(np.array(d.world.inst.own))
    inst, year = np.repeat(own, len(AGREEMENT_YEARS)), np.tile(np.array(AGREEMENT_YEARS), len(own))
    begin = np.array([f"{y}-01-01" for y in AGREEMENT_YEARS], "datetime64[D]").astype(np.int64)[year - AGREEMENT_YEARS[0]]
    end = np.array([f"{y + 1}-01-01" for y in AGREEMENT_YEARS], "datetime64[D]").astype(np.int64)[year - AGREEMENT_YEARS[0]] - 1
    over = year < AGREEMENT_YEARS[-1]
    score = pa.array([None if not done else 80 + n % 20 for n, done in enumerate(over.tolist())], pa.int32())
    return table(
        "agre_d",
        len(inst),
        {
            "agre_no": pa.array(
                [f"AG{y}{d.world.inst.serial[i]:05d}" for i, y in zip(inst.tolist(), year.tolist(), strict=True)]
            ),
            "fixmedins_code": pick(d.codes, inst),
            "agre_type": "1",
            "begndate": days(begin),
            "enddate": days(end),
            "agre_stas": "1",
            "sign_date": days(begin - 12),
            "asmt_year": pick([str(y) for y in AGREEMENT_YEARS], np.where(over, year - AGREEMENT_YEARS[0], -1)),
            "disb_lmt_days": pa.array(np.full(len(inst), 30, np.int32)),
            "asmt_score": score.cast(pa.decimal128(10, 0)).cast(pa.decimal128(8, 2)),
        },
    )


def agreement_numbers(inst: Institutions) -> Ints:
    """By which numbers scenes know the rows of `agreements`: see `Institutions.agreement`."""
    own = np.flatnonzero(np.array(inst.own))
    return (inst.agreement(own)[:, None] + np.arange(len(AGREEMENT_YEARS)) - 1).ravel()


def contributions(d: District) -> pa.Table:
    """Employees month by month until they die, residents once for the year; the retired pay nothing."""
    people, kinds = d.world.people, d.persons["psn_type"].to_pylist()
    working = np.flatnonzero(np.array([kind == "1101" for kind in kinds]))
    resident = np.flatnonzero(people.insutype != 0)
    died = np.maximum(people.die[working], 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    last = np.where(people.die[working] < 0, 12, died - 12 * (YEAR - 1970) + 1)
    person = np.concatenate([np.repeat(working, last), resident])
    month = np.concatenate([_months(last), np.zeros(len(resident), np.int64)])
    monthly = np.arange(len(person)) < int(last.sum())
    began, ended = [f"2025{m:02d}" for m in range(1, 13)], [f"2025{m:02d}" for m in range(1, 13)]
    paid = np.where(monthly, START + month * 30 + 9, START - 20 - person % 30)
    amount = np.where(monthly, sum(MONTHLY), YEARLY)
    return table(
        "staf_psn_clct_detl_d",
        len(person),
        {
            "psn_clct_detl_id": ids.text(ids.CONTRIBUTION + d.number * ids.PER_DISTRICT + np.arange(len(person))),
            "psn_no": pick(d.persons["psn_no"], person),
            "insutype": pick(INSUTYPES, people.insutype[person]),
            "clct_type": "10",
            "clct_flag": "1",
            "revs_flag": "Z",
            "clct_time": times(paid * DAY + 600),
            "clct_sumamt": money(amount),
            "accrym_begn": pick(began, month),
            "accrym_end": pick(ended, np.where(monthly, month, 11)),
            "cashym": pick(began, month),
            "emp_clct_amt": money(np.where(monthly, MONTHLY[0], 0)),
            "psn_clct_amt": money(np.where(monthly, MONTHLY[1], YEARLY)),
        },
    )


def _months(count: Ints) -> Ints:
    """0, 1 … for each of these counts, one after the other."""
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
