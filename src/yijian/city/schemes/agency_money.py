"""What the agency paid and to whom: too much, too late, for nothing, to one account for many, without an agreement."""

import numpy as np

from yijian.city import ids
from yijian.city.agency import OPERATORS, PAYS, SETTLES
from yijian.city.people import START
from yijian.city.schemes.benefits import at_desk, reimburse
from yijian.city.stage import Stage

SCHEMER = len(OPERATORS)
CLEARED = START + 150


def clear(stage: Stage, inst: int, asked: int, granted: int, *, day: int = CLEARED, by: int = 3) -> str:
    """A clearing with an institution (cents); its number."""
    number = stage.number(ids.CLEARING)
    stage.edits.add(
        "clr_d", clr_id=number, fixmedins_code=stage.code(inst), clr_type="11", clr_way="01", begndate=day - 40,
        enddate=day - 10, clr_appy_amt=asked, clr_aprv_amt=granted, clr_time=at_desk(day), opter_id=stage.operator(by),
        reviewer_id=stage.operator(7), vali_flag="1",
    )  # fmt: skip
    return number


def disburse(stage: Stage, inst: int, cents: int, clearing: str | None, *, after: int = 14, kind: str = "1") -> str:
    """Paid so many days after the day of clearings; the number of the disbursement."""
    number = stage.number(ids.DISBURSEMENT)
    stage.edits.add(
        "disb_d", disb_id=number, clr_id=clearing, fixmedins_code=stage.code(inst), disb_amt=cents, disb_type=kind,
        disb_time=at_desk(CLEARED + after), payee_acct=f"99997{stage.code(inst)[-8:]}", opter_id=stage.operator(PAYS),
        reviewer_id=stage.operator(SETTLES), vali_flag="1",
    )  # fmt: skip
    return number


