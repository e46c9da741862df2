"""How much was charged, again: what a list allows once a day, by the hour, as a whole, inside a price, or up to a price."""

from yijian.city import ids
from yijian.city.background import DAY
from yijian.city.people import START
from yijian.city.stage import Stage

JULY = START + 181
PARTS = ("游离三碘甲状腺原氨酸测定", "游离甲状腺素测定", "促甲状腺激素测定")
COMPOSITE_PRICE = 7_500
DEAR, DEAR_PRICE = "示例靶向胶囊", 18_600_000
CAPPED, OLD_CEILING = "示例集采片", 93_000


def duplicate_charge_same_item(stage: Stage) -> None:
    """Once a day, billed twice; look-alikes: on two days, at two institutions, one of the two refunded."""
    rule = "duplicate_charge_same_item"
    for n in range(stage.k):
        key, day = ("胃镜检查", "动态心电图")[n % 2], stage.day()
        enc = stage.visit(stage.person(), stage.inst(2), day, diag="胃炎")
        lines = [stage.bill(enc, key) for _ in range(2 + n % 2)]
        stage.hit(rule, enc, lines, amount=stage.amount(lines[1:]), note="一日一次的项目收了多次")
        person, here = stage.person(), stage.inst(2)
        first = stage.visit(person, here, day, diag="胃炎", minute=500)
        line = stage.bill(first, key)
        if n % 3 == 0:
            again = stage.visit(person, here, day + 1, diag="胃炎")
            stage.near(rule, again, [stage.bill(again, key)], note="次日复查")
        elif n % 3 == 1:
            again = stage.visit(person, stage.inst(3), day, diag="胃炎", minute=800)
            stage.near(rule, again, [stage.bill(again, key)], note="不在同一机构")
        else:
            kept = stage.bill(first, key)
            stage.refund(first, [line])
            stage.near(rule, first, [kept], note="多收的一次已退费")


def hourly_item_over_24h(stage: Stage) -> None:
    """More hours than a day has; look-alikes: exactly 24, and the same sum over two days."""
    rule = "hourly_item_over_24h"
    for n in range(stage.k):
        key, adm = ("持续有创血压监测", "特级护理")[n % 2], stage.day()
        unit = int(stage.cat.prices[2, stage.cat.index[key]])
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6)
        lines = [stage.bill(enc, key, 14, day=adm + 2), stage.bill(enc, key, 11 + n % 5, day=adm + 2)]
        stage.hit(rule, enc, lines, amount=(1 + n % 5) * unit // 100, note="一天超过24小时")
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6)
        hours = ((24,), (20, 20))[n % 2]
        lines = [stage.bill(enc, key, count, day=adm + 1 + d) for d, count in enumerate(hours)]
        stage.near(rule, enc, lines, note=("恰为24小时", "分在两日")[n % 2])


def unbundled_charge(stage: Stage) -> None:
    """All parts of one item billed one by one; look-alikes: one part missing, on two days, in two visits."""
    rule = "unbundled_charge"
    for n in range(stage.k):
        day = stage.day()
        enc = stage.visit(stage.person(), stage.inst(2), day, diag="甲减")
        lines = [stage.bill(enc, key) for key in PARTS]
        stage.hit(rule, enc, lines, amount=stage.amount(lines) - COMPOSITE_PRICE, note="应合并收取的项目拆成三项")
        person, here = stage.person(), stage.inst(2)
        enc = stage.visit(person, here, day, diag="甲减", minute=500)
        lines = [stage.bill(enc, key) for key in PARTS[:2]]
        if n % 2:
            other = stage.visit(person, here, day + 1, diag="甲减")
            stage.near(rule, other, [stage.bill(other, PARTS[2])], note="第三项在次日另行检查")
        else:
            stage.near(rule, enc, lines, note="只做其中两项")


def item_consumable_duplicate(stage: Stage) -> None:
    """A consumable that the item's price holds already; look-alikes: another day, without the item, the item refunded."""
    rule, item, part = "item_consumable_duplicate", "伤口负压引流", "一次性负压引流敷料"
    for n in range(stage.k):
        day = stage.day()
        enc = stage.visit(stage.person(), stage.inst(2), day, diag="外伤")
        pair = [stage.bill(enc, item), stage.bill(enc, part, 1 + n % 2)]
        stage.hit(rule, enc, pair[1:], note="项目价格已包含该耗材")
        person, here = stage.person(), stage.inst(2)
        enc = stage.visit(person, here, day, diag="外伤", minute=500)
        if n % 3 == 0:
            stage.bill(enc, item)
            enc = stage.visit(person, here, day + 2, diag="外伤")
            note = "不在同一日"
        elif n % 3 == 1:
            note = "只用耗材，未收该项目"
        else:
            stage.refund(enc, [stage.bill(enc, item)])
            note = "该项目已退费"
        stage.near(rule, enc, [stage.bill(enc, part)], note=note)


