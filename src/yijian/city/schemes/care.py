"""Long-term care that was not given, not planned, not due or not deserved."""

from dataclasses import dataclass

from yijian.city import ids
from yijian.city.background import DAY
from yijian.city.care import HOME, LASTS, PROVIDERS, assessor, organisation, provider
from yijian.city.people import START
from yijian.city.stage import Stage

FEE = 6_500
KILOMETRE = 900_000
"""Of latitude, in hundred-millionths of a degree."""
ITEM = ("HL001", "生活照料")
ALL_WEEK = 7
LATE = START + 355
"""Late enough for an assessment to have two years behind it that do not reach back to the agency's registrations."""


@dataclass(frozen=True)
class Client:
    """Somebody cared for: the person, who cares, where."""

    person: int
    provider: int
    caregiver: str
    north: int


class Cases:
    """Clients of the schemes, each with a caregiver and a home of their own."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def assess(self, person: int, day: int, *, level: int = 3, review: int | None = None, of: int = 10,
               pair: tuple[str, str] | None = None) -> str:  # fmt: skip
        """An assessment by an organisation of the schemes; its number."""
        stage = self.stage
        number = stage.number(ids.ASSESSMENT)
        one, two = pair or (assessor(stage.district, of, int(number) % 7), assessor(stage.district, of, 7 + int(number) % 5))
        stage.edits.add(
            "ltc_assess_d", rid=number, ltc_apply_id=f"9{number}", psn_no=stage.psn_no(person), dsblty_lv=str(level),
            eval_date=day, eval_org_code=organisation(stage.district, of), assessor1=one, assessor2=two,
            eval_rslt="1" if level >= 3 else "0", review_date=day + 730 if review is None else review,
        )  # fmt: skip
        return number

    def plan(self, client: Client, begin: int, end: int, *, times: int = ALL_WEEK, item: tuple[str, str] = ITEM) -> None:
        """So many times a week between two days."""
        self.stage.edits.add(
            "ltc_plan_d", rid=self.stage.number(ids.CARE_PLAN), psn_no=self.stage.psn_no(client.person),
            serv_org_code=provider(self.stage.district, client.provider), serv_item_code=item[0], serv_item_name=item[1],
            freq_week=times, begndate=begin, enddate=end, serv_lnt=HOME[0], serv_lat=client.north,
        )  # fmt: skip

    def client(self, day: int, *, of: int = PROVIDERS, die: int = -1, assessed: bool = True) -> Client:
        """An old person assessed and planned for from a month before `day` on."""
        person = self.stage.person(age=(66, 85), die=die)
        one = Client(person, of, f"N{self.stage.number(0)}", HOME[1] + KILOMETRE)
        if assessed:
            self.assess(person, day - 60)
        return one

    def visit(self, client: Client, day: int, *, minute: int = 600, lasts: int = LASTS, by: str = "", north: int | None = None,
              item: tuple[str, str] = ITEM) -> str:  # fmt: skip
        """One visit; its number."""
        number, begin = self.stage.number(ids.CARE_VISIT), day * DAY + minute
        self.stage.edits.add(
            "ltc_serv_d", rid=number, psn_no=self.stage.psn_no(client.person),
            serv_org_code=provider(self.stage.district, client.provider), serv_psn_no=by or client.caregiver,
            serv_item_code=item[0], serv_item_name=item[1], serv_begntime=begin, serv_endtime=begin + lasts,
            serv_dura_min=lasts, sign_lnt=HOME[0], sign_lat=client.north if north is None else north,
            det_item_fee_sumamt=FEE, ltc_fund_pay=FEE * 3 // 4, psn_pay=FEE - FEE * 3 // 4,
        )  # fmt: skip
        return number

    def judge(self, rule: str, verdict: str, client: Client, numbers: list[str], note: str) -> None:
        self.stage.judge(rule, verdict, numbers, person=client.person, amount=FEE * len(numbers), note=note)


def ltc_after_death_or_transfer(stage: Stage) -> None:
    """Visited after death, in hospital, after the insurance ended; look-alikes: on the day of death, on the day of admission."""
    rule, cases = "ltc_after_death_or_transfer", Cases(stage)
    for n in range(stage.k):
        day = stage.day()
        for verdict, later in (("hit", 1 + n % 5), ("near_miss", 0)):
            one = cases.client(day, die=day if n % 3 == 0 else -1)
            cases.plan(one, day - 30, day + 60)
            if n % 3 == 1:
                stage.stay(one.person, stage.inst(2), day, 8)
            elif n % 3 == 2:
                stage.edits.change("psn_insu_d", one.person, psn_insu_stas="4", paus_insu_date=day)
            number = cases.visit(one, day + later)
            what = ("死亡", "入院", "参保关系终止")[n % 3]
            cases.judge(rule, verdict, one, [number], f"{what}后仍上传护理费用" if later else f"{what}当日")


def ltc_fictitious_visit(stage: Stage) -> None:
    """In two places at once, too far to come, more than a day's hours, signed in far away; look-alikes: a couple, time enough."""
    rule, cases = "ltc_fictitious_visit", Cases(stage)
    for n in range(max(4, stage.k)):
        day = stage.day()
        one, two = cases.client(day), cases.client(day)
        for client in (one, two):
            cases.plan(client, day - 30, day + 60)
        far = one.north + 120 * KILOMETRE
        if n % 4 == 0:
            cases.visit(one, day, minute=600)
            numbers, note = [cases.visit(two, day, minute=630, by=one.caregiver, north=one.north + 4 * KILOMETRE)], "同时在两处"
        elif n % 4 == 1:
            cases.visit(one, day, minute=600)
            numbers, note = [cases.visit(two, day, minute=675, by=one.caregiver, north=far)], "一刻钟到不了一百二十公里外"
        elif n % 4 == 2:
            numbers, note = [cases.visit(one, day, minute=10, lasts=760)], "一日上门超过二十四小时"
            cases.visit(two, day, minute=20, lasts=760, by=one.caregiver, north=one.north + 2 * KILOMETRE)
        else:
            numbers, note = [cases.visit(one, day, north=one.north + 9 * KILOMETRE)], "签到地远离服务地点"
        cases.judge(rule, "hit", two if n % 4 < 2 else one, numbers, note)
        one, two = cases.client(day), cases.client(day)
        for client in (one, two):
            cases.plan(client, day - 30, day + 60)
        cases.visit(one, day, minute=600)
        minute, north = (600, one.north) if n % 2 else (600 + LASTS + 20, one.north + 4 * KILOMETRE)
        number = cases.visit(two, day, minute=minute, by=one.caregiver, north=north)
        cases.judge(rule, "near_miss", two, [number], "同住的两位老人" if n % 2 else "来得及赶到")


