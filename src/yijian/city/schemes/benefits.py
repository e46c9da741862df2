"""What people claim for themselves: paid twice, with forged papers, insured twice, under a special disease they do not have."""

import numpy as np

from yijian.city import ids
from yijian.city.background import DAY
from yijian.city.institutions import staff_code
from yijian.city.people import START
from yijian.city.stage import Stage
from yijian.city.workdays import workday_after

HYPERTENSION, DIABETES = "M03900", "M01600"
NEXT_YEAR = START + 370
"""Registrations are judged when the year before them lies in the data."""


def reimburse(stage: Stage, person: int, issuer: str, invoice: str, day: int, cents: int, **more: str) -> str:
    """A manual reimbursement of an invoice, entered and reviewed by two; its number."""
    number = stage.number(ids.REIMBURSEMENT)
    stage.edits.add(
        "manl_reim_d", **{
            "manl_reim_id": number, "psn_no": stage.psn_no(person), "invono": invoice, "issuer_code": issuer,
            "issuer_name": f"开票机构{issuer[-4:]}", "begndate": day, "enddate": day, "medfee_sumamt": cents,
            "fund_pay_sumamt": cents * 55 // 100, "payee_acct": f"99999901{stage.psn_no(person)[-11:]}",
            "opter_id": stage.operator(3), "opter_name": "经办员4", "opt_time": at_desk(day + 30),
            "reviewer_id": stage.operator(7), "reviewer_name": "经办员8", "review_time": at_desk(day + 32), "vali_flag": "1",
            **more,
        },
    )  # fmt: skip
    return number


def at_desk(day: int) -> int:
    """Ten o'clock on the first working day after a day."""
    return int(workday_after(np.array([day]), 1)[0]) * DAY + 600


def _invoice(stage: Stage, enc: int) -> str:
    return str(ids.INVOICE + stage.district * ids.PER_DISTRICT + enc)


def _seen(stage: Stage, person: int, inst: int) -> int:
    enc = stage.visit(person, inst, stage.day())
    stage.bill(enc, "腹部彩超")
    return enc


