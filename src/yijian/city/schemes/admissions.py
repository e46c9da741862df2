"""Stays that were split, pretended, impossible at the same time, or made by the same group again and again."""

from yijian.city.people import START
from yijian.city.stage import Stage

EARLY = START + 200


def split_admission(stage: Stage) -> None:
    """Back within 15 days for the same disease; look-alikes: day 16, planned cycles, emergency, after a transfer."""
    rule = "split_admission"
    for n in range(stage.k):
        person, inst, adm = stage.person(age=(50, 80)), stage.inst(2), stage.day(last=EARLY)
        diag = ("慢阻肺", "脑梗死", "肺炎")[n % 3]
        stage.stay(person, inst, adm, 8, diag=diag)
        enc = stage.stay(person, inst, adm + 8 + (15, 1, 7, 3)[n % 4], 7, diag=diag)
        stage.hit(rule, enc, note="十五日内因同一疾病再次住院")
        person, adm = stage.person(age=(50, 80)), stage.day(last=EARLY)
        gap, kind, way, disease, note = (
            (16, "", 1, "肺炎", "间隔十六日"),
            (10, "21", 1, "化疗", "计划性化疗周期"),
            (6, "24", 1, "肺炎", "急诊再入院"),
            (5, "", 2, "脑梗死", "上次为转院"),
        )[n % 4]
        first = stage.stay(person, inst, adm, 6, diag=disease, dscg_way=way)
        second = stage.stay(person, inst, adm + 6 + gap, 6, diag=disease, med_type=kind)
        stage.near(rule, second, note=note)
        if disease == "化疗":
            for enc, begin in ((first, adm), (second, adm + 6 + gap)):
                for d in range(6):
                    stage.bill(enc, "注射用环磷酰胺", 2, day=begin + d)


def sham_admission(stage: Stage) -> None:
    """Days with nothing but the bed; look-alikes: a day of leave, treatment every day, half of a short stay."""
    rule = "sham_admission"
    for n in range(stage.k):
        days = 7 + n % 4
        enc = stage.stay(stage.person(age=(50, 80)), stage.inst(1), stage.day(), days, treated={0, days - 2} if n % 2 else {0})
        stage.hit(rule, enc, note="多数住院日除床位外无任何服务")
        person, inst, adm = stage.person(age=(50, 80)), stage.inst(1), stage.day()
        if n % 3 == 0:
            enc, note = stage.stay(person, inst, adm, 8, treated=set(range(8)) - {4}), "请假离院一日"
        elif n % 3 == 1:
            enc, note = stage.stay(person, inst, adm, 10, diag="腰椎间盘突出"), "每日均有康复治疗"
        else:
            enc, note = stage.stay(person, inst, adm, 4, treated={0, 1}), "四日住院中两日集中用药"
        stage.near(rule, enc, note=note)


def overlapping_admissions(stage: Stage) -> None:
    """In two hospitals at once; look-alikes: transferred on the day of discharge, the other stay refunded."""
    rule = "overlapping_admissions"
    for n in range(stage.k):
        person, adm = stage.person(age=(45, 80)), stage.day()
        stage.stay(person, stage.inst(1), adm, 9)
        enc = stage.stay(person, stage.inst(2), adm + 2 + n % 4, 8, diag="糖尿病")
        stage.hit(rule, enc, note="两家医院住院时间重叠")
        person, adm = stage.person(age=(45, 80)), stage.day()
        if n % 2:
            stage.stay(person, stage.inst(1), adm, 5, dscg_way=2)
            enc = stage.stay(person, stage.inst(2), adm + 5, 8)
            stage.near(rule, enc, note="出院当日转入")
        else:
            wrong = stage.stay(person, stage.inst(1), adm, 6)
            stage.refund(wrong)
            enc = stage.stay(person, stage.inst(2), adm + 3, 8)
            stage.near(rule, enc, note="前一次住院已整单退费")


def outpatient_during_stay(stage: Stage) -> None:
    """Seen elsewhere while in hospital; look-alikes: on the days of admission and discharge, the stay refunded."""
    rule = "outpatient_during_stay"
    for n in range(stage.k):
        person, adm = stage.person(), stage.day()
        stage.stay(person, stage.inst(2), adm, 8)
        enc = stage.visit(person, stage.inst(1), adm + 2 + n % 5)
        stage.bill(enc, "活血止痛膏")
        stage.hit(rule, enc, note="住院期间发生门诊结算")
        person, adm = stage.person(), stage.day()
        stay = stage.stay(person, stage.inst(2), adm, 6)
        if n % 3 == 2:
            stage.refund(stay)
        enc = stage.visit(person, stage.inst(1), adm + (0, 6, 3)[n % 3], minute=485)
        stage.bill(enc, "活血止痛膏")
        stage.near(rule, enc, note=("入院当日", "出院当日", "住院已整单退费")[n % 3])


def group_admission(stage: Stage) -> None:
    """The same people in and out together twice; look-alikes: room-mates once, a family of three twice."""
    rule = "group_admission"
    for n in range(max(1, stage.k // 8)):
        inst, adm = stage.inst(1), stage.day(last=EARLY)
        members = [stage.person(age=(60, 80)) for _ in range(5)]
        for begin in (adm, adm + 64 + 4 * (n % 5)):
            for m, person in enumerate(members):
                enc = stage.stay(person, inst, begin + (m + n) % 2, 7, diag="腰椎间盘突出")
                stage.hit(rule, enc, note="同一批人多次同进同出")
        adm, inst = stage.day(last=EARLY), stage.inst(1)
        for person in [stage.person(age=(60, 80)) for _ in range(4)]:
            stage.near(rule, stage.stay(person, inst, adm, 7, diag="腰椎间盘突出"), note="同室病友，仅一次")
        family = [stage.person(age=(40, 70)) for _ in range(3)]
        for begin in (adm, adm + 96 + 4 * (n % 5)):
            for person in family:
                stage.near(rule, stage.stay(person, inst, begin, 6), note="一家三口")


SCENES = {
    "split_admission": split_admission,
    "sham_admission": sham_admission,
    "overlapping_admissions": overlapping_admissions,
    "outpatient_during_stay": outpatient_during_stay,
    "group_admission": group_admission,
}
"""Rule → its scene."""