def drug_over_price_limit(stage: Stage) -> None:
    """Over the ceiling; look-alikes: at the ceiling, and the higher ceiling of before July."""
    rule = "drug_over_price_limit"
    ceiling = int(stage.cat.prices[0, stage.cat.index[CAPPED]])
    for n in range(stage.k):
        over = OLD_CEILING if n % 2 else ceiling + 10_000 * (1 + n % 3)
        enc = stage.visit(stage.person(), stage.inst(2), stage.day(JULY + 5), diag="冠心病")
        line = stage.bill(enc, CAPPED, price=over)
        note = "七月后的最高限价已降低" if n % 2 else "单价高于最高限价"
        stage.hit(rule, enc, [line], amount=(over - ceiling) // 100, note=note)
        day = stage.day(last=JULY - 5) if n % 2 else stage.day(JULY + 5)
        enc = stage.visit(stage.person(), stage.inst(2), day, diag="冠心病")
        line = stage.bill(enc, CAPPED, price=OLD_CEILING if n % 2 else ceiling)
        stage.near(rule, enc, [line], note="七月前的限价较高" if n % 2 else "等于最高限价")


def nursing_days_over_stay(stage: Stage) -> None:
    """More nursing days than days; look-alikes: as many, in and out on one day, special nursing by the hour beside them."""
    rule, extra = "nursing_days_over_stay", "Ⅲ级护理"
    for n in range(stage.k):
        adm, excess, days = stage.day(), 1 + n % 3, 6 + n % 3
        enc = stage.stay(stage.person(), stage.inst(2), adm, days)
        for d in range(excess):
            stage.bill(enc, extra, day=adm + d)
        nursing = [i for i in stage.lines_of(enc) if "级护理" in stage.good_of(i)]
        over = stage.amount(nursing) * excess // (days + excess)
        stage.hit(rule, enc, nursing, amount=over, note="分级护理天数多于住院天数")
        enc = stage.stay(stage.person(), stage.inst(2), adm, 0 if n % 3 == 1 else 7)
        if n % 3 == 2:
            stage.bill(enc, "特级护理", 8, day=adm)
        stage.near(rule, enc, note=("天数相等", "当日出入院计一日", "特级护理按小时计")[n % 3])


def markup_over_purchase(stage: Stage) -> None:
    """Far over the purchase price; look-alikes: exactly the mark-up allowed, and a dearer purchase within half a year."""
    rule = "markup_over_purchase"
    places = (stage.spare(2, 0), stage.spare(2, 1), stage.spare(2, 2))
    cheap, allowed = DEAR_PRICE * 3 // 4, DEAR_PRICE * 4 // 5
    for here, price, first in ((0, cheap, 60), (1, allowed, 60), (2, cheap, 60), (2, allowed, 190)):
        for day in (START + first, START + first + 100):
            stage.edits.add(
                "purcinfo_d", rid=stage.number(ids.PURCHASE), fixmedins_code=stage.code(places[here]),
                med_list_codg=stage.cat.goods[stage.cat.index[DEAR]].code, fixmedins_hilist_name=DEAR,
                finl_trns_pric=price, purc_retn_cnt=10_000, purc_retn_stoin_time=day * DAY + 600, retn_flag="0",
            )  # fmt: skip
    for n in range(stage.k):
        enc = stage.visit(stage.person(), places[0], stage.day(), diag="肺炎")
        line = stage.bill(enc, DEAR)
        stage.hit(rule, enc, [line], amount=(DEAR_PRICE - cheap * 5 // 4) // 100, note="售价超过进价加允许的加成")
        here = places[1 + n % 2]
        enc = stage.visit(stage.person(), here, stage.day(START + 200), diag="肺炎")
        stage.near(rule, enc, [stage.bill(enc, DEAR)], note="半年内另有较高的进价" if n % 2 else "恰为允许的加成")


SCENES = {
    "duplicate_charge_same_item": duplicate_charge_same_item,
    "hourly_item_over_24h": hourly_item_over_24h,
    "unbundled_charge": unbundled_charge,
    "item_consumable_duplicate": item_consumable_duplicate,
    "drug_over_price_limit": drug_over_price_limit,
    "nursing_days_over_stay": nursing_days_over_stay,
    "markup_over_purchase": markup_over_purchase,
}
"""Rule → its scene."""
