"""Who lives in a district. Schemes may change a person before the background is made."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from yijian.city.catalogue import Catalogue, Ints
from yijian.city.institutions import Institutions
from yijian.vocabulary.days import day_number

YEAR = 2025
START = day_number(date(YEAR, 1, 1))
END = day_number(date(YEAR, 12, 31))
DISTRICT = 25_000
"""People of a district: the unit of generation, whatever the size of the city."""

QUIET_DAYS, EARLY, NEVER = 75, 1, 2
"""`People.quiet` of a person whom a scheme uses: seen by the background only in the first days of the year, as schemes start in
April, or not at all; 0 = an ordinary person."""


@dataclass
class People:
    """The people of one district as arrays; `birth` and `die` are day numbers, die -1 = alive; `chronic` -1 = healthy."""

    first: int
    sex: Ints
    birth: Ints
    insutype: Ints
    die: Ints
    chronic: Ints
    registered: Ints
    quiet: Ints
    pick: Ints
    home: Ints
    pharmacies: Ints

    @property
    def count(self) -> int:
        return len(self.sex)

    def age(self, day: int = START) -> Ints:
        """Years completed by about `day`; good to a few days, which templates allow for."""
        return ((day - self.birth) / 365.25).astype(np.int64)


def make_people(first: int, count: int, inst: Institutions, cat: Catalogue, rng: np.random.Generator) -> People:
    """`count` people from the city's number `first` on; half are working or retired employees, the rest residents."""
    edges = np.array([1, 15, 30, 45, 60, 75, 96])
    band = rng.choice(6, count, p=[0.16, 0.17, 0.22, 0.22, 0.16, 0.07])
    age_days = (rng.uniform(edges[band], edges[band + 1]) * 365.25).astype(np.int64)
    sex = rng.integers(1, 3, count)
    age = age_days // 365
    employed = (age >= 22) & (rng.random(count) < 0.45)
    ill = rng.random(count) < np.select([age >= 75, age >= 60, age >= 45, age >= 35], [0.6, 0.5, 0.28, 0.08], 0.01)
    weights = np.cumsum(cat.chronic.allowed(sex, age), axis=1)
    disease = (rng.random(count)[:, None] * weights[:, -1:] >= weights).sum(axis=1)
    chronic = np.where(ill & (weights[:, -1] > 0), disease, -1)
    dies = rng.random(count) < np.select([age >= 85, age >= 75, age >= 60], [0.06, 0.025, 0.008], 0.0008)
    home = np.stack([inst.nearest(level, count, rng) for level in range(4)])
    return People(
        first=first, sex=sex, birth=START - age_days, insutype=np.where(employed, 0, 1),
        die=np.where(dies, START + rng.integers(10, 360, count), -1), chronic=chronic,
        registered=((chronic >= 0) & (rng.random(count) < 0.55)).astype(np.int64),
        quiet=np.zeros(count, np.int64), pick=rng.integers(0, 60, count), home=home,
        pharmacies=np.stack([inst.pharmacy(count, rng), inst.pharmacy(count, rng)]),
    )  # fmt: skip
