"""How much was charged: twice, too often, at full price, too dear, for too many days, outside the stay, wrongly added up."""

from yijian.city.people import START
from yijian.city.stage import Stage

JULY = START + 181
NEW_CEILING = "推拿治疗"
"""Its ceiling was higher until 30 June (`data/knowledge.toml`)."""
OLD_PRICE = 640_000


def duplicate_charge_pair(stage: Stage) -> None:
    """B, which A contains, beside A; look-alikes: on different days, A refunded, at different institutions."""
    rule = "duplicate_charge_pair"
    for n in range(stage.k):
        day, person = stage.day(), stage.person(sex=2, age=(24, 40))
        if n % 3 == 0:
            enc = stage.visit(person, stage.inst(2), day, diag="外伤", med_type="13", fee=False)
            pair = [stage.bill(enc, "急诊监护费"), stage.bill(enc, "急诊诊查费")]
        elif n % 3 == 1:
            enc = stage.stay(person, stage.inst(2), day, 6, diag="胆囊结石")
            general = [i for i in stage.lines_of(enc) if stage.good_of(i) == "全身麻醉"]
            pair = [*general, stage.bill(enc, "气管插管术", day=day + 1)]
        else:
            enc = stage.stay(person, stage.inst(2), day, 5, diag="肺炎")
            pair = [stage.bill(enc, "呼吸机辅助呼吸", 6, day=day + 1), stage.bill(enc, "氧气吸入", 4, day=day + 3)]
        stage.hit(rule, enc, pair, amount=stage.amount(pair[1:]), note="项目A已包含项目B")
        _lawful_pair(stage, n, stage.person(age=(30, 60)), stage.day())


def _lawful_pair(stage: Stage, n: int, person: int, day: int) -> None:
    rule, here = "duplicate_charge_pair", stage.inst(2)
    first = stage.visit(person, here, day, diag="外伤", med_type="13", fee=False, minute=500)
    contains = stage.bill(first, "急诊监护费")
    if n % 3 == 0:
        other = stage.visit(person, here, day + 1, diag="外伤", med_type="13", fee=False)
        stage.near(rule, other, [stage.bill(other, "急诊诊查费")], note="不在同一日")
    elif n % 3 == 1:
        part = stage.bill(first, "急诊诊查费")
        stage.refund(first, [contains])
        stage.near(rule, first, [part], note="项目A已退费")
    else:
        other = stage.visit(person, stage.inst(3), day, diag="外伤", med_type="13", fee=False, minute=800)
        stage.near(rule, other, [stage.bill(other, "急诊诊查费")], note="不在同一机构")


def item_daily_frequency(stage: Stage) -> None:
    """More a day than the limit; look-alikes: exactly the limit, the same sum over two days."""
    rule = "item_daily_frequency"
    for n in range(stage.k):
        adm = stage.day()
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6)
        if n % 2:
            lines = [stage.bill(enc, "氧气吸入", 15, day=adm + 2), stage.bill(enc, "氧气吸入", 11 + n % 3, day=adm + 2)]
            excess = 2 + n % 3
        else:
            lines, excess = [stage.bill(enc, "动静脉置管护理", day=adm + 2) for _ in range(2)], 1
        unit = int(stage.cat.prices[2, stage.cat.index["氧气吸入" if n % 2 else "动静脉置管护理"]])
        stage.hit(rule, enc, lines, amount=excess * unit // 100, note="单日数量超过上限")
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6)
        if n % 2:
            lines = [stage.bill(enc, "氧气吸入", 24, day=adm + 2)]
        else:
            lines = [stage.bill(enc, "动静脉置管护理", day=adm + d) for d in (1, 2)]
        stage.near(rule, enc, lines, note="恰为单日上限" if n % 2 else "分在两日")


def item_period_frequency(stage: Stage) -> None:
    """Again within the period; look-alike: again on the first day outside it. Any institution counts."""
    rule = "item_period_frequency"
    for n in range(stage.k):
        key, period = (("糖化血红蛋白测定", 15), ("血清果糖胺测定", 7), ("康复评定", 14))[n % 3]
        person, day = stage.person(), stage.day()
        first = stage.visit(person, stage.inst(2), day, diag="糖尿病")
        stage.bill(first, key)
        again = stage.visit(person, stage.inst(1), day + period - 1 - n % 5, diag="糖尿病")
        stage.hit(rule, again, [stage.bill(again, key)], note=f"{period}日内再次收费")
        person, day = stage.person(), stage.day()
        first = stage.visit(person, stage.inst(2), day, diag="糖尿病")
        stage.bill(first, key)
        again = stage.visit(person, stage.inst(2), day + period, diag="糖尿病")
        stage.near(rule, again, [stage.bill(again, key)], note=f"恰隔{period}日")


