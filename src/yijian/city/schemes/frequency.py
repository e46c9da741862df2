"""Too often, too many at once, without need, or cut in two: what admissions and visits look like when they are arranged."""

from yijian.city.institutions import PHARMACY
from yijian.city.people import START
from yijian.city.stage import Stage

EARLY = START + 150
DAILY = (
    "复方甘草片", "连花清瘟胶囊", "板蓝根颗粒", "感冒清热颗粒", "蒙脱石散", "铝碳酸镁咀嚼片", "多潘立酮片", "氯雷他定片",
    "活血止痛膏", "云南白药气雾剂", "维生素C片", "布洛芬缓释胶囊", "对乙酰氨基酚片",
)  # fmt: skip
"""Something else every time, so that nobody has too much of one thing."""


def frequent_admission(stage: Stage) -> None:
    """Six stays in 180 days; look-alikes: five of them, and planned cycles."""
    rule = "frequent_admission"
    for n in range(stage.k):
        encs = _stays(stage, 6, 26)
        stage.hit(rule, encs[-1], others=encs[:-1], amount=stage.total(encs[-1]), note="180日内住院6次")
        if n % 2:
            encs, note = _cycles(stage, 7), "计划性化疗周期"
        else:
            encs, note = _stays(stage, 5, 26), "180日内住院5次"
        stage.near(rule, encs[-1], others=encs[:-1], note=note)


def _stays(stage: Stage, times: int, gap: int) -> list[int]:
    """Every `gap` days in one of two hospitals by turns."""
    person, adm = stage.person(age=(50, 75)), stage.day(last=EARLY)
    here = stage.inst(1)
    places = (here, stage.inst(2))
    return [stage.stay(person, places[i % 2], adm + gap * i, 5, diag=("肺炎", "糖尿病")[i % 2]) for i in range(times)]


def _cycles(stage: Stage, times: int) -> list[int]:
    person, here, adm = stage.person(age=(50, 75)), stage.inst(2), stage.day(last=EARLY)
    encs = [stage.stay(person, here, adm + 21 * i, 3, diag="化疗", med_type="21") for i in range(times)]
    for i, enc in enumerate(encs):
        for d in range(3):
            stage.bill(enc, "注射用环磷酰胺", 2, day=adm + 21 * i + d)
    return encs


def frequent_outpatient(stage: Stage) -> None:
    """Sixteen visits in 30 days; look-alikes: fifteen, and sixteen over a longer time."""
    rule = "frequent_outpatient"
    for n in range(stage.k):
        encs = _visits(stage, 16 + n % 3, 30)
        amount = sum(map(stage.total, encs[15:]))
        stage.hit(rule, encs[-1], others=encs[:-1], amount=amount, note=f"30日内门诊{len(encs)}次")
        encs = _visits(stage, 16, 32) if n % 2 else _visits(stage, 15, 30)
        stage.near(rule, encs[-1], others=encs[:-1], note="16次分在32日" if n % 2 else "30日内恰15次")


