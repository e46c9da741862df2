"""Person and record contradict each other: sex, death; and what was uploaded too late."""

from yijian.city import ids
from yijian.city.institutions import PHARMACY
from yijian.city.people import START
from yijian.city.stage import Stage

VALID_UNTIL_JULY = "左炔诺孕酮片"
"""On the city's local list only until 30 June (`data/knowledge.toml`)."""
MALE, FEMALE, UNSTATED = 1, 2, 9
SEEN_FOR = ("胃炎", "高血压", "支气管炎", "过敏性鼻炎", "泌尿系感染")
"""In several departments: what is wrong in one only looks like a wrong code there (`mapping_error_suspected`)."""


def _sex(stage: Stage, rule: str, for_sex: dict[int, tuple[str, ...]]) -> None:
    """Goods for one sex billed for the other; look-alikes: the right sex, a newborn on the mother, unstated, refunded."""
    for n in range(stage.k):
        sex = (MALE, FEMALE)[n % 2]
        goods = for_sex[FEMALE if sex == MALE else MALE]
        key = goods[n % len(goods)]
        enc = stage.visit(stage.person(sex=sex, age=(25, 65)), stage.inst(2), stage.day(), diag=SEEN_FOR[n % len(SEEN_FOR)])
        stage.hit(rule, enc, [stage.bill(enc, key)], note=f"{'男' if sex == MALE else '女'}性使用{key}")
        key = for_sex[MALE][n % len(for_sex[MALE])]
        if n % 4 == 0:
            enc = stage.visit(stage.person(sex=MALE), stage.inst(2), stage.day())
            stage.near(rule, enc, [stage.bill(enc, key)], note="性别相符")
        elif n % 4 == 1:
            enc = stage.visit(stage.person(sex=FEMALE, age=(24, 36)), stage.inst(3), stage.day(), diag="新生儿黄疸", newborn=True)
            stage.near(rule, enc, [stage.bill(enc, key)], note="新生儿费用记在母亲名下")
        elif n % 4 == 2:
            enc = stage.visit(stage.person(sex=UNSTATED), stage.inst(2), stage.day())
            stage.near(rule, enc, [stage.bill(enc, key)], note="性别未说明")
        else:
            enc = stage.visit(stage.person(sex=FEMALE), stage.inst(2), stage.day())
            line = stage.bill(enc, key)
            stage.refund(enc, [line])
            stage.near(rule, enc, [line], note="该行已退费")


def drug_sex(stage: Stage) -> None:
    _sex(
        stage,
        "drug_sex",
        {
            MALE: ("前列舒通胶囊", "爱普列特片", "非那雄胺片"),
            FEMALE: ("妇科千金片", "艾附暖宫丸", "黄体酮胶囊"),
        },
    )
    for first, last, verdict, note in ((95, 175, "hit", "知识点有效期内"), (185, 300, "near_miss", "知识点已于6月30日失效")):
        enc = stage.visit(stage.person(sex=MALE), stage.inst(2), stage.day(START + first, START + last))
        stage.label("drug_sex", verdict, enc, [stage.bill(enc, VALID_UNTIL_JULY)], note=note)


def item_sex(stage: Stage) -> None:
    _sex(
        stage,
        "item_sex",
        {MALE: ("前列腺液常规检查", "包皮环切术"), FEMALE: ("妇科阴道分泌物检查", "经阴道彩超", "阴道镜检查")},
    )


def service_after_death(stage: Stage) -> None:
    """Served after death; look-alikes: settled after death for a stay before it, served on the day of death."""
    for n in range(stage.k):
        day = stage.day()
        if n % 2:
            enc = stage.visit(stage.person(age=(70, 90), die=day), stage.inst(1), day + 12)
            stage.bill(enc, "复方丹参滴丸")
        else:
            enc = stage.purchase(stage.person(age=(70, 90), die=day), stage.inst(PHARMACY), day + 20)
            stage.bill(enc, "复方丹参滴丸")
        stage.hit("service_after_death", enc, amount=stage.total(enc), note="死亡后仍发生费用")
        if n % 2:
            enc = stage.stay(stage.person(age=(70, 90), die=day), stage.inst(2), day - 6, 6, dscg_way=5, settle_later=2)
            note = "死亡后结算生前住院费用"
        else:
            enc = stage.visit(stage.person(age=(70, 90), die=day), stage.inst(2), day)
            note = "死亡当日的抢救费用"
        stage.near("service_after_death", enc, note=note)


def service_during_custody_or_abroad(stage: Stage) -> None:
    """Served while held or abroad; look-alikes: on the first and last day, a newborn billed on the mother, afterwards."""
    rule = "service_during_custody_or_abroad"
    for n in range(stage.k):
        begin = stage.day()
        for verdict in ("hit", "near_miss"):
            person = stage.person(sex=FEMALE, age=(24, 36)) if verdict == "near_miss" and n % 4 == 3 else stage.person()
            number = str(ids.ABSENCE + stage.district * ids.PER_DISTRICT + person)
            end = None if verdict == "hit" and n % 2 else begin + 25
            stage.edits.add("psn_absn_d", rid=number, psn_no=stage.psn_no(person), absn_type=str(1 + n % 2),
                            begndate=begin, enddate=end)  # fmt: skip
            if verdict == "hit":
                enc = stage.visit(person, stage.inst(1), begin + 1 + 11 * (n % 3))
                note = "羁押、服刑期间就诊" if n % 2 == 0 else "出境期间就诊，尚未入境"
            else:
                newborn, day = n % 4 == 3, begin + (0, 25, 26, 10)[n % 4]
                enc = stage.visit(person, stage.inst(2), day, diag="新生儿黄疸" if newborn else "高血压", newborn=newborn)
                note = ("期间首日", "期间末日", "期间结束次日", "新生儿费用记在母亲名下")[n % 4]
            stage.label(rule, verdict, enc, note=note)


def late_upload(stage: Stage) -> None:
    """Uploaded more than three days later; look-alikes: on day 3, upload time missing, a stay's early lines."""
    for n in range(stage.k):
        day, key = stage.day(), "活血止痛膏"
        if n % 3:
            enc = stage.visit(stage.person(), stage.inst(1), day)
            line = stage.bill(enc, key, upload=day + 4 + n % 9)
        else:
            enc = stage.stay(stage.person(), stage.inst(2), day, 6)
            line = stage.bill(enc, "尿常规", day=day + 5, upload=day + 6 + 4 + n % 9)
        stage.hit("late_upload", enc, [line], note="超过三日上传")
        if n % 3 == 0:
            enc = stage.visit(stage.person(), stage.inst(1), day)
            stage.near("late_upload", enc, [stage.bill(enc, key, upload=day + 3)], note="恰在第三日上传")
        elif n % 3 == 1:
            enc = stage.visit(stage.person(), stage.inst(1), day)
            stage.near("late_upload", enc, [stage.bill(enc, key, upload=-1)], note="上传时间缺失，未能判定")
        else:
            enc = stage.stay(stage.person(), stage.inst(2), day, 8)
            line = stage.bill(enc, "尿常规", day=day, upload=day + 9)
            stage.near("late_upload", enc, [line], note="住院费用自出院日起算")


SCENES = {
    "drug_sex": drug_sex,
    "item_sex": item_sex,
    "service_after_death": service_after_death,
    "service_during_custody_or_abroad": service_during_custody_or_abroad,
    "late_upload": late_upload,
}
"""Rule → its scene."""
