"""One thing done or sold and another one billed: substituted items, packages, goods of daily life, wrong code tables."""

from yijian.city.background import DAY
from yijian.city.institutions import PHARMACY, staff_code
from yijian.city.people import START
from yijian.city.stage import Stage

MALE, FEMALE = 1, 2
PACKAGE = ("复方丹参滴丸", "银杏叶片", "维生素C片", "活血止痛膏", "云南白药气雾剂")


def _named(stage: Stage, line: int, code: str, name: str | None) -> None:
    stage.edits.change("fee_list_d", line, medins_list_codg=code, medins_list_name=name)


def substituted_item(stage: Stage) -> None:
    """The hospital's own name is another thing; look-alikes: an abbreviation, and too few times to be a lead."""
    for n in range(stage.few):
        for verdict, name, key, times, note in (
            ("hit", "艾草足浴", "中频脉冲电治疗", 6 + n, "足浴按理疗项目结算"),
            ("near_miss", "中频电疗", "中频脉冲电治疗", 6 + n, "院内惯用的简称"),
            ("near_miss", "美容刮痧", "针刺治疗", 4, "次数太少，不成线索"),
        ):
            encs = [stage.visit(stage.person(), stage.spare(1, n), stage.day(), diag="腰椎间盘突出") for _ in range(times)]
            lines = [stage.bill(enc, key) for enc in encs]
            for line in lines:
                _named(stage, line, f"{name[0]}{n:03d}", name)
            stage.label("substituted_item", verdict, encs[0], lines, note=note)


def mapping_error_suspected(stage: Stage) -> None:
    """One local code whose users cannot be: every line is a hit of drug_sex too. Look-alikes: mostly women, nine lines only."""
    rule, key = "mapping_error_suspected", "妇科千金片"
    for n in range(stage.few):
        for sexes, code, note in (
            ([MALE] * 12, "W", "院内编码的使用者全是男性：先查目录对照"),
            ([FEMALE] * 12 + [MALE] * 2, "X", "多数使用者性别相符"),
            ([MALE] * 9, "Y", "行数太少，不成系统性问题"),
        ):
            people = {sex: [stage.person(sex=sex) for _ in range(6)] for sex in set(sexes)}
            encs = [
                stage.visit(people[sex][i % 6], stage.spare(2, n), START + 100 + 15 * i + 4 * n) for i, sex in enumerate(sexes)
            ]
            lines = [stage.bill(enc, key) for enc in encs]
            wrong = [line for line, sex in zip(lines, sexes, strict=True) if sex == MALE]
            for enc, line in zip(encs, lines, strict=True):
                _named(stage, line, f"{code}{n:03d}", "妇乐胶囊")
                if line in wrong:
                    stage.hit("drug_sex", enc, [line], note="目录对照错误也逐行列出")
            stage.label(rule, "hit" if code == "W" else "near_miss", encs[0], wrong, note=note)


def substituted_drug_package(stage: Stage) -> None:
    """The same five drugs, person after person within weeks; look-alikes: nine people, four drugs, over months."""
    rule = "substituted_drug_package"
    for n in range(stage.few):
        for verdict, people, kinds, count, days, note in (
            ("hit", 10 + n, 5, 1, 2, "多人购买同一套药品"),
            ("near_miss", 9, 5, 3, 2, "只有九人"),
            ("near_miss", 11, 4, 2, 2, "只有四种药"),
            ("near_miss", 11, 5, 2, 7, "分散在两个多月"),
        ):
            here, day = stage.spare(PHARMACY, n), stage.day(last=START + 270)
            encs = [stage.purchase(stage.person(), here, day + days * i) for i in range(people)]
            for enc in encs:
                for key in PACKAGE[:kinds]:
                    stage.bill(enc, key, count)
            stage.label(rule, verdict, encs[0], note=note, others=encs[1:], amount=sum(map(stage.total, encs)))