def reimbursed_twice(stage: Stage) -> None:
    """Settled online and again by hand, or twice by hand; look-alikes: refunded first, voided, another issuer's number."""
    rule = "reimbursed_twice"
    for n in range(stage.k):
        person, inst = stage.person(), stage.inst(2)
        enc = _seen(stage, person, inst)
        day, cents = stage.settled(enc) // DAY, stage.total(enc)
        issuer, invoice = (stage.code(inst), _invoice(stage, enc)) if n % 2 else (f"H888888{n:05d}", f"88{stage.number(0):0>15}")
        if not n % 2:
            reimburse(stage, person, issuer, invoice, day, cents)
        number = reimburse(stage, person, issuer, invoice, day + 3, cents)
        note = "已联网结算又零星报销" if n % 2 else "同一发票报销两次"
        stage.judge(rule, "hit", [number], person=person, inst=inst, amount=cents * 55 // 100, note=note)
        _lawful_reimbursement(stage, n)


def _lawful_reimbursement(stage: Stage, n: int) -> None:
    person, inst = stage.person(), stage.inst(2)
    enc = _seen(stage, person, inst)
    day, cents, issuer, more = stage.settled(enc) // DAY, stage.total(enc), stage.code(inst), {}
    if n % 3 == 0:
        stage.refund(enc)
        note = "联网结算已整单退费，再零星报销"
    elif n % 3 == 1:
        more, note = {"vali_flag": "0"}, "报销记录已作废"
    else:
        issuer, note = "H888888000099"[:12], "另一家机构的发票"
    number = reimburse(stage, person, issuer, _invoice(stage, enc), day, cents, **more)
    stage.judge("reimbursed_twice", "near_miss", [number], person=person, inst=inst, amount=0, note=note)


def invoice_forged(stage: Stage) -> None:
    """Somebody else's invoice, or a number the issuer never used; look-alikes: a right number, an issuer nobody knows."""
    rule = "invoice_forged"
    for n in range(stage.k):
        inst, person = stage.inst(2), stage.person()
        enc = _seen(stage, stage.person(), inst)
        day, cents = stage.settled(enc) // DAY, stage.total(enc)
        issuer, invoice, note = stage.code(inst), _invoice(stage, enc), "他人已用同一张发票结算"
        if n % 3 == 1:
            invoice, note = f"9{n:07d}", "开票机构没有开过这种号码的发票"
        elif n % 3 == 2:
            issuer, invoice, note = "H88888800777", f"88{stage.number(0):0>15}", "两人用同一张发票报销"
            other = reimburse(stage, stage.person(), issuer, invoice, day, cents)
            stage.judge(rule, "hit", [other], amount=cents * 55 // 100, note=note)
        number = reimburse(stage, person, issuer, invoice, day, cents)
        stage.judge(rule, "hit", [number], person=person, inst=inst, amount=cents * 55 // 100, note=note)
        person, own = stage.person(), n % 2
        invoice = f"79{stage.number(0):0>15}" if own else f"9{stage.district:03d}{n:04d}"
        number = reimburse(stage, person, stage.code(inst) if own else "H88888800778", invoice, day, cents)
        note = "未联网结算的发票，号码规律相符" if own else "外地开票机构，号码规律不知"
        stage.judge(rule, "near_miss", [number], person=person, amount=0, note=note)


def insured_twice(stage: Stage) -> None:
    """Two basic insurances at once, and both paid; look-alikes: one after the other, only one of them paid."""
    rule = "insured_twice"
    for n in range(stage.k):
        person, day = stage.person(), stage.day()
        number, other = _second_relation(stage, person, day - 30)
        for when, later in ((day, False), (day + 9, True)):
            _paid_under(stage, person, when, number if later else "", other)
        stage.judge(rule, "hit", [number], person=person, amount=0, note="两种基本医保同时有效且都支付过")
        person, day = stage.person(), stage.day()
        number, other = _second_relation(stage, person, day - 2)
        if n % 2:
            stage.edits.change("psn_insu_d", person, psn_insu_stas="4", paus_insu_date=day - 3)
            _paid_under(stage, person, day - 6, "", other)
        _paid_under(stage, person, day + 9, number, other)
        note = "先后参保，没有重叠" if n % 2 else "重叠期间只有一边支付过"
        stage.judge(rule, "near_miss", [number], person=person, amount=0, note=note)


def _second_relation(stage: Stage, person: int, since: int) -> tuple[str, str]:
    """A second insurance in another place from a day on: its number and its kind."""
    kind = "390" if int(stage.world.people.insutype[person]) == 0 else "310"
    number = stage.number(ids.RELATION)
    stage.edits.add("psn_insu_d", psn_no=stage.psn_no(person), psn_insu_rlts_id=number, insutype=kind, psn_insu_stas="1",
                    psn_clct_stas="1", insu_admdvs="999902", psn_insu_date=since, insutype_retr_flag="0")  # fmt: skip
    contribute(stage, person, kind, 1, 12)
    return number, kind


def contribute(stage: Stage, person: int, insutype: str, first: int, last: int, *, reversed_: bool = False) -> None:
    """Contributions of a year's months `first` … `last`."""
    stage.edits.add(
        "staf_psn_clct_detl_d", psn_clct_detl_id=stage.number(ids.CONTRIBUTION), psn_no=stage.psn_no(person), insutype=insutype,
        clct_type="10", clct_flag="1", revs_flag="C" if reversed_ else "Z", clct_time=(START + first * 30 - 20) * DAY + 600,
        clct_sumamt=40_000, accrym_begn=f"2025{first:02d}", accrym_end=f"2025{last:02d}", cashym=f"2025{first:02d}",
        emp_clct_amt=0, psn_clct_amt=40_000,
    )  # fmt: skip


def _paid_under(stage: Stage, person: int, day: int, relation: str, kind: str) -> None:
    enc = stage.visit(person, stage.inst(2), day)
    stage.bill(enc, "腹部彩超")
    if relation:
        stage.edits.change("setl_d", enc, psn_insu_rlts_id=relation, insutype=kind)


def register(stage: Stage, person: int, disease: str, begin: int, review: int, end: int, **more: str) -> str:
    """A registration of a special disease; its number."""
    number, hospital = stage.number(ids.REGISTRATION), stage.inst(2)
    expert = staff_code(int(stage.world.inst.serial[hospital]), person % 10)
    stage.edits.add(
        "opsp_reg_d", **{
            "trt_dcla_detl_sn": number, "psn_no": stage.psn_no(person), "insutype": "390", "opsp_dise_code": disease,
            "opsp_dise_name": "高血压" if disease == HYPERTENSION else "糖尿病", "begndate": begin, "enddate": end,
            "review_date": review, "fixmedins_code": stage.code(hospital), "expert_code": expert,
            "opter_id": stage.operator(3), "reviewer_id": stage.operator(7), "aprv_rslt": "1", **more,
        },
    )  # fmt: skip
    return number


def special_disease_review_overdue(stage: Stage) -> None:
    """Paid after the day of the review; look-alikes: on that day, reviewed and registered anew."""
    rule = "special_disease_review_overdue"
    for n in range(stage.k):
        person, day = stage.person(age=(50, 75)), stage.day()
        number = register(stage, person, HYPERTENSION, day - 760, day - 1 - n % 25, day + 400)
        enc = _special(stage, person, day)
        stage.judge(rule, "hit", [number], person=person, amount=stage.total(enc) * 55 // 100, note="逾期未复审仍享受待遇")
        person, day = stage.person(age=(50, 75)), stage.day()
        number = register(stage, person, HYPERTENSION, day - 730, day if n % 2 else day - 20, day + 400)
        if not n % 2:
            register(stage, person, HYPERTENSION, START - 40, day + 700, day + 720)
        _special(stage, person, day)
        stage.judge(rule, "near_miss", [number], person=person, amount=0, note="复审日当日" if n % 2 else "已重新认定")


def _special(stage: Stage, person: int, day: int) -> int:
    enc = stage.visit(person, stage.inst(2), day, diag="高血压", med_type="14")
    stage.special(enc, HYPERTENSION)
    stage.bill(enc, "缬沙坦胶囊")
    return enc


def special_disease_without_evidence(stage: Stage) -> None:
    """Registered without one encounter of the disease in the year before; look-alikes: one on the first day of it."""
    rule = "special_disease_without_evidence"
    for n in range(stage.k):
        disease, diag = ((DIABETES, "糖尿病"), (HYPERTENSION, "高血压"))[n % 2]
        person = stage.person(age=(50, 75), unseen=True)
        if n % 3 == 0:
            stage.visit(person, stage.inst(2), stage.day(), diag="膝骨关节炎")
        number = register(stage, person, disease, NEXT_YEAR, NEXT_YEAR + 730, NEXT_YEAR + 730)
        stage.judge(rule, "hit", [number], person=person, amount=0, note="此前一年没有相应诊断的就诊")
        person = stage.person(age=(50, 75))
        stage.visit(person, stage.inst(2), NEXT_YEAR - 365 if n % 2 else stage.day(), diag=diag)
        number = register(stage, person, disease, NEXT_YEAR, NEXT_YEAR + 730, NEXT_YEAR + 730)
        note = "恰在一年前就诊" if n % 2 else "此前一年有相应诊断"
        stage.judge(rule, "near_miss", [number], person=person, amount=0, note=note)


SCENES = {
    "reimbursed_twice": reimbursed_twice,
    "invoice_forged": invoice_forged,
    "insured_twice": insured_twice,
    "special_disease_review_overdue": special_disease_review_overdue,
    "special_disease_without_evidence": special_disease_without_evidence,
}
"""Rule → its scene."""
