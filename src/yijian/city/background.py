"""A clean year of a district, vectorised: outpatient visits, chronic refills, purchases, refunds. Stays are in `stays.py`.

Clean means: no rule finds anything in it, save the rare chance find of a suspicion rule. What keeps it clean stands
where it is done: one outpatient visit a person and day, none during a stay or after death, refills on a fixed grid.
"""

from dataclasses import dataclass

import numpy as np

from yijian.city.catalogue import MED_TYPES, SAME, WHEN, Catalogue, Ints, Templates
from yijian.city.institutions import COUNTERS, PHARMACY, Institutions
from yijian.city.people import EARLY, END, QUIET_DAYS, START, People
from yijian.city.rows import Rows, amount_of, empty, with_refunds

DAY = 1_440
REFILL_DAYS = 28
TERTIARY_SHARES = np.array([0.15, 0.45, 0.25, 0.15])
VISITS_PER_YEAR = 3.8
PURCHASES_PER_YEAR = 2.6
REFUND_SHARE = 0.008
FEE = ("一般诊疗费", "一般诊疗费", "普通门诊诊查费", "普通门诊诊查费")
"""Consultation fee by the institution's level."""


@dataclass(frozen=True)
class World:
    """What the background of one district is made from."""

    people: People
    inst: Institutions
    cat: Catalogue
    rng: np.random.Generator


def choose(weights: np.ndarray[tuple[int, int], np.dtype[np.float64]], rng: np.random.Generator) -> Ints:
    """A column for every row with probability proportional to its weight; -1 where all are 0."""
    total = np.cumsum(weights, axis=1)
    picked = (rng.random(len(weights))[:, None] * total[:, -1:] >= total).sum(axis=1)
    return np.where(total[:, -1] > 0, picked, -1)