def non_drug_sold(stage: Stage) -> None:
    """Goods of daily life under a drug's code; look-alikes: the drug itself, and the same words in a hospital's name of it."""
    rule = "non_drug_sold"
    for n in range(stage.k):
        name = ("洗衣液 2L", "补水面膜 5片", "东北大米 5kg", "乳清蛋白粉")[n % 4]
        enc = stage.purchase(stage.person(), stage.inst(PHARMACY), stage.day())
        line = stage.bill(enc, "碳酸钙D3片", 1 + n % 2)
        _named(stage, line, f"Z{n % 4:03d}", name)
        stage.hit(rule, enc, [line], note=f"以药品名义售卖{name}")
        if n % 2:
            enc = stage.purchase(stage.person(), stage.inst(PHARMACY), stage.day())
            line, name = stage.bill(enc, "碳酸钙D3片"), "钙尔奇碳酸钙D3片"
        else:
            enc = stage.visit(stage.person(), stage.inst(2), stage.day())
            line, name = stage.bill(enc, "医用敷贴", 2), "医用面膜敷料"
        _named(stage, line, f"N{n % 2:03d}", name)
        stage.near(rule, enc, [line], note="药店自己的药名" if n % 2 else "医院使用，不是药店")


def prescription_drug_without_prescription(stage: Stage) -> None:
    """No prescription, or a prescriber who had left; look-alikes: the prescriber's last day, a prescriber from elsewhere."""
    rule = "prescription_drug_without_prescription"
    inst = stage.world.inst
    for n in range(stage.k):
        key = ("格列美脲片", "左氧氟沙星片", "盐酸二甲双胍片")[n % 3]
        day, here = stage.day(), stage.inst(PHARMACY)
        gone = stage.spare(2, n % 4)
        doctor = int(inst.staff_from[gone]) + n % int(inst.staff[gone])
        number = staff_code(int(inst.serial[gone]), n % int(inst.staff[gone]))
        enc = stage.purchase(stage.person(), here, day)
        if n % 2:
            line = stage.bill(enc, key)
            stage.edits.change("fee_list_d", line, bilg_dr_code=number)
            stage.edits.change("medins_dr_b", doctor, endtime=(day - 1) * DAY)
        else:
            line = stage.bill(enc, key, rx=0)
        stage.hit(rule, enc, [line], note="处方医师当日已不执业" if n % 2 else "没有处方号")
        enc = stage.purchase(stage.person(), here, day - 1)
        line = stage.bill(enc, key)
        if n % 2:
            stage.edits.change("fee_list_d", line, bilg_dr_code=number)
        else:
            stage.edits.change("fee_list_d", line, bilg_dr_code="D888888000001")
        stage.near(rule, enc, [line], note="处方医师执业的最后一日" if n % 2 else "外地医师，不在本地人员库，未能判定")


def drug_diversion(stage: Stage) -> None:
    """A resaleable drug far over any use, from many places; look-alikes: two places only, twice the days exactly."""
    rule, key, pack = "drug_diversion", "示例靶向胶囊", 30
    for n in range(stage.k):
        for packs, places, note in (
            (7 + n % 3, 3, "多家机构取得远超用量"),
            (7, 2, "只在两家机构") if n % 2 else (6, 3, "恰为周期天数的两倍"),
        ):
            person, day = stage.person(age=(50, 80)), stage.day(last=START + 220)
            # Once beyond the allowed thirty days' lead every further pack is a hit of excess_dispensing as well.
            here = [int(i) for i in stage.rng.permutation(inst_of(stage))[:places]]
            encs = [stage.purchase(person, here[i % places], day + 9 * i) for i in range(packs)]
            lines = [stage.bill(enc, key) for enc in encs]
            for i in range(2, packs):
                ahead = pack * i - 9 * i
                if ahead > 30:
                    over = stage.amount([lines[i]]) * min(pack, ahead - 30) // pack
                    stage.hit("excess_dispensing", encs[i], [lines[i]], amount=over, note="同时是药品倒卖的线索")
            whole = stage.amount(lines)
            amount = whole * (packs * pack - 90) // (packs * pack)
            verdict = "hit" if packs * pack > 180 and places > 2 else "near_miss"
            stage.label(rule, verdict, encs[-1], lines, amount=amount, note=note)


def inst_of(stage: Stage) -> list[int]:
    """The pharmacies that people go to."""
    return stage.world.inst.of(PHARMACY).tolist()


SCENES = {
    "substituted_item": substituted_item,
    "mapping_error_suspected": mapping_error_suspected,
    "substituted_drug_package": substituted_drug_package,
    "non_drug_sold": non_drug_sold,
    "prescription_drug_without_prescription": prescription_drug_without_prescription,
    "drug_diversion": drug_diversion,
}
"""Rule → its scene."""
