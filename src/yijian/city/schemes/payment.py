"""Paid although the scope excludes it: age, level, kind of encounter, course, insurance, slices."""

from yijian.city.people import START
from yijian.city.stage import Stage

VALID_UNTIL_JULY = "小儿头皮静脉穿刺"
"""On the list of children's items only until 30 June: the city's knowledge says so (`data/knowledge.toml`)."""


def _child(stage: Stage, rule: str, key: str) -> None:
    """Children's goods for adults; look-alikes: the day before the 18th birthday, paid in full by the adult, a newborn."""
    for n in range(stage.k):
        day = stage.day()
        adult = stage.person(birth=stage.birthday(day, 18)) if n % 3 == 0 else stage.person(age=(25, 60))
        enc = stage.visit(adult, stage.inst(2), day, diag="支气管炎")
        stage.hit(rule, enc, [stage.bill(enc, key)], note="恰满十八周岁当日" if n % 3 == 0 else "成年人使用限儿童项目")
        if n % 3 == 0:
            enc = stage.visit(stage.person(birth=stage.birthday(day + 1, 18)), stage.inst(2), day, diag="支气管炎")
            stage.near(rule, enc, [stage.bill(enc, key)], note="十八周岁生日前一日")
        elif n % 3 == 1:
            enc = stage.visit(stage.person(), stage.inst(2), day, diag="支气管炎")
            stage.near(rule, enc, [stage.bill(enc, key, self_paid=True)], note="本人全额自费")
        else:
            mother = stage.person(sex=2, age=(24, 36))
            enc = stage.visit(mother, stage.inst(2), day, diag="新生儿黄疸", newborn=True)
            stage.near(rule, enc, [stage.bill(enc, key)], note="新生儿费用记在母亲名下")


def drug_child_only(stage: Stage) -> None:
    _child(stage, "drug_child_only", "水合氯醛灌肠剂")
    day = stage.day()
    enc = stage.visit(stage.person(birth=stage.birthday(day, 13)), stage.inst(3), day)
    stage.hit("drug_child_only", enc, [stage.bill(enc, "波生坦分散片")], note="限3-12岁，已满十三周岁")
    enc = stage.visit(stage.person(birth=stage.birthday(day + 1, 13)), stage.inst(3), day)
    stage.near("drug_child_only", enc, [stage.bill(enc, "波生坦分散片")], note="限3-12岁，十三周岁生日前一日")


def item_child_only(stage: Stage) -> None:
    _child(stage, "item_child_only", "儿童雾化吸入(限儿童)")
    for first, last, verdict, note in (
        (95, 175, "hit", "知识点有效期内"),
        (185, 300, "near_miss", "知识点已于6月30日失效"),
    ):
        enc = stage.visit(stage.person(), stage.inst(1), stage.day(START + first, START + last), diag="支气管炎")
        stage.label("item_child_only", verdict, enc, [stage.bill(enc, VALID_UNTIL_JULY)], note=note)


def drug_institution_level(stage: Stage) -> None:
    """Look-alikes: the level is just enough, the level is unknown, paid in full by the person."""
    rule = "drug_institution_level"
    for n in range(stage.k):
        key, least = (("参麦注射液", 2), ("康柏西普眼用注射液", 3))[n % 2]
        enc = stage.visit(stage.person(age=(50, 75)), stage.inst(least - 1), stage.day(), diag="冠心病")
        stage.hit(rule, enc, [stage.bill(enc, key)], note=f"限{'三' if least == 3 else '二'}级及以上，在下一级机构使用")
        level, note = ((least, "级别相符"), (0, "机构级别未知，未能判定"), (1, "本人全额自费"))[n % 3]
        enc = stage.visit(stage.person(age=(50, 75)), stage.inst(level), stage.day(), diag="冠心病")
        stage.near(rule, enc, [stage.bill(enc, key, self_paid=level == 1)], note=note)


def drug_encounter_type(stage: Stage) -> None:
    """Look-alikes: taken home at discharge, used in a stay, paid in full by the person."""
    rule = "drug_encounter_type"
    for n in range(stage.k):
        key = ("丙氨酰谷氨酰胺注射液", "脂肪乳氨基酸葡萄糖注射液")[n % 2]
        if n % 4 == 3:
            enc = stage.stay(stage.person(), stage.inst(2), stage.day(), 5)
            stage.hit(rule, enc, [stage.bill(enc, "门诊专用示例吸入剂")], note="限门诊的药品在住院使用")
        else:
            enc = stage.visit(stage.person(), stage.inst(2), stage.day())
            stage.hit(rule, enc, [stage.bill(enc, key)], note="限住院的药品在门诊使用")
        day = stage.day()
        if n % 3 == 0:
            enc = stage.stay(stage.person(), stage.inst(2), day, 5)
            stage.near(rule, enc, [stage.bill(enc, key, day=day + 5, take_home=True)], note="出院带药属于住院")
        elif n % 3 == 1:
            enc = stage.visit(stage.person(), stage.inst(2), day)
            stage.near(rule, enc, [stage.bill(enc, key, self_paid=True)], note="本人全额自费")
        else:
            enc = stage.stay(stage.person(), stage.inst(2), day, 5)
            stage.near(rule, enc, [stage.bill(enc, key, day=day + 2)], note="住院使用")


