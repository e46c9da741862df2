"""What the agency does in the year: it reviews every settlement, reimburses by hand, clears with institutions and pays them.

Nothing in it breaks a rule: two different operators, in working hours, within the days that agreements grant.
"""

from dataclasses import dataclass

import numpy as np

from yijian.city.background import DAY, World
from yijian.city.catalogue import Ints
from yijian.city.people import END, START
from yijian.city.rows import Rows
from yijian.city.workdays import workday_after

OPERATORS = (
    ("01",), ("02",), ("03",), ("04",), ("04",), ("04",), ("04",), ("05",), ("05",), ("06",), ("07",), ("10",), ("09",), ("08",),
)  # fmt: skip
"""Roles of a district's operators (codes of `role_code`); the number of an operator is its place here."""
FIRST_REVIEWERS, SECOND_REVIEWERS = np.array([3, 4, 5, 6]), np.array([7, 8])
ENROLS, COLLECTS, PAYS, SETTLES = 0, 1, 9, 10
SCHEME_OPERATORS = 10
"""Further operators of a district, whom only schemes use; no roles of their own."""
SECOND_SHARE = 0.09
"""Share of stays that are reviewed a second time; the agreement wants 5 %."""
REIMBURSED_SHARE = 0.012
CUT = (200, 500)
"""Hundredths of a per cent that a clearing cuts from what an institution asks for."""


def operator(district: int, number: int) -> str:
    """The number of an operator, by place in OPERATORS; those of the schemes come after them."""
    return f"O9999{district:04d}{number + 1:02d}"


@dataclass(frozen=True)
class Money:
    """What was settled, in the order of setl_d: institution, kind of clearing, month 0–11, cents of the fund."""

    inst: Ints
    kind: Ints
    month: Ints
    fund: Ints


@dataclass(frozen=True)
class Agency:
    """A district's files: reviews of settlements, reimbursements, clearings with their disbursements. Times are minutes."""

    review_of: Ints
    review_time: Ints
    review_by: Ints
    review_step: Ints
    reimbursed: Ints
    visited: Ints
    entered: Ints
    reviewed: Ints
    asked: Ints
    clearing: dict[str, Ints]


def run_agency(world: World, rows: Rows, money: Money, unreviewed: set[int], decided: dict[int, bool],
               rng: np.random.Generator) -> Agency:  # fmt: skip
    """The year's work on what was settled. Scenes left encounters `unreviewed`, or `decided` about the second review."""
    setl, stay = rows.enc["setl"], rows.enc["begin"] // DAY < rows.enc["end"] // DAY
    first = at_work(workday_after(setl // DAY, rng.integers(1, 4, len(setl))), rng)
    chosen = stay & (rng.random(len(stay)) < SECOND_SHARE)
    chosen[list(decided)] = list(decided.values())
    done = np.ones(len(setl), bool)
    done[list(unreviewed)] = False
    once, again = np.flatnonzero(done), np.flatnonzero(chosen)
    second = at_work(workday_after(first[again] // DAY, rng.integers(1, 8, len(again))), rng)
    person = np.flatnonzero((rng.random(world.people.count) < REIMBURSED_SHARE) & (world.people.quiet == 0))
    alive = np.where(world.people.die[person] < 0, END, world.people.die[person])
    visited = START + (rng.random(len(person)) * np.maximum(alive - START - 70, 1)).astype(np.int64)
    entered = at_work(workday_after(visited + rng.integers(10, 50, len(person)), 1), rng)
    return Agency(
        np.concatenate([once, again]), np.concatenate([first[once], second]),
        np.concatenate([rng.choice(FIRST_REVIEWERS, len(once)), rng.choice(SECOND_REVIEWERS, len(again))]),
        np.repeat(np.array([0, 1]), [len(once), len(again)]),
        person, visited, entered, at_work(workday_after(entered // DAY, rng.integers(1, 6, len(person))), rng),
        rng.integers(20_000, 900_000, len(person)), _clear(money, rng),
    )  # fmt: skip


def at_work(day: Ints, rng: np.random.Generator) -> Ints:
    """A minute of a working day, between half past eight and five."""
    return day * DAY + rng.integers(510, 1_020, len(day))


def _clear(money: Money, rng: np.random.Generator) -> dict[str, Ints]:
    """Institution by institution, kind by kind, month by month: what the fund owes, less a small cut, paid within three weeks."""
    key, cell = np.unique((money.inst * 10 + money.kind) * 12 + money.month, return_inverse=True)
    asked = np.bincount(cell, money.fund, len(key)).astype(np.int64)
    key, asked = key[asked > 0], asked[asked > 0]
    inst, kind, month = key // 120, key // 12 % 10, key % 12
    year = np.datetime64("2025-01-01", "M")
    begin = (year + month).astype("datetime64[D]").astype(np.int64)
    end = (year + month + 1).astype("datetime64[D]").astype(np.int64) - 1
    cleared = at_work(workday_after(end, rng.integers(5, 10, len(key))), rng)
    return {
        "inst": inst, "kind": kind, "begin": begin, "end": end, "asked": asked,
        "granted": asked - asked * rng.integers(*CUT, len(key)) // 10_000, "time": cleared,
        "paid": at_work(workday_after(cleared // DAY, rng.integers(5, 16, len(key))), rng),
        "by": FIRST_REVIEWERS[inst % len(FIRST_REVIEWERS)], "reviewer": SECOND_REVIEWERS[inst % len(SECOND_REVIEWERS)],
    }  # fmt: skip
