"""What only shows against peers: the mix of an institution's costs, how many come back, are infected, are approved.

Peers are the secondary hospitals that only schemes use: each has an ordinary mix of stays in three quarters, and in some of
them the mix of one is changed.
"""

from yijian.city import ids
from yijian.city.background import DAY
from yijian.city.institutions import staff_code
from yijian.city.people import START
from yijian.city.schemes.benefits import register
from yijian.city.stage import Stage

QUARTERS = (START + 95, START + 186, START + 278)
"""Days on which the first stays of a quarter may begin; all end before the quarter does, and before December."""
ROOM = 40
PEERS, LEVEL = 9, 2
ORDINARY = ("肺炎", "脑梗死", "慢阻肺", "冠心病", "胆囊结石", "糖尿病", "股骨颈骨折", "心力衰竭", "腰椎间盘突出")
ENOUGH = 5_400_000
"""Cents of a peer's costs in a quarter; fewer than 50,000 yuan are not compared."""
KINDS = {
    "share_of_drugs": "示例生物制剂", "share_of_consumables": "示例神经刺激器", "share_of_treatment": "高压氧治疗",
    "share_of_ct": "冠状动脉CT血管成像", "share_of_mri": "心脏磁共振增强",
}  # fmt: skip
"""What makes the share of a kind; CT and magnetic resonance are tests, too."""
TESTS = ("share_of_ct", "share_of_mri")
SMALL_PLANT = 300_000


def shares(stage: Stage) -> None:
    """Each kind too much at two peers in two quarters; look-alike: a small hospital, whose mix nobody compares."""
    planted = {(n % 3, n // 3 * 2): rule for n, rule in enumerate([*KINDS] * 2)}
    for peer in range(PEERS):
        people: list[int] = []
        for quarter, first in enumerate(QUARTERS):
            encs: list[int] = []
            while sum(map(stage.total, encs)) < ENOUGH:
                turn = len(encs) + quarter
                if len(people) == len(encs):
                    people.append(stage.person(age=(60, 80)))
                adm, days = first + int(stage.rng.integers(ROOM)), 19 + (turn + peer) % 4
                encs.append(stage.stay(people[len(encs)], stage.spare(LEVEL, peer), adm, days, diag=ORDINARY[turn % 9]))
            if rule := planted.get((quarter, peer)):
                lines = [line for enc in encs for line in _more(stage, enc, KINDS[rule], 3 * ENOUGH // len(encs))]
                stage.hit(rule, encs[0], lines, note="占比远高于同类机构")
                if rule in TESTS:
                    stage.hit("share_of_tests", encs[0], lines, note="检查化验占比远高于同类机构")
    for n, rule in enumerate([*KINDS] * 2):
        adm = QUARTERS[n % 3] + int(stage.rng.integers(ROOM))
        enc = stage.stay(stage.person(age=(60, 80)), stage.far(LEVEL), adm, 7, diag="肺炎")
        lines = _more(stage, enc, KINDS[rule], SMALL_PLANT)
        stage.near(rule, enc, lines, note="费用太少的机构不比较")
        if rule in TESTS:
            stage.near("share_of_tests", enc, lines, note="费用太少的机构不比较")


def _more(stage: Stage, enc: int, key: str, cents: int) -> list[int]:
    """Lines of this good for so many cents, over five days of a stay."""
    price = int(stage.cat.prices[LEVEL, stage.cat.index[key]]) // 100
    first = stage.began(enc) // DAY
    return [stage.bill(enc, key, max(cents // price // 5, 1), day=first + d) for d in range(5)]


def readmissions(stage: Stage) -> None:
    """Fifty discharges: ten come back, ten were infected in the house; look-alikes: by plan, infected on admission."""
    back, ill = "unplanned_readmission_31d", "hospital_infection_rate"
    for n, quarter in enumerate(QUARTERS[:2]):
        encs = _rounds(stage, stage.spare(1, n), quarter, ("肺炎", "糖尿病", "肺炎", "冠心病", "慢阻肺"))
        returned = [enc for i, enc in enumerate(encs) if i % 5 == 0]
        stage.label(back, "hit", returned[0], others=returned[1:], note="31天内非计划再入院率高")
        infected = encs[3::5]
        for enc in infected:
            _infected(stage, enc, "4")
        stage.label(ill, "hit", infected[0], others=infected[1:], note="院内感染率高")
        encs = _rounds(stage, stage.spare(1, 2 + n), quarter, ("化疗",) * 5)
        stage.label(back, "near_miss", encs[0], others=encs[1:], note="计划性化疗")
        for enc in encs[:9]:
            _infected(stage, enc, "1")
        stage.label(ill, "near_miss", encs[0], others=encs[1:9], note="入院时已有的感染")


def _rounds(stage: Stage, inst: int, first: int, diseases: tuple[str, ...]) -> list[int]:
    """Ten people with five short stays each; the first disease comes back after three weeks."""
    encs: list[int] = []
    for n in range(10):
        person, adm, gap = stage.person(age=(55, 80)), first + 2 * n, 9 + n % 5
        for i, disease in enumerate(diseases):
            enc = stage.stay(person, inst, adm + gap * i, 2, diag=disease, med_type="21")
            if disease == "化疗":
                stage.bill(enc, "注射用环磷酰胺", 2, day=adm + gap * i)
            encs.append(enc)
    return encs


def _infected(stage: Stage, enc: int, condition: str) -> None:
    number = stage.number(ids.DIAG)
    stage.edits.add("setl_list_diag_d", **stage.keys(enc), setl_list_diag_id=number, rid=number, diag_type="1", maindiag_flag="0",
                    diag_code="J15.900", diag_name="细菌性肺炎", adm_cond_type=condition, vali_flag="1")  # fmt: skip


def special_disease_pass_rate(stage: Stage) -> None:
    """All of twenty-five applications approved; look-alikes: seventeen of them, all of only nineteen."""
    rule, diseases = "special_disease_pass_rate", ("M03900", "M01600", "M04600", "M05300", "M01901")
    for n, (verdict, applied, approved, note) in enumerate((
        ("hit", 25, 25, "认定通过率远高于同行"), ("hit", 30, 30, "认定通过率远高于同行"),
        ("near_miss", 25, 14, "与同行相近"), ("near_miss", 19, 19, "申请太少，不比较"),
        ("near_miss", 40, 12, "从严认定的医院"),
    )):  # fmt: skip
        inst = stage.spare(LEVEL, n)
        expert = staff_code(int(stage.world.inst.serial[inst]), 25)
        people, numbers = [stage.person(age=(50, 75)) for _ in range(applied // 5 + 1)], list[str]()
        for i in range(applied):
            day = START - 300 + 4 * i
            numbers.append(register(stage, people[i // 5], diseases[i % 5], day, day + 700, day + 730, expert_code=expert,
                                    fixmedins_code=stage.code(inst), aprv_rslt="1" if i < approved else "0"))  # fmt: skip
        stage.judge(rule, verdict, numbers[:approved], inst=inst, amount=0, note=note)


SCENES = {
    "shares": shares,
    "readmissions": readmissions,
    "special_disease_pass_rate": special_disease_pass_rate,
}
"""Rule, or what several rules look at, → its scene."""
RULES = (*KINDS, "share_of_tests", "unplanned_readmission_31d", "hospital_infection_rate", "special_disease_pass_rate")
