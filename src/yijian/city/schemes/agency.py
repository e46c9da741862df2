"""What the agency itself should not have done: with enrolment and contributions, with benefits, roles, hours and reviews."""

from yijian.city import ids
from yijian.city.agency import FIRST_REVIEWERS, OPERATORS
from yijian.city.background import DAY
from yijian.city.catalogue import INSUTYPES
from yijian.city.institutions import PHARMACY
from yijian.city.people import START
from yijian.city.schemes.benefits import HYPERTENSION, at_desk, contribute, register, reimburse
from yijian.city.stage import Stage
from yijian.city.workdays import WORKDAYS

SCHEMER = len(OPERATORS)
"""The first of the operators whom only schemes use."""
BEFORE_LAST_MONTHS = START + 270
ODD_OPERATOR, BUSY_OPERATOR = SCHEMER + 8, SCHEMER + 9


def false_enrolment(stage: Stage) -> None:
    """Enrolled days before a costly stay, or after the admission; look-alikes: weeks before, a cheap stay, a short lapse."""
    rule = "false_enrolment"
    for n in range(stage.k):
        number, enc = _newly_insured(stage, gap=2 + n % 5, late=4 if n % 2 else 0)
        stage.judge(rule, "hit", [number], amount=0, note="入院后补登记" if n % 2 else "大额住院前突击参保")
        (number, enc), note = (
            (_newly_insured(stage, gap=20), "参保二十日后住院"),
            (_newly_insured(stage, gap=3, cheap=True), "费用不大的住院"),
            (_newly_insured(stage, gap=3, interrupted=5), "转换险种，中断不足一月"),
        )[n % 3]
        stage.judge(rule, "near_miss", [number], amount=0, note=f"{note}（{stage.keys(enc)['setl_id']}）")


def _newly_insured(stage: Stage, *, gap: int, late: int = 0, cheap: bool = False, interrupted: int = 45) -> tuple[str, int]:
    """Somebody whose insurance had lapsed is insured again `gap` days before a stay (entered `late` days after the admission)."""
    person, adm = stage.person(age=(50, 75)), stage.day(START + 160)
    since, kind = adm - gap, INSUTYPES[int(stage.world.people.insutype[person])]
    stage.edits.change("psn_insu_d", person, psn_insu_stas="4", paus_insu_date=since - interrupted)
    number = stage.number(ids.RELATION)
    stage.edits.add(
        "psn_insu_d", psn_no=stage.psn_no(person), psn_insu_rlts_id=number, insutype=kind, psn_insu_stas="1", psn_clct_stas="1",
        insu_admdvs="999901", psn_insu_date=since, crte_time=(adm + late if late else since) * DAY + 600, insutype_retr_flag="0",
        opter_id=stage.operator(SCHEMER),
    )  # fmt: skip
    enc = stage.stay(person, stage.inst(3), adm, 8)
    stage.edits.change("setl_d", enc, psn_insu_rlts_id=number)
    if not cheap:
        stage.bill(enc, "示例靶向胶囊", 12, day=adm + 1)
    return number, enc


def false_contribution(stage: Stage) -> None:
    """Paid without a contribution, or with one that was reversed; look-alikes: paid late, but before; the fund paid nothing."""
    rule = "false_contribution"
    for n in range(stage.k):
        person = stage.person()
        enc = _under(stage, person, "310", stage.day())
        if n % 2:
            contribute(stage, person, "310", 1, 12, reversed_=True)
        stage.hit(rule, enc, note="缴费事后冲正" if n % 2 else "没有缴费记录")
        person = stage.person()
        if n % 2:
            enc = stage.purchase(person, stage.inst(PHARMACY), stage.day())
            stage.bill(enc, "碳酸钙D3片")
            stage.edits.change("setl_d", enc, insutype="310")
        else:
            enc = _under(stage, person, "310", stage.day())
            contribute(stage, person, "310", 1, 12)
        stage.near(rule, enc, note="基金没有支付" if n % 2 else "有当期缴费")