def _visits(stage: Stage, times: int, days: int) -> list[int]:
    """Visits spread evenly, the first on the first of these days and the last on the last."""
    person, first = stage.person(), stage.day()
    return [stage.visit(person, stage.inst(1), first + (days - 1) * i // (times - 1), diag="过敏性鼻炎") for i in range(times)]


def frequent_pharmacy(stage: Stage) -> None:
    """Eleven purchases in 30 days; look-alikes: ten, and eleven over a longer time."""
    rule = "frequent_pharmacy"
    for n in range(stage.k):
        encs = _purchases(stage, 11 + n % 3, 30)
        amount = sum(map(stage.total, encs[10:]))
        stage.hit(rule, encs[-1], others=encs[:-1], amount=amount, note=f"30日内购药{len(encs)}次")
        encs = _purchases(stage, 11, 33) if n % 2 else _purchases(stage, 10, 30)
        stage.near(rule, encs[-1], others=encs[:-1], note="11次分在33日" if n % 2 else "30日内恰10次")


def _purchases(stage: Stage, times: int, days: int) -> list[int]:
    person, first = stage.person(), stage.day()
    encs = [stage.purchase(person, stage.inst(PHARMACY), first + (days - 1) * i // (times - 1)) for i in range(times)]
    for enc, key in zip(encs, DAILY, strict=False):
        stage.bill(enc, key)
    return encs


def induced_admission(stage: Stage) -> None:
    """People of one address or employer on one day; look-alikes: four of them, over two days, emergencies."""
    rule = "induced_admission"
    for n in range(stage.few):
        for verdict, people, over, kind, note in (
            ("hit", 5 + n, 1, "", "同一单位的人同日成批入院" if n % 2 else "同一住址的人同日成批入院"),
            ("near_miss", 4, 1, "", "只有四人"),
            ("near_miss", 6, 2, "", "分在两日入院"),
            ("near_miss", 6, 1, "24", "集体外伤急诊入院"),
        ):
            here, adm = stage.spare(1, 2 + n), stage.day()
            encs = [stage.stay(stage.person(), here, adm + i % over, 5 + i % 4, med_type=kind) for i in range(people)]
            bond = f"示例市青石镇向阳村{stage.district}组{stage.number(0)}号"
            for enc in encs:
                stage.edits.change("mdtrt_d", enc, **({"emp_no": f"E{bond[-12:]}"} if n % 2 else {"addr": bond}))
            stage.label(rule, verdict, encs[0], others=encs[1:], amount=sum(map(stage.total, encs)), note=note)


def low_standard_admission(stage: Stage) -> None:
    """A stay of examinations; look-alikes: infusions beside them, an emergency, sent on to another hospital, mostly bed days."""
    rule = "low_standard_admission"
    for n in range(stage.k):
        stage.hit(rule, _examined(stage), note="住院只做检查，没有治疗")
        enc, note = (
            (_examined(stage, infusions=True), "另有输液治疗"),
            (_examined(stage, med_type="24"), "急诊入院"),
            (_examined(stage, dscg_way=2), "检查后转院"),
            (_examined(stage, dear=False), "检查不到费用的六成"),
        )[n % 4]
        stage.near(rule, enc, note=note)


def _examined(stage: Stage, *, infusions: bool = False, dear: bool = True, med_type: str = "21", dscg_way: int = 1) -> int:
    adm, days = stage.day(), 4
    enc = stage.stay(stage.person(age=(40, 70)), stage.inst(2), adm, days, diag="胃炎", med_type=med_type, dscg_way=dscg_way)
    for d in range(days):
        stage.bill(enc, "血常规", day=adm + d)
        if infusions:
            stage.bill(enc, "静脉输液", day=adm + d)
    for key in ("胃镜检查", "头颅MRI平扫") if dear else ("腹部彩超",):
        stage.bill(enc, key, day=adm + 1)
    return enc


def transfer_cost_split(stage: Stage) -> None:
    """Out at the payment standard and in again under another disease; look-alikes: far below it, two days later, sent on."""
    rule = "transfer_cost_split"
    for n in range(stage.k):
        enc = _cut(stage, gap=n % 2)
        stage.hit(rule, enc, note="费用到支付标准即出院，换病种再入院")
        enc, note = (
            (_cut(stage, share=80), "前次费用远低于支付标准"),
            (_cut(stage, gap=2), "隔两日再入院"),
            (_cut(stage, dscg_way=2), "转院后再转回"),
        )[n % 3]
        stage.near(rule, enc, note=note)


def _cut(stage: Stage, *, gap: int = 1, share: int = 97, dscg_way: int = 1) -> int:
    """Two stays; the first costs `share` per cent of its payment standard."""
    person, here, adm = stage.person(age=(50, 80)), stage.inst(2), stage.day()
    first = stage.stay(person, here, adm, 8, diag="肺炎", dscg_way=dscg_way)
    stage.edits.change("setl_d", first, bydise_setl_payamt=stage.total(first) * 100 // share)
    return stage.stay(person, here, adm + 8 + gap, 7, diag="糖尿病")


SCENES = {
    "frequent_admission": frequent_admission,
    "frequent_outpatient": frequent_outpatient,
    "frequent_pharmacy": frequent_pharmacy,
    "induced_admission": induced_admission,
    "low_standard_admission": low_standard_admission,
    "transfer_cost_split": transfer_cost_split,
}
"""Rule → its scene."""
