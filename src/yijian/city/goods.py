"""Books of goods: of the pharmacies' drugs, and of the dear consumables that hospitals keep one by one.

Every sale, purchase and change is written down, and quarterly counts balance. A count is taken after closing time: what is sold
on the day of the count is before it. Losses that no book explains are the hits of the two stock rules; losses that a book does
explain are their look-alikes.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from yijian.city import ids
from yijian.city.background import DAY, World
from yijian.city.catalogue import Ints
from yijian.city.institutions import PHARMACY
from yijian.city.labels import Label
from yijian.city.people import YEAR
from yijian.city.rows import Rows
from yijian.vocabulary.days import day_number

COUNTS = np.array([day_number(date(*d)) for d in (
    (YEAR - 1, 12, 31), (YEAR, 3, 31), (YEAR, 6, 30), (YEAR, 9, 30), (YEAR, 12, 31))])  # fmt: skip
"""Days of the counts; quarter q lies after count q, up to and including count q + 1."""
QUARTERS = 4
DELIVERIES = 2
WRITTEN_OFF = 0.04
"""Share of quarters in which a pharmacy writes off, destroys or hands on a few packs of a drug."""
LOSS, TRANSFER, DESTROYED = "104", "102", "105"
DEAR = 1_000_000
"""A consumable of this price (ten-thousandths of a yuan) is kept one by one."""
DRUGS, CONSUMABLES = "stock_does_not_balance", "consumable_stock_does_not_balance"


@dataclass(frozen=True)
class Books:
    """`sale`: index of the pharmacy's lines in the district's rows; `inst`, `item` name the cells [c] of the other arrays.

    `counted` [c, 5] units on the shelf, `bought` [c, 4, 2] units delivered, `delivered` [c, 4, 2] days, and the changes
    that were written down: `change_cell`, `change_day`, `change_type`, `change_units` (positive).
    """

    sale: Ints
    inst: Ints
    item: Ints
    counted: Ints
    bought: Ints
    delivered: Ints
    change_cell: Ints
    change_day: Ints
    change_units: Ints
    change_type: tuple[str, ...]


def keep_books(world: World, rows: Rows, district: int, k: int) -> tuple[Books, list[Label]]:
    """The books of a district's institutions, with k unexplained and k explained losses of drugs and of consumables."""
    rng, inst_of = world.rng, rows.enc["inst"][rows.encounter_of_lines()]
    item = rows.line["item"]
    kept = np.array([g.list_type == "301" and g.prices[0] >= DEAR for g in world.cat.goods])
    at_pharmacy = world.inst.kind[inst_of] == PHARMACY
    sale = np.flatnonzero(np.where(at_pharmacy, world.cat.is_drug[item], kept[item]))
    keys, cell = np.unique(inst_of[sale] * 10_000 + rows.line["item"][sale], return_inverse=True)
    day = sale_minute(rows, sale) // DAY
    units = rows.line["cnt"][sale] // 100
    quarter = np.searchsorted(COUNTS[1:], day)
    inside = quarter < QUARTERS
    net = np.zeros((len(keys), QUARTERS), np.int64)
    np.add.at(net, (cell[inside], quarter[inside]), units[inside])
    on_count = np.zeros(net.shape, bool)
    last_day = inside & (day == COUNTS[np.minimum(quarter, QUARTERS - 1) + 1])
    on_count[cell[last_day], quarter[last_day]] = True

    inst, item = keys // 10_000, keys % 10_000
    written = np.where(rng.random(net.shape) < WRITTEN_OFF, rng.integers(1, 4, net.shape), 0)
    lost, labels = np.zeros_like(net), list[Label]()
    drugs = world.inst.kind[inst] == PHARMACY
    # The tertiary hospital serves other districts too: what is lost there would be found with their counts.
    hospitals = np.isin(world.inst.kind[inst], (1, 2)) & ~world.inst.spare[inst]
    for rule, cells in ((DRUGS, drugs & (net.min(axis=1) > 2)), (CONSUMABLES, hospitals)):
        labels += _losses(world, rule, np.flatnonzero(cells), Cells(net, on_count, inst, item, lost, written), district, k)
    counted = np.empty((len(keys), QUARTERS + 1), np.int64)
    bought = np.zeros((len(keys), QUARTERS, DELIVERIES), np.int64)
    counted[:, 0] = rng.integers(20, 60, len(keys))
    for q in range(QUARTERS):
        need = np.maximum(net[:, q] + rng.integers(30, 60, len(keys)) - counted[:, q], 0)
        bought[:, q, 0], bought[:, q, 1] = need - need // 2, need // 2
        counted[:, q + 1] = counted[:, q] + need - net[:, q] - lost[:, q] - written[:, q]
    delivered = COUNTS[:-1][None, :, None] + np.array([2, 42]) + rng.integers(0, 20, bought.shape)
    change_cell, change_quarter = np.nonzero(written)
    return Books(
        sale, inst, item, counted, bought, delivered, change_cell, COUNTS[change_quarter] + 50,
        written[change_cell, change_quarter],
        tuple((LOSS, TRANSFER, DESTROYED)[c % 3] for c in range(len(change_cell))),
    ), labels  # fmt: skip


def sale_minute(rows: Rows, sale: Ints) -> Ints:
    """When the sale, or its return, took place."""
    setl = rows.line["setl"][sale]
    if not len(rows.refund["minute"]):
        return rows.enc["setl"][setl]
    refund = rows.refund["minute"][np.clip(-1 - setl, 0, len(rows.refund["minute"]) - 1)]
    return np.where(setl >= 0, rows.enc["setl"][np.maximum(setl, 0)], refund)


@dataclass(frozen=True)
class Cells:
    """Institution and good by cell; by cell and quarter what was sold, whether on the day of the count, lost and written off."""

    net: Ints
    on_count: npt.NDArray[np.bool_]
    inst: Ints
    item: Ints
    lost: Ints
    written: Ints


def _losses(world: World, rule: str, cells: Ints, of: Cells, district: int, k: int) -> list[Label]:
    """Puts k losses without and k with a book entry into quarters of these cells; the labels that say so."""
    rng, codes, labels = world.rng, world.inst.codes(), list[Label]()
    free = [divmod(int(one), QUARTERS) for one in rng.permutation(len(cells) * QUARTERS)]

    def label(cell: int, q: int, verdict: str, units: int, note: str) -> None:
        price = int(world.cat.prices[0, of.item[cell]])
        base = ids.STOCK + district * ids.PER_DISTRICT + cell * (QUARTERS + 1) + q
        labels.append(
            Label(f"{rule}-{district:03d}-{len(labels) + 1:04d}", rule, verdict, "", codes[of.inst[cell]], "", "",
                  f"{base} {base + 1}", f"{units * price / 10_000:.2f}", note)
        )  # fmt: skip

    for n in range(min(k, len(free) // 2)):
        (hit, q), (near, p) = ((int(cells[c]), quarter) for c, quarter in free[2 * n : 2 * n + 2])
        units = int(rng.integers(3, 15))
        of.lost[hit, q] = units if n % 3 else -units
        label(hit, q, "hit", units, "盘存少于账面" if n % 3 else "盘存多于账面：有销售无进货")
        if of.on_count[near, p]:
            label(near, p, "near_miss", 0, "盘存当日有销售")
        else:
            of.written[near, p] = units
            label(near, p, "near_miss", units, "报损、销毁或调拨已入账")
    return labels