def _under(stage: Stage, person: int, insutype: str, day: int) -> int:
    """A visit of somebody who is insured as a resident, settled under another insurance."""
    stage.world.people.insutype[person] = INSUTYPES.index("390")
    enc = stage.visit(person, stage.inst(2), day)
    stage.bill(enc, "腹部彩超")
    stage.edits.change("setl_d", enc, insutype=insutype)
    return enc


def benefit_against_rules(stage: Stage) -> None:
    """A special disease paid without a registration, before it, after it; look-alikes: on its first and on its last day."""
    rule = "benefit_against_rules"
    for n in range(stage.k):
        person, day = stage.person(age=(50, 75)), stage.day()
        if n % 3:
            begin, end = (day + 10, day + 700) if n % 3 == 1 else (day - 400, day - 1 - n)
            register(stage, person, HYPERTENSION, begin, begin + 720, end)
        stage.hit(rule, _special(stage, person, day), note=("没有认定", "在认定开始之前", "已过有效期")[n % 3])
        person, day = stage.person(age=(50, 75)), stage.day()
        begin, end = (day, day + 700) if n % 2 else (day - 400, day)
        register(stage, person, HYPERTENSION, begin, begin + 720, end)
        stage.near(rule, _special(stage, person, day), note="认定生效当日" if n % 2 else "有效期最后一日")


def _special(stage: Stage, person: int, day: int) -> int:
    enc = stage.visit(person, stage.inst(2), day, diag="高血压", med_type="14")
    stage.special(enc, HYPERTENSION)
    stage.bill(enc, "缬沙坦胶囊")
    return enc


def same_person_enters_and_reviews(stage: Stage) -> None:
    """One operator enters and reviews; look-alike: two operators, one right after the other."""
    rule = "same_person_enters_and_reviews"
    for n in range(stage.k):
        one, two = stage.operator(SCHEMER + n % 4), stage.operator(SCHEMER + 4 + n % 4)
        for verdict, reviewer in (("hit", one), ("near_miss", two)):
            person, day = stage.person(age=(50, 75)), stage.day()
            if n % 2:
                begin = START - 60 - n
                number = register(
                    stage, person, HYPERTENSION, begin, begin + 720, begin + 730, opter_id=one, reviewer_id=reviewer
                )
                key = f"opsp_reg_d|{number}"
            else:
                number = reimburse(stage, person, "H88888800500", f"88{stage.number(0):0>15}", day, 60_000,
                                   opter_id=one, reviewer_id=reviewer)  # fmt: skip
                key = f"manl_reim_d|{number}"
            note = "经办与复核是同一人" if verdict == "hit" else "两人先后办理"
            stage.judge(rule, verdict, [key], person=person, amount=0, note=note)


def permission_conflict(stage: Stage) -> None:
    """Roles that must be apart in one hand; look-alikes: two roles that may go together, one role."""
    for n, (verdict, roles, note) in enumerate((
        ("hit", "04，05", "初审、复审由一人兼任"), ("hit", "01，02", "参保登记与缴费核定由一人兼任"),
        ("near_miss", "01，10", "可以兼任的角色"), ("near_miss", "04", "只有一个角色"),
    )):  # fmt: skip
        stage.edits.change("opter_b", SCHEMER + 4 + n, role_code=roles)
        stage.judge("permission_conflict", verdict, [stage.operator(SCHEMER + 4 + n)], amount=0, note=note)


