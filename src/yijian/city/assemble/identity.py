"""Invented identities: names from lists, certificate numbers of an area that does not exist, with a wrong check digit."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yijian.city.catalogue import Ints, data
from yijian.city.people import People

AREA = "999999"
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = "10X98765432"
EMPLOYERS = 400


def names(count: int, rng: np.random.Generator) -> pa.Array:
    """`count` invented names of two or three characters."""
    lists = data("names")

    def drawn(key: str) -> pa.Array:
        letters = pa.array(list(lists[key]))
        return letters.take(pa.array(rng.integers(0, len(letters), count)))

    middle = pc.call_function("if_else", [pa.array(rng.random(count) < 0.8), drawn("given_first"), pa.scalar("")])
    return pc.call_function("binary_join_element_wise", [drawn("surnames"), middle, drawn("given_last"), pa.scalar("")])


def ymd(day: Ints) -> Ints:
    """Day numbers as 20250131."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = date.astype("datetime64[Y]").astype(np.int64) + 1970
    return year * 10_000 + (month.astype(np.int64) % 12 + 1) * 100 + (date - month).astype(np.int64) + 1


def certificates(people: People, district: int) -> list[str]:
    """Eighteen characters that look like a resident's number: area 999999, and never the right check digit."""
    birth = ymd(people.birth)
    order = np.argsort(birth, kind="stable")
    _, first, size = np.unique(birth[order], return_index=True, return_counts=True)
    rank = np.empty(len(birth), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(first, size)
    serial = (district * 25 + rank) % 1_000
    head = np.char.add(np.char.add(AREA, birth.astype(str)), np.char.zfill(serial.astype(str), 3))
    digits = head.astype("U17").view("U1").reshape(-1, 17).astype(np.int64)
    right = (digits * _WEIGHTS).sum(axis=1) % 11
    # Eleven check characters, ten of them wrong: which one also tells people apart whose serials coincide.
    wrong = (right + 1 + ((district * 25 + rank) // 1_000 + rank) % 10) % 11
    return np.char.add(head, np.array(list(_CHECK))[wrong]).tolist()


def phones(first: int, count: int) -> list[str]:
    """Eleven digits that begin with 000."""
    return [f"000{number:08d}" for number in range(first, first + count)]


def addresses(count: int, rng: np.random.Generator) -> list[str]:
    """A town, a village or community and a door."""
    lists = data("names")
    town, village = rng.integers(0, len(lists["towns"]), count), rng.integers(0, len(lists["villages"]), count)
    door = rng.integers(1, 999, count)
    places = [[f"{t}{v}" for v in lists["villages"]] for t in lists["towns"]]
    return [f"{places[t][v]}{d}号" for t, v, d in zip(town.tolist(), village.tolist(), door.tolist(), strict=True)]


def employer_names() -> list[str]:
    return [f"示例市第{n + 1}公司" for n in range(EMPLOYERS)]


def employer_numbers() -> list[str]:
    return [f"E999999{n + 1:05d}" for n in range(EMPLOYERS)]