def overpaid_institution(stage: Stage) -> None:
    """More than was cleared, at once or in two parts; look-alikes: two parts that add up, less than was cleared."""
    for n in range(stage.k):
        inst, owed = stage.inst(2), 8_000_000 + 10_000 * n
        number = clear(stage, inst, owed * 103 // 100, owed)
        parts = (owed, owed // 2) if n % 2 else (owed + 120_000,)
        paid = [disburse(stage, inst, cents, number) for cents in parts]
        note = "同一清算拨付两次" if n % 2 else "拨付多于核准"
        stage.judge("overpaid_institution", "hit", paid, inst=inst, amount=sum(parts) - owed, note=note)
        number = clear(stage, inst, owed * 103 // 100, owed)
        paid = [disburse(stage, inst, cents, number) for cents in (owed // 4, owed - owed // 4)]
        stage.judge("overpaid_institution", "near_miss", paid, inst=inst, amount=0, note="分两次付清")


def payment_without_claim(stage: Stage) -> None:
    """Nothing behind it, or another institution's clearing; look-alikes: an advance, a payment for its own clearing."""
    rule = "payment_without_claim"
    for n in range(stage.k):
        inst = stage.inst(2)
        other = stage.inst(1)
        own = clear(stage, other, 510_000, 500_000)
        disburse(stage, other, 500_000, own)
        wrong = (None, f"{ids.CLEARING}404{n:03d}", own)[n % 3]
        paid = disburse(stage, inst, 300_000 + n, wrong)
        note = ("没有写清算编号", "所写的清算不存在", "清算属于另一家机构")[n % 3]
        stage.judge(rule, "hit", [paid], inst=inst, amount=300_000 + n, note=note)
        if n % 3 == 2:  # what the other institution was owed has gone out twice
            stage.judge("overpaid_institution", "hit", [paid], inst=other, amount=300_000 + n, note="被另一家机构冒领")
        paid = disburse(stage, inst, 900_000, None, kind="2")
        stage.judge(rule, "near_miss", [paid], inst=inst, amount=0, note="预付金")


def arrears_to_institution(stage: Stage) -> None:
    """Paid after two months, in part, never; look-alike: paid on the last working day that the agreement grants."""
    rule = "arrears_to_institution"
    for n in range(stage.k):
        inst = stage.inst(1)
        number = clear(stage, inst, 2_100_000, 2_000_000)
        if n % 3:
            disburse(stage, inst, 2_000_000 if n % 3 == 1 else 1_200_000, number, after=62 if n % 3 == 1 else 14)
        note = ("一直没有拨付", "两个月后才拨付", "只付了一部分")[n % 3]
        stage.judge(rule, "hit", [number], inst=inst, amount=2_000_000 if n % 3 < 2 else 800_000, note=note)
        number = clear(stage, inst, 2_100_000, 2_000_000)
        disburse(stage, inst, 2_000_000, number, after=42 if n % 2 else 10)
        stage.judge(rule, "near_miss", [number], inst=inst, amount=0, note="恰在约定的工作日内" if n % 2 else "十日内付清")


def unusual_clearing(stage: Stage) -> None:
    """Never cuts one institution and always the others; look-alikes: cuts that one too, has only five of its claims."""
    rule = "unusual_clearing"
    for n, (verdict, favoured, times, note) in enumerate((
        ("hit", 0, 6, "对一家机构从不核减"), ("hit", 1, 8, "对一家机构几乎不核减"),
        ("near_miss", 30, 7, "对各家一样核减"), ("near_miss", 0, 5, "笔数太少"),
    )):  # fmt: skip
        one, other = stage.spare(1, n), stage.spare(2, n)
        numbers = [_paid_out(stage, one, 1_000_000, favoured, SCHEMER + n) for _ in range(times)]
        for _ in range(7):
            _paid_out(stage, other, 1_000_000, 40, SCHEMER + n)
        amount = times * (1_000_000 * (40 - favoured) // 1_000)
        stage.judge(rule, verdict, [f"clr_d|{one}" for one in numbers], amount=amount if verdict == "hit" else 0, note=note)


def _paid_out(stage: Stage, inst: int, asked: int, cut: int, by: int) -> str:
    """A clearing that cuts so many thousandths, and its disbursement."""
    granted = asked - asked * cut // 1_000
    number = clear(stage, inst, asked, granted, by=by)
    disburse(stage, inst, granted, number)
    return number


def payee_reused(stage: Stage) -> None:
    """Four unrelated people's benefits on one account, or an operator's own; look-alikes: three of a family, one person often."""
    rule = "payee_reused"
    for n in range(stage.few):
        own = f"9999{stage.district:05d}8{SCHEMER + n % 3:04d}"
        for verdict, people, times, account, note in (
            ("hit", 4 + n, 1, f"99996{stage.district:04d}1{n:03d}", "一个账户收取多人待遇"),
            ("hit", 1, 2, own, "经办人员本人的账户"),
            ("near_miss", 3, 1, f"99996{stage.district:04d}2{n:03d}", "一家三口共用"),
            ("near_miss", 1, 6, f"99996{stage.district:04d}3{n:03d}", "一人多次报销"),
        ):
            numbers = [
                reimburse(stage, person, "H88888800600", f"88{stage.number(0):0>15}", stage.day(), 90_000, payee_acct=account)
                for person in [stage.person() for _ in range(people)]
                for _ in range(times)
            ]
            stage.judge(rule, verdict, numbers, amount=len(numbers) * 90_000 * 55 // 100, note=note)


def agreement_overdue(stage: Stage) -> None:
    """The agreement ran out and the fund went on paying; look-alikes: on its last day, renewed the next day."""
    rule = "agreement_overdue"
    for n, (verdict, gap, note) in enumerate((
        ("hit", 5, "协议到期后仍由基金支付"), ("hit", 60, "协议到期后仍由基金支付"),
        ("near_miss", 0, "协议最后一日"), ("near_miss", -1, "到期次日已续签"),
    )):  # fmt: skip
        inst, day = stage.spare(1, n + 7), stage.day(START + 200)
        encs = [stage.visit(stage.person(), inst, day) for _ in range(3)]
        until = day - gap if gap >= 0 else day - 1
        stage.edits.change("agre_d", int(stage.world.inst.agreement(np.array([inst]))[0]), enddate=until)
        if gap < 0:
            stage.edits.add("agre_d", agre_no=f"AGX{stage.code(inst)}", fixmedins_code=stage.code(inst), agre_type="1",
                            begndate=day, enddate=START + 364, agre_stas="1", sign_date=day - 3, disb_lmt_days=30)  # fmt: skip
        stage.label(rule, verdict, encs[0], others=encs[1:], amount=sum(map(stage.total, encs)), note=note)


SCENES = {
    "overpaid_institution": overpaid_institution,
    "payment_without_claim": payment_without_claim,
    "arrears_to_institution": arrears_to_institution,
    "unusual_clearing": unusual_clearing,
    "payee_reused": payee_reused,
    "agreement_overdue": agreement_overdue,
}
"""Rule → its scene."""
