"""Who really stood there: cards that were lent, turned into money, or in two places at once."""

from yijian.city.institutions import PHARMACY
from yijian.city.people import START
from yijian.city.stage import Stage

MALE, FEMALE = 1, 2
PERIODS = (START + 161, START + 251)
"""Two days on which the ninety days of cash_out begin anew."""
HUNDRED = 1_000_000


def card_lent(stage: Stage) -> None:
    """Drugs for the other sex on three days, each a hit of drug_sex too; look-alikes: two days, a mother's newborn."""
    rule, key = "card_lent", "妇科千金片"
    for n in range(stage.k):
        for verdict, days, note in (("hit", 3 + n % 3, "所购药品一再与持卡人性别矛盾"), ("near_miss", 2, "只有两日")):
            if verdict == "near_miss" and n % 2:
                _newborn(stage)
                continue
            person, first = stage.person(sex=MALE), stage.day()
            encs = [stage.visit(person, stage.inst(1 + i % 3), first + 12 * i) for i in range(days)]
            lines = [stage.bill(enc, key) for enc in encs]
            for enc, line in zip(encs, lines, strict=True):
                stage.hit("drug_sex", enc, [line], note="出借凭证也逐行列出")
            stage.label(rule, verdict, encs[0], lines, note=note)


def _newborn(stage: Stage) -> None:
    person, first = stage.person(sex=FEMALE, age=(24, 36)), stage.day()
    encs = [stage.visit(person, stage.inst(2), first + 5 * i, diag="新生儿黄疸", newborn=True) for i in range(3)]
    lines = [stage.bill(enc, "前列舒通胶囊") for enc in encs]
    stage.near("card_lent", encs[0], lines, note="新生儿费用记在母亲名下")


def cash_out(stage: Stage) -> None:
    """Round sums, or all that was left; look-alikes: nineteen of them, and sums that are not round."""
    rule = "cash_out"
    for n in range(stage.few):
        for verdict, place, times, yuan, note in (
            ("hit", n, 21 + n, 100, "整百元或刷空余额"),
            ("near_miss", stage.few + n, 19, 200, "只有十九笔"),
            ("near_miss", stage.few + n, 24, 130, "金额不是整百"),
        ):
            people = [stage.person() for _ in range(8)]
            encs = [
                _paid(stage, people[i % 8], stage.spare(PHARMACY, place), PERIODS[n % 2] + i * 3, yuan, n + i)
                for i in range(times)
            ]
            stage.label(rule, verdict, encs[0], others=encs[1:], amount=sum(map(stage.total, encs)), note=note)


def _paid(stage: Stage, person: int, pharmacy: int, day: int, yuan: int, n: int) -> int:
    """One payment from the account: `yuan`, or (every third where that is round) an odd sum that empties the account."""
    stage.world.people.insutype[person] = 0
    enc = stage.purchase(person, pharmacy, day)
    empties = n % 3 == 0 and yuan % 100 == 0
    stage.bill(enc, "活血止痛膏", price=yuan * 10_000 + (63_500 if empties else 0))
    if empties:
        stage.edits.change("setl_d", enc, balc=0)
    return enc


def impossible_travel(stage: Stage) -> None:
    """Here and, half an hour later, 130 kilometres away; look-alikes: three hours later, next door, no place known."""
    rule = "impossible_travel"
    for n in range(stage.k):
        enc = _two_places(stage, stage.far(PHARMACY), 20 + n % 20)
        stage.hit(rule, enc, note="两地之间到不了")
        if n % 2:
            enc, note = _two_places(stage, stage.inst(PHARMACY), 12), "就近购药"
        else:
            enc, note = _two_places(stage, stage.far(PHARMACY), 180), "三小时后到达"
        stage.near(rule, enc, note=note)


def _two_places(stage: Stage, pharmacy: int, later: int) -> int:
    """A visit, and a purchase so many minutes after its settlement."""
    person, day = stage.person(), stage.day()
    seen = stage.visit(person, stage.inst(1), day, minute=500)
    enc = stage.purchase(person, pharmacy, day, minute=stage.settled(seen) % 1_440 + later)
    stage.bill(enc, "碳酸钙D3片")
    return enc


def proxy_without_holder(stage: Stage) -> None:
    """One buys for five and more within thirty days; look-alikes: for four, for five over a longer time."""
    rule = "proxy_without_holder"
    for n in range(stage.few):
        for verdict, holders, days, note in (
            ("hit", 5 + n, 29, "一人为多名参保人代办"),
            ("near_miss", 4, 20, "为一家四口代办"),
            ("near_miss", 5, 41, "五人分在四十多日"),
        ):  # fmt: skip
            proxy, first = f"代办{stage.number(0)}", stage.day()
            encs: list[int] = []
            for i in range(holders):
                encs.append(stage.purchase(stage.person(age=(60, 85)), stage.inst(PHARMACY), first + days * i // (holders - 1)))
                stage.bill(encs[-1], "复方甘草片")
                stage.edits.change("setl_d", encs[-1], agnter_certno=proxy, agnter_name="代办人")
            stage.label(rule, verdict, encs[0], others=encs[1:], amount=sum(map(stage.total, encs)), note=note)


SCENES = {
    "proxy_without_holder": proxy_without_holder,
    "card_lent": card_lent,
    "cash_out": cash_out,
    "impossible_travel": impossible_travel,
}
"""Rule → its scene."""
