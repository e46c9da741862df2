"""Long-term care of a district: who was assessed, what was planned, and every visit of the year.

Nothing in it breaks a rule: nobody is visited after death, in hospital or outside the plan; a caregiver has an hour and more
between two homes, and signs in at the door.
"""

from dataclasses import dataclass

import numpy as np

from yijian.city.background import DAY, World
from yijian.city.catalogue import Ints
from yijian.city.people import END, START
from yijian.city.rows import Rows

ELDERLY, SHARE = 65, 0.012
CLIENTS_OF_CAREGIVER, PROVIDERS, ORGANISATIONS, ASSESSORS = 4, 3, 2, 6
ITEMS = (("HL001", "生活照料", 3), ("HL002", "功能维护", 2))
"""Code, name and times a week: the first on Monday, Wednesday and Friday, the second on Tuesday and Thursday."""
FIRST_VISIT, BETWEEN, LASTS = 510, 130, 60
"""Minutes: when a caregiver's first visit begins, from one begin to the next, and how long a visit lasts."""
DEGREE = 100_000_000
HOME = (110 * DEGREE + 6_000_000, 30 * DEGREE + 6_000_000)
AROUND, AT_THE_DOOR = 4_000_000, 80_000
"""Homes lie within this of the town, and sign-ins within this of a home (hundred-millionths of a degree)."""


@dataclass(frozen=True)
class Care:
    """`person` [n] with level, day of assessment, organisation, two assessors, provider, caregiver and home; level < 3 = refused.

    Visits [v]: `client` (index of those), day, minute and item.
    """

    person: Ints
    level: Ints
    assessed: Ints
    organisation: Ints
    assessors: Ints
    caregiver: Ints
    home: Ints
    client: Ints
    minute: Ints
    item: Ints

    @property
    def entitled(self) -> Ints:
        """Index of those who are cared for."""
        return np.flatnonzero(self.level >= 3)


def give_care(world: World, rows: Rows, rng: np.random.Generator) -> Care:
    """About one in a hundred of the elderly, all year long or as long as they live."""
    people = world.people
    person = np.flatnonzero((people.age() >= ELDERLY) & (people.quiet == 0) & (rng.random(people.count) < SHARE))
    n = len(person)
    level = rng.choice(np.array([1, 2, 3, 4, 5]), n, p=[0.08, 0.1, 0.4, 0.27, 0.15])
    two = np.argsort(rng.random((n, ASSESSORS)), axis=1)[:, :2]
    client = np.flatnonzero(level >= 3)
    caregiver = np.full(n, -1)
    caregiver[client] = np.arange(len(client)) // CLIENTS_OF_CAREGIVER
    day = np.arange(START, END + 1)
    weekday = (day + 3) % 7
    workdays = day[weekday < 5]
    visit_client, visit_day = np.repeat(client, len(workdays)), np.tile(workdays, len(client))
    here = ~_away(people.die, rows, person, visit_client, visit_day)
    visit_client, visit_day = visit_client[here], visit_day[here]
    turn = np.zeros(n, np.int64)
    turn[client] = np.arange(len(client)) % CLIENTS_OF_CAREGIVER
    return Care(
        person, level, START - 40 - rng.integers(0, 300, n), rng.integers(0, ORGANISATIONS, n), two, caregiver,
        np.array(HOME) + rng.integers(-AROUND, AROUND, (n, 2)),
        visit_client, visit_day * DAY + FIRST_VISIT + turn[visit_client] * BETWEEN, ((visit_day + 3) % 7) % 2,
    )  # fmt: skip


def _away(die: Ints, rows: Rows, person: Ints, client: Ints, day: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of these visits would find nobody at home: dead by then, or in hospital (its first and last day too)."""
    who = person[client]
    dead = (die[who] >= 0) & (day >= die[who])
    begin, end = rows.enc["begin"] // DAY, rows.enc["end"] // DAY
    stay = np.flatnonzero((end > begin) & np.isin(rows.enc["person"], person))
    length = end[stay] - begin[stay] + 1
    within = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    taken = np.repeat(rows.enc["person"][stay], length) * 1_000 + np.repeat(begin[stay], length) + within - START
    return dead | np.isin(who * 1_000 + day - START, taken)


def provider(district: int, number: int) -> str:
    """Those of a district come first (0 …), then those of the schemes."""
    return f"L999999{district * 20 + number:05d}"


def organisation(district: int, number: int) -> str:
    """An organisation that assesses."""
    return f"V999999{district * 40 + number:05d}"


def assessor(district: int, of: int, number: int) -> str:
    return f"A{organisation(district, of)[1:]}{number:02d}"


def caregiver(district: int, number: int) -> str:
    return f"N9999{district:04d}{number:04d}"