def operation_discount(stage: Stage) -> None:
    """The second operation at full price; look-alikes: half the price, another group, another day."""
    rule = "operation_discount"
    for n in range(stage.k):
        adm = stage.day()
        enc = stage.stay(stage.person(age=(30, 60)), stage.inst(2), adm, 7, diag="胆囊结石")
        second = stage.bill(enc, "胆总管探查术", day=adm + 1)
        stage.hit(rule, enc, [second], amount=stage.amount([second]) // 2, note="同一切口第二手术未折价")
        enc = stage.stay(stage.person(age=(30, 60)), stage.inst(2), adm, 7, diag="胆囊结石")
        full = int(stage.cat.prices[2, stage.cat.index["胆总管探查术"]])
        if n % 3 == 0:
            line, note = stage.bill(enc, "胆总管探查术", day=adm + 1, price=full // 2), "第二手术已按50%收取"
        elif n % 3 == 1:
            line, note = stage.bill(enc, "阑尾切除术", day=adm + 1), "不在同一手术组"
        else:
            line, note = stage.bill(enc, "胆总管探查术", day=adm + 4), "不在同一日"
        stage.near(rule, enc, [line], note=note)


def item_over_unit_price(stage: Stage) -> None:
    """Over the ceiling of the level; look-alikes: at the ceiling, level unknown, the higher ceiling of before July."""
    rule = "item_over_unit_price"
    for n in range(stage.k):
        key = ("针刺治疗", "腹部彩超", "肝功能测定", NEW_CEILING)[n % 4]
        level = 2 if key != NEW_CEILING else 3
        ceiling = int(stage.cat.prices[level, stage.cat.index[key]])
        price = OLD_PRICE if key == NEW_CEILING else ceiling + 10_000 * (2 + n % 4)
        day = stage.day(JULY + 5) if key == NEW_CEILING else stage.day()
        enc = stage.visit(stage.person(), stage.inst(level), day)
        line = stage.bill(enc, key, 1 + n % 2, price=price)
        stage.hit(rule, enc, [line], amount=(price - ceiling) * (1 + n % 2) // 100, note="单价高于该级别最高限价")
        if n % 3 == 0:
            enc = stage.visit(stage.person(), stage.inst(level), stage.day(JULY + 5))
            stage.near(rule, enc, [stage.bill(enc, key, price=ceiling)], note="等于最高限价")
        elif n % 3 == 1:
            enc = stage.visit(stage.person(), stage.inst(0), stage.day())
            stage.near(rule, enc, [stage.bill(enc, key, price=price)], note="机构级别未知，未能判定")
        else:
            enc = stage.visit(stage.person(), stage.inst(3), stage.day(last=JULY - 5))
            stage.near(rule, enc, [stage.bill(enc, NEW_CEILING, price=OLD_PRICE)], note="七月前的限价较高")


def bed_days_over_stay(stage: Stage) -> None:
    """More bed days than days; look-alikes: as many, in and out on one day, not discharged yet."""
    rule, bed = "bed_days_over_stay", "三人间床位费"
    for n in range(stage.k):
        adm, excess = stage.day(), 1 + n % 3
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6 + n % 4)
        stage.bill(enc, bed, excess, day=adm + 3)
        beds = [i for i in stage.lines_of(enc) if stage.good_of(i) == bed]
        unit = int(stage.cat.prices[2, stage.cat.index[bed]])
        stage.hit(rule, enc, beds, amount=excess * unit // 100, note="床位费天数多于住院天数")
        if n % 3 == 0:
            enc, note = stage.stay(stage.person(), stage.inst(2), adm, 7), "天数相等"
        elif n % 3 == 1:
            enc, note = stage.stay(stage.person(), stage.inst(2), adm, 0), "当日出入院计一日床位"
        else:
            enc, note = stage.stay(stage.person(), stage.inst(2), START + 350, 9, in_house=True), "尚未出院，未能判定"
        stage.near(rule, enc, note=note)


def charged_outside_stay(stage: Stage) -> None:
    """Before admission or after discharge; look-alike: on those very days."""
    rule = "charged_outside_stay"
    for n in range(stage.k):
        adm = stage.day()
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6)
        day = adm - 1 - n % 3 if n % 2 else adm + 7 + n % 2
        stage.hit(rule, enc, [stage.bill(enc, "呋塞米注射液", 2, day=day)], note="入院前收费" if n % 2 else "出院后收费")
        enc = stage.stay(stage.person(), stage.inst(2), adm, 6)
        line = stage.bill(enc, "呋塞米注射液", 2, day=adm if n % 2 else adm + 6)
        stage.near(rule, enc, [line], note="入院当日" if n % 2 else "出院当日")


def amount_arithmetic(stage: Stage) -> None:
    """Count × price is not the amount; look-alikes: a few cents of rounding, a wrong amount that was corrected."""
    rule = "amount_arithmetic"
    for n in range(stage.k):
        wrong = (600, -250, 1_000, 8)[n % 4]
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        right = int(stage.cat.prices[2, stage.cat.index["腹部彩超"]]) // 100
        line = stage.bill(enc, "腹部彩超", amount=right + wrong)
        stage.hit(rule, enc, [line], amount=abs(wrong), note="数量乘单价与金额不符")
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        if n % 2:
            line = stage.bill(enc, "腹部彩超")
            stage.misstated[line] = right + 1_500
            stage.near(rule, enc, [line], note="误报金额已更正")
            stage.hit("changed_after_settlement", enc, note="结算后更正金额")
        else:
            line = stage.bill(enc, "腹部彩超", amount=right + 1 + n % 5)
            stage.near(rule, enc, [line], note="分位的舍入")


SCENES = {
    "duplicate_charge_pair": duplicate_charge_pair,
    "item_daily_frequency": item_daily_frequency,
    "item_period_frequency": item_period_frequency,
    "operation_discount": operation_discount,
    "item_over_unit_price": item_over_unit_price,
    "bed_days_over_stay": bed_days_over_stay,
    "charged_outside_stay": charged_outside_stay,
    "amount_arithmetic": amount_arithmetic,
}
"""Rule → its scene."""
