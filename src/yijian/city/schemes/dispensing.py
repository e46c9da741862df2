"""Drugs beyond need, cards in one hand, and one box sold twice."""

from yijian.city.institutions import PHARMACY
from yijian.city.stage import POOL_TILL, Stage

DRUG, PACK = "苯磺酸氨氯地平片", 28
LIMIT = 30


def excess_dispensing(stage: Stage) -> None:
    """Supply far ahead of the calendar; look-alikes: a week early, 84 days when registered, double before a holiday."""
    rule = "excess_dispensing"
    for n in range(stage.k):
        person, day = stage.person(age=(50, 80)), stage.day()
        gap, held, last = 3 + n % 3, 0, day
        for round_ in range(4):
            now = day + round_ * gap
            enc = stage.purchase(person, stage.inst(PHARMACY), now)
            ahead = max(held - (now - last), 0)
            line = stage.bill(enc, DRUG)
            if ahead > LIMIT:
                over = stage.amount([line]) * min(PACK, ahead - LIMIT) / PACK
                stage.hit(rule, enc, [line], amount=round(over), note=f"再次购药时手中尚有{ahead}天用量")
            held, last = ahead + PACK, now
        _lawful_supply(stage, n)


def _lawful_supply(stage: Stage, n: int) -> None:
    person, day = stage.person(age=(50, 80)), stage.day()
    enc = line = -1
    if n % 3 == 0:
        for round_ in range(4):
            enc = stage.purchase(person, stage.inst(PHARMACY), day + 21 * round_)
            line = stage.bill(enc, DRUG)
        note = "每次提前一周续方"
    elif n % 3 == 1:
        stage.world.people.chronic[person], stage.world.people.registered[person] = 0, 1
        for begin in (day, day + 20):
            enc = stage.visit(person, stage.inst(2), begin, diag="高血压", med_type="14")
            line = stage.bill(enc, DRUG, 3)
        note = "慢特病备案长处方84天"
    else:
        for begin, packs in ((day, 2), (day + 29, 1)):
            enc = stage.purchase(person, stage.inst(PHARMACY), begin)
            line = stage.bill(enc, DRUG, packs)
        note = "节前备药"
    stage.near("excess_dispensing", enc, [line], note=note)


def pooled_cards(stage: Stage) -> None:
    """Five cards in ten minutes, or the same cards on three days; look-alikes: four in ten minutes, a family once."""
    rule = "pooled_cards"
    for n in range(max(2, stage.k)):
        pharmacy = stage.inst(PHARMACY)
        if n % 2 == 0:
            first, others = _queue(stage, pharmacy, 5 + n % 3, 1)
            total = sum(map(stage.total, (first, *others)))
            stage.hit(rule, first, others=others, amount=total, note="十分钟内连续刷卡")
        else:
            cards = [stage.person() for _ in range(5)]
            for _ in range(3):
                first, others = _queue(stage, pharmacy, 5, 11, cards)
                total = sum(map(stage.total, (first, *others)))
                stage.hit(rule, first, others=others, amount=total, note="同一组卡三日在同一收银台")
        pharmacy = stage.inst(PHARMACY)
        count, gap, note = ((4, 3, "忙碌的柜台，十分钟四人"), (5, 40, "一家五口，一个下午"))[n % 2]
        enc, others = _queue(stage, pharmacy, count, gap)
        stage.near(rule, enc, note=note, others=others)


def _queue(stage: Stage, pharmacy: int, count: int, gap: int, cards: list[int] | None = None) -> tuple[int, list[int]]:
    """Purchases `gap` minutes apart at one till: the first and the others."""
    day = stage.till_day(pharmacy)
    encs: list[int] = []
    for number, person in enumerate(cards or [stage.person() for _ in range(count)]):
        enc = stage.purchase(person, pharmacy, day, minute=860 + number * gap, till=POOL_TILL)
        stage.bill(enc, "云南白药气雾剂")
        encs.append(enc)
    return encs[0], encs[1:]


def trace_code_repeated(stage: Stage) -> None:
    """One box sold twice; look-alike: sold, returned, sold again."""
    rule = "trace_code_repeated"
    for n in range(stage.k):
        code = f"8{stage.district:05d}{n:06d}00000001"[:20]
        encs = _sell_twice(stage, code, stage.inst(PHARMACY), returned=False)
        stage.hit(rule, encs[0], others=encs[1:], amount=sum(map(stage.total, encs)), note="同一追溯码两次结算")
        encs = _sell_twice(stage, code[:-1] + "2", stage.inst(PHARMACY), returned=True)
        stage.near(rule, encs[0], others=encs[1:], note="退货后再次售出")


def _sell_twice(stage: Stage, code: str, pharmacy: int, *, returned: bool) -> list[int]:
    day = stage.day()
    encs: list[int] = []
    for begin in (day, day + 9):
        enc = stage.purchase(stage.person(), pharmacy if returned or begin == day else stage.inst(PHARMACY), begin)
        stage.trace[stage.bill(enc, "云南白药气雾剂")] = code
        if returned and begin == day:
            stage.refund(enc)
        encs.append(enc)
    return encs


SCENES = {
    "excess_dispensing": excess_dispensing,
    "pooled_cards": pooled_cards,
    "trace_code_repeated": trace_code_repeated,
}
"""Rule → its scene."""