def out_of_hours_operation(stage: Stage) -> None:
    """At night, or on a day off; look-alikes: four times only, until five to nine on a working day."""
    rule = "out_of_hours_operation"
    for n in range(stage.few):
        workday = int(WORKDAYS[160 + 5 * n])
        saturday = START + 80 + 7 * n + (2 - (START + 80)) % 7
        for verdict, day, minute, times, who, note in (
            ("hit", workday, 1_290, 6, ODD_OPERATOR, "夜间操作"),
            ("hit", saturday, 600, 5 + n, ODD_OPERATOR, "周末操作"),
            ("near_miss", workday + 1, 1_310, 4, BUSY_OPERATOR, "只有四次"),
            ("near_miss", workday, 1_180, 9, BUSY_OPERATOR, "加班到二十一点以前"),
        ):
            numbers = [_logged(stage, who, day * DAY + minute + 8 * i) for i in range(times)]
            stage.judge(rule, verdict, numbers, amount=0, note=note)


def _logged(stage: Stage, who: int, minute: int, **more: str) -> str:
    number = stage.number(ids.LOG)
    stage.edits.add("opt_log_d", **{"rid": number, "opter_id": stage.operator(who), "opter_name": f"经办员{who + 1}",
                                    "opt_time": minute, "biz_type": "参保登记", "biz_step": "录入", **more})  # fmt: skip
    return number


def first_review_missing(stage: Stage) -> None:
    """Never reviewed; look-alikes: reviewed three weeks later, the fund paid nothing."""
    rule = "first_review_missing"
    for n in range(stage.k):
        enc = stage.visit(stage.person(), stage.inst(2), stage.day(last=BEFORE_LAST_MONTHS))
        stage.bill(enc, "腹部彩超")
        stage.unreviewed.add(enc)
        stage.hit(rule, enc, note="结算没有初审")
        if n % 2:
            enc = stage.visit(stage.person(), stage.spare(1, 6), stage.day(last=BEFORE_LAST_MONTHS))
            late = at_desk(stage.settled(enc) // DAY + 21)
            _logged(stage, int(FIRST_REVIEWERS[0]), late, biz_type="结算审核", biz_step="初审", record_table="setl_d",
                    record_id=stage.keys(enc)["setl_id"])  # fmt: skip
        else:
            enc = stage.purchase(stage.person(), stage.spare(PHARMACY, 6), stage.day(last=BEFORE_LAST_MONTHS))
            stage.bill(enc, "碳酸钙D3片")
        stage.unreviewed.add(enc)
        stage.near(rule, enc, note="三周后初审" if n % 2 else "基金没有支付")


def second_review_short(stage: Stage) -> None:
    """An office that reviews none of its stays again; look-alikes: one that reviews a tenth, one with few stays."""
    for office, (verdict, times, note) in enumerate((
        ("hit", 21, "住院费用无一复审"), ("hit", 24, "复审比例不足5%"),
        ("near_miss", 22, "复审一成"), ("near_miss", 18, "住院太少，不判断"),
    )):  # fmt: skip
        encs = [
            stage.stay(stage.person(age=(45, 75)), stage.inst(2), stage.day(last=BEFORE_LAST_MONTHS), 7) for _ in range(times)
        ]
        for n, enc in enumerate(encs):
            stage.edits.change("setl_d", enc, clr_optins=f"99{stage.district * 4 + office + 100:04d}")
            stage.second[enc] = n < (1 if office == 1 else 4 if office == 2 else 0)
        if office == 1:  # a single cheap stay of twenty-four: less than a twentieth of the money
            stage.bill(encs[-1], "示例靶向胶囊", 8, day=stage.settled(encs[-1]) // DAY - 2)
        stage.label("second_review_short", verdict, encs[-1], others=encs[:-1], note=note)


SCENES = {
    "false_enrolment": false_enrolment,
    "false_contribution": false_contribution,
    "benefit_against_rules": benefit_against_rules,
    "same_person_enters_and_reviews": same_person_enters_and_reviews,
    "permission_conflict": permission_conflict,
    "out_of_hours_operation": out_of_hours_operation,
    "first_review_missing": first_review_missing,
    "second_review_short": second_review_short,
}
"""Rule → its scene."""
