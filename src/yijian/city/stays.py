"""The hospital stays of a district's background year: daily lines, operations, mothers and newborns, discharge drugs."""

import numpy as np

from yijian.city.background import DAY, World, choose, expand, make_encounters, make_lines
from yijian.city.catalogue import MED_TYPES, WHEN, Ints, Templates
from yijian.city.people import END, START
from yijian.city.rows import Rows, empty

READMITTED_AFTER = 20
"""Least days between discharge and the next admission: more than the 15 of split_admission."""
SHARES = np.array([0.0, 0.15, 0.55, 0.30])
NEWBORN = "新生儿黄疸"


def plan_stays(world: World) -> dict[str, Ints]:
    """Who stays when and for what: person, adm, dscg (day numbers), template, level, newborn. Sets the day of some deaths."""
    people, rng, templates = world.people, world.rng, world.cat.stay
    age = people.age()
    risk = np.select([age >= 75, age >= 60, age >= 40, age >= 13, age >= 1], [0.38, 0.265, 0.13, 0.07, 0.07], 0.0)
    times = (rng.random(people.count) < risk).astype(np.int64)
    times += (times > 0) & (rng.random(people.count) < 0.18)
    times = np.where(people.quiet > 0, 0, times)
    parts: list[dict[str, Ints]] = []
    earliest = np.full(people.count, START + 1)
    for number in range(2):
        person = np.flatnonzero(times > number)
        template = choose(templates.allowed(people.sex[person], age[person]), rng)
        newborns = templates.newborn[np.maximum(template, 0)] > 0
        person, template = (
            person[(template >= 0) & ~(newborns & (number > 0))],
            template[(template >= 0) & ~(newborns & (number > 0))],
        )
        low, high = templates.days_low[template], templates.days_high[template]
        days = low + (rng.random(len(person)) * (high - low + 1)).astype(np.int64)
        room = np.maximum(END - 12 - days - earliest[person], 0)
        adm = earliest[person] + (rng.random(len(person)) * room * (0.6 if number == 0 else 0.9)).astype(np.int64)
        stay = {
            "person": person,
            "adm": adm,
            "dscg": adm + days,
            "template": template,
            "newborn": np.zeros(len(person), np.int64),
        }
        fits = (stay["dscg"] <= END - 5) & ((people.die[person] < 0) | (stay["dscg"] <= people.die[person]))
        parts.append({k: v[fits] for k, v in stay.items()})
        earliest[person] = adm + days + READMITTED_AFTER
    plan = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
    born = _newborns(world, plan, templates)
    plan = {k: np.concatenate([plan[k], born[k]]) for k in plan}
    plan["level"] = choose(SHARES * templates.levels[plan["template"]], rng)
    plan["level"][len(plan["level"]) - len(born["person"]) :] = plan["level"][born["mother"]]
    _die_in_hospital(world, plan)
    return plan


def _newborns(world: World, plan: dict[str, Ints], templates: Templates) -> dict[str, Ints]:
    """The newborn is billed on the mother from her day of discharge: never two stays of one person at the same time."""
    mother = np.flatnonzero(world.rng.random(len(plan["person"])) < templates.newborn[plan["template"]])
    template = int(np.flatnonzero(templates.diag == world.cat.diag_index[NEWBORN])[0])
    adm = plan["dscg"][mother]
    dscg = adm + world.rng.integers(3, 7, len(mother))
    ok = dscg <= END
    mother, adm, dscg = mother[ok], adm[ok], dscg[ok]
    return {"person": plan["person"][mother], "adm": adm, "dscg": dscg, "template": np.full(len(mother), template),
            "newborn": np.ones(len(mother), np.int64), "mother": mother}  # fmt: skip


def _die_in_hospital(world: World, plan: dict[str, Ints]) -> None:
    """Half of those who die and were in hospital die on the day they left it."""
    people = world.people
    last = np.full(people.count, -1)
    np.maximum.at(last, plan["person"], plan["dscg"])
    there = (people.die >= 0) & (last >= 0) & (world.rng.random(people.count) < 0.5)
    people.die[there] = last[there]


def stays(world: World, plan: dict[str, Ints]) -> Rows:
    """The planned stays with a line a day and slot."""
    people, rng, templates = world.people, world.rng, world.cat.stay
    person, template, inst = plan["person"], plan["template"], people.home[plan["level"], plan["person"]]
    n = len(person)
    end = plan["dscg"] * DAY + 600
    diag = templates.diag[template]
    died = people.die[person] == plan["dscg"]
    enc = make_encounters(
        world, person=person, inst=inst, begin=plan["adm"] * DAY + rng.integers(480, 565, n), end=end, diag=diag,
        med_type=templates.med_type[template], insutype=templates.insutype[template], setl=end + rng.integers(20, 300, n),
        newborn=plan["newborn"], oprn=templates.oprn[template],
        dscg_way=np.where(died, 5, np.where(rng.random(n) < 0.03, 4, 1)),
    )  # fmt: skip
    days = plan["dscg"] - plan["adm"]
    row = np.repeat(np.arange(n), days + 1)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(days + 1) - days - 1, days + 1)
    got = expand(world, templates, template[row], _due(templates, template[row], offset, days[row]), None)
    last = offset[got["row"]] == days[row][got["row"]]
    minute = (plan["adm"][row] + offset)[got["row"]] * DAY
    minute += np.where(last, rng.integers(480, 560, len(last)), rng.integers(570, 1_000, len(last)))
    got["row"] = row[got["row"]]
    return Rows(enc, empty(("enc", "minute")), make_lines(world, enc, got, minute, False))


def _due(templates: Templates, template: Ints, offset: Ints, days: Ints) -> Ints:
    """Which slots count on a day of a stay [rows, S]; the day of discharge has only the drugs to take home."""
    when, o, before_last = templates.when[template], offset[:, None], (offset < days)[:, None]
    due = (when == WHEN["day"]) | ((when == WHEN["every3"]) & (o % 3 == 0))
    due |= ((when == WHEN["first"]) & (o == 0)) | ((when == WHEN["op"]) & (o == 1))
    return ((due & before_last) | ((when == WHEN["last"]) & ~before_last)).astype(np.int64)


EMERGENCY = MED_TYPES.index("24")
