"""Who treats the people of a district: hospitals of three levels, village clinics, pharmacies, and who works there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yijian.city.catalogue import Ints, data

PHARMACY = 4
"""Kind of institution after the levels 0 (village clinic), 1, 2, 3."""
COUNTERS = 10
"""Tills per institution; 1–3 serve the background, 8 the schemes, 9 pooled cards."""
DISTRICTS_PER_TERTIARY = 3
SERIALS, SERIALS_OF_KIND = 150, 30
"""Institution numbers set aside for a district, and for a kind in it."""
SPARE, FIRST_SPARE = (0, 12, 10, 0, 8), 12
"""Institutions of a kind that only schemes go to, and the first number they take. The last of a kind lies far away."""

KIND_NAMES = ("村卫生室", "卫生院", "人民医院", "中心医院", "大药房")
KIND_PEOPLE = (3_500, 7_000, 14_000, 0, 2_600)
"""One institution of the kind for so many people of the district."""
LEAST = (3, 2, 2, 1, 4)
GRADES = (("11",), ("08", "09"), ("05", "06"), ("02", "03"), ("11",))
BEDS = (0, 40, 320, 1_200, 0)
STAFF = (2, 8, 30, 80, 3)
RANKS = (5, 4, 3, 2)
"""Ranks of professional titles, in turn among an institution's staff: chief, deputy chief, attending, resident."""
TITLES = {5: "主任医师", 4: "副主任医师", 3: "主治医师", 2: "医师"}


@dataclass(frozen=True)
class Institutions:
    """The institutions that a district's people use. Staff of institution i: `staff_from[i]` … + `staff[i]`."""

    district: int
    serial: Ints
    kind: Ints
    grade: tuple[str, ...]
    names: tuple[str, ...]
    own: tuple[bool, ...]
    staff: Ints
    staff_from: Ints
    discount: Ints
    spare: npt.NDArray[np.bool_]

    @property
    def count(self) -> int:
        return len(self.serial)

    @property
    def level(self) -> Ints:
        """Level whose prices are charged: 0–3, pharmacies 0."""
        return np.where(self.kind == PHARMACY, 0, self.kind)

    def codes(self) -> list[str]:
        """National shape, invented area 999999."""
        return [
            f"{'P' if kind == PHARMACY else 'H'}999999{serial:05d}"
            for kind, serial in zip(self.kind.tolist(), self.serial.tolist(), strict=True)
        ]

    def ranks(self, inst: int) -> list[int]:
        """The rank of each of its staff."""
        return [RANKS[n % len(RANKS)] for n in range(int(self.staff[inst]))]

    def of(self, kind: int) -> Ints:
        """Those that people go to."""
        return np.flatnonzero((self.kind == kind) & ~self.spare)

    def spares(self, kind: int) -> Ints:
        """Those that only schemes use, the far one last."""
        return np.flatnonzero((self.kind == kind) & self.spare)

    def agreement(self, inst: Ints) -> Ints:
        """The number by which `Edits` knows the agreement of an institution for the city's year; those beside it are 1 off."""
        return 3 * inst + 1

    def nearest(self, level: int, count: int, rng: np.random.Generator) -> Ints:
        """An institution of the level for each of `count` people."""
        return rng.choice(self.of(level), count)

    def pharmacy(self, count: int, rng: np.random.Generator) -> Ints:
        return rng.choice(self.of(PHARMACY), count)


def staff_code(serial: int, number: int) -> str:
    """Of the number-th (0 …) of those who work at an institution."""
    return f"D999999{serial:05d}{number + 1:03d}"


def make_institutions(district: int, people: int) -> Institutions:
    """The institutions of a district; the tertiary hospital is shared with the neighbouring districts."""
    host = district - district % DISTRICTS_PER_TERTIARY
    serial: list[int] = []
    kind: list[int] = []
    spare: list[bool] = []
    for one, (least, per) in enumerate(zip(LEAST, KIND_PEOPLE, strict=True)):
        numbers = range(max(least, people // per if per else 0))
        for number in (*numbers, *range(FIRST_SPARE, FIRST_SPARE + SPARE[one])):
            base = host if one == 3 else district
            serial.append(base * SERIALS + one * SERIALS_OF_KIND + number + 1)
            kind.append(one)
            spare.append(number not in numbers)
    places = data("names")["places"]
    names = [f"示例市{places[s % len(places)]}{KIND_NAMES[k]}（{s}）" for s, k in zip(serial, kind, strict=True)]
    staff = [STAFF[k] for k in kind]
    return Institutions(
        district,
        np.array(serial),
        np.array(kind),
        tuple(GRADES[k][s % len(GRADES[k])] for s, k in zip(serial, kind, strict=True)),
        tuple(names),
        tuple(k != 3 or district == host for k in kind),
        np.array(staff),
        np.concatenate([[0], np.cumsum(staff)[:-1]]),
        np.array([(100, 100, 98, 95)[s % 4] for s in serial]),
        np.array(spare),
    )