def expand(world: World, templates: Templates, template: Ints, when: Ints | None, pick: Ints | None) -> dict[str, Ints]:
    """Lines of n rows: `row`, `item`, `cnt` (hundredths), `self_paid`, `take`; at most one line a slot.

    `when` [n, S] says which slots count for a row (None = all); `pick` [n] fixes the alternative, else it is drawn.
    """
    chosen = world.rng.random((len(template), templates.goods.shape[1])) < templates.chance[template]
    if when is not None:
        chosen &= when.astype(bool)
    row, slot = np.nonzero(chosen)
    t = template[row]
    choice = world.rng.integers(0, 60, len(row)) if pick is None else pick[row]
    item = templates.goods[t, slot, choice % templates.choices[t, slot]]
    least, most = templates.least[t, slot], templates.most[t, slot]
    cnt = least + (world.rng.random(len(row)) * (most - least + 1)).astype(np.int64)
    cnt = np.where(most == 0, REFILL_DAYS // np.maximum(world.cat.supply[item], 1), cnt)
    return {
        "row": row, "item": item, "cnt": cnt * 100, "self_paid": templates.self_paid[t, slot],
        "take": (templates.when[t, slot] == WHEN["last"]).astype(np.int64),
    }  # fmt: skip


def price_of(world: World, item: Ints, inst: Ints) -> Ints:
    """Ten-thousandths of a yuan: the price of the institution's level, less what the institution forgoes on services."""
    price = world.cat.prices[world.inst.level[inst], item]
    service = np.array([g.list_type == "201" for g in world.cat.goods])[item]
    return np.where(service, price * world.inst.discount[inst] // 10_000 * 100, price)


def make_lines(world: World, enc: dict[str, Ints], got: dict[str, Ints], minute: Ints, outpatient: bool) -> dict[str, Ints]:
    """Lines as rows carry them, uploaded within two days of the settlement."""
    item, row = got["item"], got["row"]
    price = price_of(world, item, enc["inst"][row])
    drug, piece = world.cat.is_drug[item], world.cat.is_slice[item]
    days = world.cat.supply[item] * (got["cnt"] // 100)
    # A slice is given for seven days whatever its weight; services and stays have no days of supply.
    days = np.where(piece, 7, np.where(drug & (days > 0), days, -1)) if outpatient else np.full(len(row), -1)
    return {
        "setl": row, "item": item, "minute": minute, "cnt": got["cnt"], "price": price,
        "amount": amount_of(got["cnt"], price), "self_paid": got["self_paid"], "days": days,
        "rx": np.where(piece, 2, np.where(drug, 1, 0)), "take": got["take"],
        "crte": enc["setl"][row] + world.rng.integers(1, 2 * DAY, enc["setl"].shape)[row],
        "init": np.full(len(row), -1),
    }  # fmt: skip


def make_encounters(world: World, **given: Ints) -> dict[str, Ints]:
    """Encounters from person, inst, begin, end, med_type, insutype, diag, setl; the rest takes its plain value."""
    n = len(given["person"])
    staff = world.inst.staff_from[given["inst"]] + world.rng.integers(0, 1 << 20, n) % world.inst.staff[given["inst"]]
    insutype = np.where(given["insutype"] == SAME, world.people.insutype[given["person"]], given["insutype"])
    plain = {"dscg_way": np.zeros(n, np.int64), "newborn": np.zeros(n, np.int64), "dise": np.full(n, -1),
             "oprn": np.full(n, -1), "counter": 1 + staff % 3}  # fmt: skip
    return {**plain, **given, "insutype": insutype, "doctor": staff}


def free_days(people: People, person: Ints, day: Ints, stays: dict[str, Ints]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which (person, day) are alive, in the year, not in or next to a stay, and as early in the year as the person is quiet."""
    die = people.die[person]
    ok = (day >= START) & (day <= END) & ((die < 0) | (day < die))
    ok &= (people.quiet[person] == 0) | ((people.quiet[person] == EARLY) & (day < START + QUIET_DAYS))
    # A stay as a range of person-days: the last range that begins at or before the day is the only one that can hold it.
    width = 1_000
    begin = stays["person"] * width + (stays["adm"] - 1 - START + 50)
    end = stays["person"] * width + (stays["dscg"] + 1 - START + 50)
    order = np.argsort(begin)
    here = person * width + (day - START + 50)
    if len(order):
        before = np.searchsorted(begin[order], here, side="right") - 1
        ok &= (before < 0) | (here > end[order][np.maximum(before, 0)])
    return ok


def _first_of_day(person: Ints, day: Ints) -> Ints:
    """Index of one row per person and day: nobody sees two doctors on a day, so no item is billed twice by accident."""
    return np.unique(person * 1_000 + day - START, return_index=True)[1]


def _outpatient(world: World, templates: Templates, template: Ints, person: Ints, day: Ints, inst: Ints,
                pick: Ints | None, med_type: Ints, more: tuple[Templates, Ints] | None = None) -> Rows:  # fmt: skip
    """Visits with the level's consultation fee; `more` = further slots (the quarterly tests) for the rows it marks."""
    rng, cat = world.rng, world.cat
    begin = day * DAY + rng.integers(480, 1_020, len(person))
    enc = make_encounters(
        world, person=person, inst=inst, begin=begin, end=begin + rng.integers(20, 60, len(person)), med_type=med_type,
        insutype=templates.insutype[template], diag=templates.diag[template], setl=begin + rng.integers(60, 90, len(person)),
    )  # fmt: skip
    fee = np.array([cat.index[k] for k in FEE])[world.inst.level[inst]]
    everyone = np.arange(len(person))
    zero = np.zeros(len(person), np.int64)
    parts = [
        {"row": everyone, "item": fee, "cnt": zero + 100, "self_paid": zero, "take": zero},
        expand(world, templates, template, None, pick),
    ]
    if more is not None:
        slots, marked = more
        parts.append(expand(world, slots, template, np.repeat(marked[:, None], slots.goods.shape[1], axis=1), pick))
    got = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
    return Rows(enc, empty(("enc", "minute")), make_lines(world, enc, got, begin[got["row"]] + 10, True))


def visits(world: World, stays: dict[str, Ints]) -> Rows:
    """Acute visits and the chronic ones that take place at a hospital; purchases of chronic drugs are in `purchases`."""
    people, rng = world.people, world.rng
    person = np.repeat(np.arange(people.count), rng.poisson(VISITS_PER_YEAR, people.count))
    day = rng.integers(START, END + 1, len(person))
    keep = free_days(people, person, day, stays)
    person, day = person[keep], day[keep]
    one = _first_of_day(person, day)
    person, day = person[one], day[one]
    templates = world.cat.visit
    template = choose(templates.allowed(people.sex[person], people.age()[person]), rng)
    level = choose(TERTIARY_SHARES * templates.levels[template], rng)
    inst = people.home[level, person]
    return _outpatient(world, templates, template, person, day, inst, None, templates.med_type[template])


def refills(world: World, stays: dict[str, Ints], taken: Rows) -> tuple[Rows, Rows]:
    """Chronic patients every 28 days ± 3 from a fixed grid, so that supply never runs ahead: (visits, purchases)."""
    people, rng = world.people, world.rng
    patient = np.flatnonzero((people.chronic >= 0) & (people.quiet == 0))
    rounds = 13
    person = np.repeat(patient, rounds)
    number = np.tile(np.arange(rounds), len(patient))
    phase = rng.integers(0, REFILL_DAYS, len(patient))
    day = START + np.repeat(phase, rounds) + number * REFILL_DAYS + rng.integers(-3, 4, len(person))
    keep = free_days(people, person, day, stays) & (rng.random(len(person)) < 0.93)
    seen = np.unique(taken.enc["person"] * 1_000 + taken.enc["begin"] // DAY - START)
    keep &= ~np.isin(person * 1_000 + day - START, seen)
    person, day, number = person[keep], day[keep], number[keep]
    template = people.chronic[person]
    at_hospital = (rng.random(len(person)) < 0.55) | (number % 3 == 0)
    h = at_hospital
    level = np.where(rng.random(int(h.sum())) < 0.65, 1, 2)
    med = np.where(people.registered[person[h]] == 1, MED_TYPES.index("14"), MED_TYPES.index("11"))
    visit = _outpatient(world, world.cat.chronic, template[h], person[h], day[h], people.home[level, person[h]],
                        people.pick[person[h]], med, (world.cat.quarter, (number[h] % 3 == 0).astype(np.int64)))  # fmt: skip
    visit.enc["dise"] = np.where(med == MED_TYPES.index("14"), template[h], -1)
    b = ~at_hospital
    return visit, _purchase(world, world.cat.chronic, template[b], person[b], day[b], people.pick[person[b]])


def purchases(world: World, stays: dict[str, Ints]) -> Rows:
    """What people buy at their pharmacies between illnesses."""
    people, rng = world.people, world.rng
    person = np.repeat(np.arange(people.count), rng.poisson(PURCHASES_PER_YEAR, people.count))
    day = rng.integers(START, END + 1, len(person))
    keep = free_days(people, person, day, stays)
    person, day = person[keep], day[keep]
    templates = world.cat.purchase
    template = choose(templates.allowed(people.sex[person], people.age()[person]), rng)
    return _purchase(world, templates, template, person, day, None)


def _purchase(world: World, templates: Templates, template: Ints, person: Ints, day: Ints, pick: Ints | None) -> Rows:
    people, rng = world.people, world.rng
    inst = people.pharmacies[(rng.random(len(person)) < 0.25).astype(np.int64), person]
    begin = day * DAY
    enc = make_encounters(
        world, person=person, inst=inst, begin=begin, end=begin, med_type=np.full(len(person), MED_TYPES.index("41")),
        insutype=np.full(len(person), SAME), diag=templates.diag[template], setl=begin,
    )  # fmt: skip
    enc["counter"] = 1 + rng.integers(0, 3, len(person))
    lines = make_lines(world, enc, expand(world, templates, template, None, pick), begin, True)
    lines["minute"] = begin[lines["setl"]]
    return Rows(enc, empty(("enc", "minute")), lines)


def queue_at_counters(rows: Rows, inst: Institutions) -> None:
    """Give pharmacy settlements of the background their minute: at least three apart at a till, so never five in ten."""
    enc = rows.enc
    who = np.flatnonzero((inst.kind[enc["inst"]] == PHARMACY) & (enc["begin"] % DAY == 0))
    till = (enc["inst"][who] * COUNTERS + enc["counter"][who]) * 100_000 + enc["begin"][who] // DAY
    order = np.argsort(till, kind="stable")
    _, first, size = np.unique(till[order], return_index=True, return_counts=True)
    if size.max(initial=0) > 240:
        raise AssertionError("more than 240 purchases a day at one till")
    rank = np.arange(len(order)) - np.repeat(first, size)
    minute = np.empty(len(who), np.int64)
    minute[order] = 480 + rank * 720 // np.repeat(size, size)
    for name in ("begin", "end", "setl"):
        enc[name][who] += minute
    shift = np.zeros(rows.encounters, np.int64)
    shift[who] = minute
    rows.line["minute"] += shift[rows.line["setl"]]
    rows.line["crte"] += shift[rows.line["setl"]]


def refunds(rows: Rows, first: int, world: World) -> Rows:
    """The rows with refunds of visits and purchases from encounter `first` on: two thirds whole, the others one line."""
    enc, rng = rows.enc, world.rng
    open_to = np.flatnonzero((enc["begin"] // DAY == enc["end"] // DAY) & (np.arange(rows.encounters) >= first))
    setl = open_to[rng.random(len(open_to)) < REFUND_SHARE]
    refund = np.full(rows.encounters, -1)
    refund[setl] = np.arange(len(setl))
    whole = rng.random(len(setl)) < 0.67
    line = np.flatnonzero((rows.line["setl"] >= 0) & (refund[np.maximum(rows.line["setl"], 0)] >= 0))
    number = refund[rows.line["setl"][line]]
    _, one = np.unique(number, return_index=True)
    is_one = np.zeros(len(line), bool)
    is_one[one] = True
    keep = whole[number] | is_one
    line, number = line[keep], number[keep]
    when = enc["setl"][setl] + rng.integers(5, DAY, len(setl))
    back = {name: values[line] for name, values in rows.line.items()}
    back |= {"setl": -1 - number, "cnt": -back["cnt"], "amount": -back["amount"], "init": line,
             "crte": when[number] + rng.integers(1, DAY, len(setl))[number]}  # fmt: skip
    return with_refunds(rows, {"enc": setl, "minute": when}, back)
