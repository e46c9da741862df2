"""`make_city`: district by district, so that memory does not grow with the city and two cores have work."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from yijian.city import goods
from yijian.city.assemble.district import District
from yijian.city.assemble.whole import whole
from yijian.city.background import World, purchases, queue_at_counters, refills, refunds, visits
from yijian.city.catalogue import catalogue
from yijian.city.institutions import make_institutions
from yijian.city.knowledge_books import write_knowledge
from yijian.city.labels import Label, write_labels
from yijian.city.people import DISTRICT, make_people
from yijian.city.rows import join
from yijian.city.schemes import play
from yijian.city.stage import Stage
from yijian.city.stays import plan_stays, stays
from yijian.city.writing import Files, new_folder
from yijian.vocabulary.errors import UserError

LEAST_PERSONS = 1_000
"""Fewer people cannot play all scenes; a last district that has fewer plays none."""
PERSONS_PER_CASE, TWO_CASES = 2_000, 2_000
"""Each rule gets one hit and one look-alike for so many people; two, from so many people on."""


@dataclass(frozen=True)
class City:
    """What was written: rows by table, and how many labels."""

    folder: Path
    rows: dict[str, int]
    labels: int


def make_city(folder: Path, *, persons: int, seed: int, parquet: bool = False, clean: bool = False,
              done: Callable[[int, int], None] | None = None) -> City:  # fmt: skip
    """Write a city of `persons` people to the new folder. `done(written, all)` counts people.

    `clean`: no schemes, no look-alikes, no labels: an ordinary year, with the same knowledge lists.

    Raises: UserError for too few persons, or a folder that is not empty.
    """
    if persons < LEAST_PERSONS:
        raise UserError(
            "人数太少，放不下全部违规情形与合法相似情形",
            where=f"--persons {persons}",
            do=f"请至少给出 {LEAST_PERSONS} 人",
        )
    if seed < 0:
        raise UserError("随机种子不能为负数", where=f"--seed {seed}", do="请给出 0 或更大的整数")
    labels: list[Label] = []
    with new_folder(folder) as work:
        files = Files(work, parquet=parquet)
        try:
            written = 0
            for tables, found, people in _districts(persons, seed, clean=clean):
                for name, table in tables.items():
                    files.write(name, table)
                labels += found
                written += people
                if done is not None:
                    done(written, persons)
        finally:
            files.close()
        write_labels(work / "labels.csv", labels)
        write_knowledge(work / "knowledge")
    return City(folder, files.rows, len(labels))


def _districts(persons: int, seed: int, *, clean: bool) -> Iterator[tuple[dict[str, pa.Table], list[Label], int]]:
    """Districts in order; the next is made in a thread while the caller writes this one."""
    sizes = [min(DISTRICT, persons - first) for first in range(0, persons, DISTRICT)]
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(make_district, 0, sizes[0], seed, clean=clean)
        for number, people in enumerate(sizes):
            tables, labels = coming.result()
            if number + 1 < len(sizes):
                coming = pool.submit(make_district, number + 1, sizes[number + 1], seed, clean=clean)
            yield tables, labels, people


def cases_of(people: int) -> int:
    """How many hits, and how many look-alikes, each rule gets in a district of so many people."""
    if people < LEAST_PERSONS:
        return 0
    return max(1 if people < TWO_CASES else 2, people // PERSONS_PER_CASE)


def make_district(number: int, people: int, seed: int, *,
                  clean: bool = False) -> tuple[dict[str, pa.Table], list[Label]]:  # fmt: skip
    """All tables and labels of one district: scenes first, so that the year around them leaves their people in peace."""
    rng = np.random.Generator(np.random.PCG64([seed, number]))
    cat, inst = catalogue(), make_institutions(number, people)
    world = World(make_people(number * DISTRICT, people, inst, cat, rng), inst, cat, rng)
    cases = 0 if clean else cases_of(people)
    stage = Stage(world, number, cases)
    if cases:
        play(stage)
    played = stage.rows()
    plan = plan_stays(world)
    seen = visits(world, plan)
    again, bought = refills(world, plan, seen)
    rows = join([played, stays(world, plan), seen, again, bought, purchases(world, plan)])
    queue_at_counters(rows, inst)
    rows = refunds(rows, played.encounters, world)
    books, stock_labels = goods.keep_books(world, rows, number, cases)
    tables = whole(District(number, seed, world, rows), stage, books)
    return tables, [*stage.labels, *stock_labels]
