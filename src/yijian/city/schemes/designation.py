"""Who may bill at all: institutions whose agreement is suspended or ended, and cards swiped for a shop without one."""

import numpy as np

from yijian.city.institutions import PHARMACY
from yijian.city.people import START
from yijian.city.stage import SCHEME_TILL, Stage

SUSPENDED, UNTIL, ENDED = START + 315, START + 330, START + 335
"""After the other scenes have played: the institutions are nobody else's then."""
FUND_SHARE = 60
"""Per cent that the fund pays of a visit at a primary institution."""
NIGHT, GAP = 12, 11
"""Minutes after midnight of the first card, and between two cards: no till serves five people in ten minutes."""
BOUGHT = ("云南白药气雾剂", "活血止痛膏", "复方丹参滴丸", "连花清瘟胶囊", "板蓝根颗粒", "维生素C片", "感冒清热颗粒")


def suspended_institution_paid(stage: Stage) -> None:
    """Paid in the suspension or after the end; look-alikes: the day before it, the day after it, already in hospital then."""
    rule = "suspended_institution_paid"
    resting, ended = stage.spare(1, 3), stage.spare(1, 4)
    paused, over = stage.world.inst.agreement(np.array([resting, ended])).tolist()
    stage.edits.change("agre_d", paused, agre_stas="2", susp_begndate=SUSPENDED, susp_enddate=UNTIL)
    stage.edits.change("agre_d", over, agre_stas="3", term_date=ENDED)
    for n in range(stage.k):
        inst, day, note = (
            (resting, SUSPENDED, "协议中止当日就诊"),
            (ended, ENDED + 1, "协议解除次日就诊"),
            (resting, UNTIL, "中止期最后一日就诊"),
            (ended, ENDED + 12, "协议解除后就诊"),
        )[n % 4]
        enc = stage.visit(stage.person(), inst, day)
        stage.bill(enc, "感冒清热颗粒")
        stage.hit(rule, enc, amount=stage.total(enc) * FUND_SHARE // 100, note=note)
        if n % 4 == 1:
            stage.near(rule, stage.stay(stage.person(), resting, SUSPENDED - 1, 6), note="中止前已住院")
            continue
        inst, day, note = {
            0: (resting, SUSPENDED - 1, "中止前一日"),
            2: (ended, ENDED, "协议解除当日"),
            3: (resting, UNTIL + 1, "中止期满次日"),
        }[n % 4]
        enc = stage.visit(stage.person(), inst, day)
        stage.bill(enc, "感冒清热颗粒")
        stage.near(rule, enc, note=note)


def billed_for_undesignated(stage: Stage) -> None:
    """Ten people at a pharmacy in the dead of night; look-alikes: nine, and ten by day."""
    rule = "billed_for_undesignated"
    for n in range(max(min(stage.k, 2), stage.k // 4)):
        first, *others = _customers(stage, 10 + n % 3, NIGHT)
        whole = sum(map(stage.total, (first, *others)))
        stage.hit(rule, first, others=others, amount=whole, note="深夜集中刷卡")
        count, minute, note = ((9, NIGHT, "深夜九人"), (10, 600, "日间十人"))[n % 2]
        first, *others = _customers(stage, count, minute)
        stage.near(rule, first, others=others, note=note)


def _customers(stage: Stage, count: int, minute: int) -> list[int]:
    pharmacy, day = stage.inst(PHARMACY), stage.day()
    encs: list[int] = []
    for number in range(count):
        enc = stage.purchase(stage.person(), pharmacy, day, minute=minute + number * GAP, till=SCHEME_TILL)
        stage.bill(enc, BOUGHT[(day + number) % len(BOUGHT)], 1 + number // len(BOUGHT))
        encs.append(enc)
    return encs


SCENES = {
    "suspended_institution_paid": suspended_institution_paid,
    "billed_for_undesignated": billed_for_undesignated,
}
"""Rule → its scene."""