def ltc_outside_plan(stage: Stage) -> None:
    """Not in the plan, or once more in the week than planned; look-alikes: the plan's last day, Sunday and Monday."""
    rule, cases = "ltc_outside_plan", Cases(stage)
    for n in range(stage.k):
        monday = stage.day() // 7 * 7 + 4
        one = cases.client(monday)
        cases.plan(one, monday - 30, monday + (60 if n % 2 else 1), times=2)
        numbers = [cases.visit(one, monday + d) for d in ((0, 2, 4) if n % 2 else (0, 2))]
        cases.judge(rule, "hit", one, numbers[-1:], "本周次数超过计划" if n % 2 else "计划已经终止")
        one = cases.client(monday)
        cases.plan(one, monday - 30, monday + (60 if n % 2 else 2), times=2)
        numbers = [cases.visit(one, monday + d) for d in ((4, 6, 7, 9) if n % 2 else (0, 2))]
        cases.judge(rule, "near_miss", one, numbers[-1:], "两周各两次" if n % 2 else "计划最后一日")


def ltc_substituted_item(stage: Stage) -> None:
    """Goods under the name of care; look-alikes: care with such goods' words in nothing but its remark."""
    rule, cases = "ltc_substituted_item", Cases(stage)
    for n in range(stage.k):
        day = stage.day()
        for verdict, item, note in (
            ("hit", ("HL009", ("营养品配送", "成人奶粉代购")[n % 2]), "商品记成护理项目"),
            ("near_miss", ("HL010", ("协助进食", "营养指导")[n % 2]), "护理项目"),
        ):
            one = cases.client(day)
            cases.plan(one, day - 30, day + 60, item=item)
            cases.judge(rule, verdict, one, [cases.visit(one, day, item=item)], note)


def ltc_review_overdue(stage: Stage) -> None:
    """Paid after the day of the review, or never assessed; look-alikes: on that day, assessed anew in time."""
    rule, cases = "ltc_review_overdue", Cases(stage)
    for n in range(stage.k):
        day = stage.day()
        one = cases.client(day, assessed=False)
        cases.plan(one, day - 30, day + 60)
        if n % 2 == 0:
            cases.assess(one.person, day - 740, review=day - 1 - n)
        numbers = [cases.visit(one, day + d) for d in (0, 2)]
        cases.judge(rule, "hit", one, numbers, "没有失能评估" if n % 2 else "逾期未复评仍支付")
        one = cases.client(day, assessed=False)
        cases.plan(one, day - 30, day + 60)
        cases.assess(one.person, day - 730, review=day if n % 2 else day - 20)
        if n % 2 == 0:
            cases.assess(one.person, day - 15)
        cases.judge(rule, "near_miss", one, [cases.visit(one, day)], "复评日当日" if n % 2 else "已经复评")