def drug_course_limit(stage: Stage) -> None:
    """More days than the course allows in one encounter; look-alikes: exactly as many, two encounters each under."""
    rule = "drug_course_limit"
    for n in range(stage.k):
        key, most = (("奥扎格雷钠注射液", 14), ("注射用胸腺五肽", 7))[n % 2]
        adm, over = stage.day(), 1 + n % 3
        enc = stage.stay(stage.person(age=(50, 75)), stage.inst(2), adm, most + 5, diag="肺炎")
        lines = [stage.bill(enc, key, 2, day=adm + d) for d in range(most + over)]
        stage.hit(rule, enc, lines[most:], note=f"限{most}天，使用{most + over}天")
        adm, person = stage.day(last=START + 270), stage.person(age=(50, 75))
        if n % 2:
            enc = stage.stay(person, stage.inst(2), adm, most + 2)
            lines = [stage.bill(enc, key, day=adm + d) for d in range(most)]
            stage.near(rule, enc, lines, note=f"恰好{most}天")
        else:
            for begin in (adm, adm + most + 30):
                enc = stage.stay(person, stage.inst(2), begin, most)
                lines = [stage.bill(enc, key, day=begin + d) for d in range(most - 2)]
                stage.near(rule, enc, lines, note="两次住院各自未超")


def drug_work_injury_only(stage: Stage) -> None:
    for n in range(stage.k):
        key = ("疤痕止痒软化膏", "注射用胸腺法新")[n % 2]
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        stage.hit("drug_work_injury_only", enc, [stage.bill(enc, key)], note="限工伤保险，由基本医保支付")
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        stage.near("drug_work_injury_only", enc, [stage.bill(enc, key, self_paid=True)], note="本人全额自费")


def drug_maternity_only(stage: Stage) -> None:
    """Look-alikes: a delivery under maternity insurance, paid in full by the person."""
    rule = "drug_maternity_only"
    for n in range(stage.k):
        key = ("益母草注射液", "卡前列素氨丁三醇注射液")[n % 2]
        enc = stage.visit(stage.person(sex=2, age=(22, 42)), stage.inst(2), stage.day(), diag="月经失调")
        stage.hit(rule, enc, [stage.bill(enc, key)], note="限生育保险，由基本医保支付")
        woman, day = stage.person(sex=2, age=(22, 38)), stage.day()
        if n % 3 == 0:
            enc = stage.visit(woman, stage.inst(2), day, diag="月经失调")
            stage.near(rule, enc, [stage.bill(enc, key, self_paid=True)], note="本人全额自费")
        elif n % 3 == 1:
            enc = stage.stay(woman, stage.inst(2), day, 3, diag="顺产", insutype="510")
            stage.near(rule, enc, [stage.bill(enc, key, day=day)], note="生育保险支付的住院分娩")
        else:
            enc = stage.visit(woman, stage.inst(2), day, diag="产前检查", med_type="51")
            stage.near(rule, enc, [stage.bill(enc, key)], note="生育门诊")


def tcm_slice_never_paid(stage: Stage) -> None:
    for n in range(stage.k):
        key = ("阿胶", "鹿茸片", "西红花", "冬虫夏草")[n % 4]
        enc = stage.visit(stage.person(), stage.inst(1), stage.day(), diag="气虚证", med_type="16")
        for usual in ("黄芪", "当归", "茯苓"):
            stage.bill(enc, usual, 70)
        stage.hit("tcm_slice_never_paid", enc, [stage.bill(enc, key, 21)], note="单复方均不予支付的饮片由基金支付")
        enc = stage.visit(stage.person(), stage.inst(1), stage.day(), diag="气虚证", med_type="16")
        for usual in ("黄芪", "当归"):
            stage.bill(enc, usual, 70)
        stage.near("tcm_slice_never_paid", enc, [stage.bill(enc, key, 21, self_paid=True)], note="本人全额自费")


def tcm_slice_not_alone(stage: Stage) -> None:
    """A prescription of listed slices only; look-alikes: one slice outside the list, prescription number missing."""
    rule = "tcm_slice_not_alone"
    alone = ("枸杞子", "山药", "菊花", "人参片", "丁香", "八角茴香", "炒黑芝麻")
    for n in range(stage.k):
        pair = (alone[n % len(alone)], alone[(n + 1) % len(alone)])
        enc = stage.visit(stage.person(), stage.inst(1), stage.day(), diag="气虚证", med_type="16")
        for key in pair:
            stage.hit(rule, enc, [stage.bill(enc, key, 70)], note="处方全部由单方不予支付的饮片组成")
        enc = stage.visit(stage.person(), stage.inst(1), stage.day(), diag="气虚证", med_type="16")
        rx = 0 if n % 2 else None
        lines = [stage.bill(enc, key, 70, rx=rx) for key in pair]
        if not n % 2:
            stage.bill(enc, "黄芪", 105)
        stage.near(rule, enc, lines, note="处方号缺失，未能判定" if n % 2 else "处方中另有名单外的饮片")


SCENES = {
    "drug_child_only": drug_child_only,
    "item_child_only": item_child_only,
    "drug_institution_level": drug_institution_level,
    "drug_encounter_type": drug_encounter_type,
    "drug_course_limit": drug_course_limit,
    "drug_work_injury_only": drug_work_injury_only,
    "drug_maternity_only": drug_maternity_only,
    "tcm_slice_never_paid": tcm_slice_never_paid,
    "tcm_slice_not_alone": tcm_slice_not_alone,
}
"""Rule → its scene."""