def ltc_assessor_conflict(stage: Stage) -> None:
    """An assessor who works for the provider, one pair for nearly all; look-alikes: half of them, an organisation of three."""
    rule, cases, district = "ltc_assessor_conflict", Cases(stage), stage.district
    for _ in range(2):
        day = stage.day()
        one = cases.client(day, assessed=False, of=PROVIDERS + 1)
        cases.plan(one, day - 30, day + 60)
        cases.visit(one, day)
        number = cases.assess(one.person, day - 60, pair=(one.caregiver, assessor(district, 10, 2)))
        stage.judge(rule, "hit", [number], amount=0, note="评估员就是护理机构的人")
    for of, (verdict, same, assessors, note) in enumerate((
        ("hit", 18, 6, "几乎总是同一对评估员"),
        ("near_miss", 11, 6, "同一对评估员约占一半"), ("near_miss", 20, 3, "评估员不足四人"),
    )):  # fmt: skip
        numbers: list[str] = []
        people = [stage.person(age=(66, 85)) for _ in range(5)]
        for i in range(20):
            other = 2 + i % (assessors - 2)
            pair = (0, 1) if i < same else (0, other)
            first, second = (assessor(district, 20 + of, a) for a in pair)
            numbers.append(cases.assess(people[i % 5], START - 30 - 70 * i, pair=(first, second), of=20 + of, level=2))
        if same == 20:  # a third assessor, so that they are three
            first, second = assessor(district, 20 + of, 0), assessor(district, 20 + of, 2)
            cases.assess(people[0], START - 60, pair=(first, second), of=20 + of, level=2)
        stage.judge(rule, verdict, numbers[:same], amount=0, note=note)


def ltc_induced_entitlement(stage: Stage) -> None:
    """A provider's clients, all of one pair and of a high level; look-alikes: several pairs, nine clients."""
    rule, cases, district = "ltc_induced_entitlement", Cases(stage), stage.district
    for n, (verdict, people, same, note) in enumerate((
        ("hit", 11, True, "申请人集中由同一对评估员评估且等级偏高"), ("hit", 13, True, "申请人集中由同一对评估员评估且等级偏高"),
        ("near_miss", 12, False, "随机选派的评估员"), ("near_miss", 9, True, "人数太少，不比较"),
    )):  # fmt: skip
        numbers: list[str] = []
        for i in range(people):
            one = cases.client(START + 60, assessed=False, of=PROVIDERS + 2 + n)
            pair = (0, 1) if same else (i % 5, 5 + i % 3)
            first, second = (assessor(district, 30 + n, a) for a in pair)
            day = START - 40 - i
            numbers.append(cases.assess(one.person, day, level=5 if same else 3, pair=(first, second), of=30 + n))
            cases.plan(one, day + 20, START + 300)
        stage.judge(rule, verdict, numbers, amount=0, note=note)


def ltc_level_mismatch(stage: Stage) -> None:
    """Severely disabled by paper, and walking in six times; look-alikes: five times, somebody else came, a stroke explains it.

    The rule wants two years before the assessment. So each was seen once long ago (and paid it all), and the assessment is late.
    """
    rule, cases = "ltc_level_mismatch", Cases(stage)
    for n in range(stage.k):
        for verdict, times, proxy, diag, note in (
            ("hit", 6 + n % 2, False, "过敏性鼻炎", "评为重度失能而频繁自行就诊"),
            (("near_miss", 5, False, "过敏性鼻炎", "五次就诊"), ("near_miss", 6, True, "过敏性鼻炎", "代办人取药"),
             ("near_miss", 6, False, "脑梗死恢复期", "有相应疾病"))[n % 3],
        ):  # fmt: skip
            person = stage.person(age=(66, 85), unseen=True)
            long_ago = stage.visit(person, stage.inst(1), LATE - 731, fee=False)
            stage.bill(long_ago, "活血止痛膏", self_paid=True)
            stage.unreviewed.add(long_ago)
            number = cases.assess(person, LATE, level=4)
            for i in range(times):
                enc = stage.visit(person, stage.inst(1), LATE + 1 + i, diag=diag)
                if proxy:
                    stage.edits.change("setl_d", enc, agnter_certno=f"代办{number}", agnter_name="代办人")
            stage.judge(rule, verdict, [number], person=person, amount=0, note=note)


SCENES = {
    "ltc_level_mismatch": ltc_level_mismatch,
    "ltc_after_death_or_transfer": ltc_after_death_or_transfer,
    "ltc_fictitious_visit": ltc_fictitious_visit,
    "ltc_outside_plan": ltc_outside_plan,
    "ltc_substituted_item": ltc_substituted_item,
    "ltc_review_overdue": ltc_review_overdue,
    "ltc_assessor_conflict": ltc_assessor_conflict,
    "ltc_induced_entitlement": ltc_induced_entitlement,
}
"""Rule → its scene."""
