"""The pharmacies' books: every sale with its traceability code, purchases, changes and quarterly counts that balance.

A count is taken after closing time: what is sold on the day of the count is before it. Losses that no book explains are
the hits of `stock_does_not_balance`; losses that a book does explain are its look-alikes.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

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
    """The books of a district's pharmacies with k unexplained and k explained losses."""
    rng, inst_of = world.rng, rows.enc["inst"][rows.encounter_of_lines()]
    sale = np.flatnonzero((world.inst.kind[inst_of] == PHARMACY) & world.cat.is_drug[rows.line["item"]])
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
    lost, written, labels = _losses(world, net, on_count, inst, item, district, k)
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


def _losses(world: World, net: Ints, on_count: np.ndarray[tuple[int, int], np.dtype[np.bool_]], inst: Ints, item: Ints,
            district: int, k: int) -> tuple[Ints, Ints, list[Label]]:  # fmt: skip
    """Units lost without and with a book entry [c, 4], and the labels that say so."""
    rng = world.rng
    lost = np.zeros_like(net)
    written = np.where(rng.random(net.shape) < WRITTEN_OFF, rng.integers(1, 4, net.shape), 0)
    codes, labels = world.inst.codes(), list[Label]()
    cells = rng.permutation(np.flatnonzero(net.min(axis=1) > 2))

    def label(cell: int, q: int, verdict: str, units: int, note: str) -> None:
        price = int(world.cat.prices[0, item[cell]])
        base = ids.STOCK + district * ids.PER_DISTRICT + cell * (QUARTERS + 1) + q
        labels.append(
            Label(f"stock_does_not_balance-{district:03d}-{len(labels) + 1:04d}", "stock_does_not_balance", verdict, "",
                  codes[inst[cell]], "", "", f"{base} {base + 1}", f"{units * price / 10_000:.2f}", note)
        )  # fmt: skip

    for n in range(k):
        hit, near = int(cells[2 * n % len(cells)]), int(cells[(2 * n + 1) % len(cells)])
        q, units = int(rng.integers(QUARTERS)), int(rng.integers(3, 15))
        lost[hit, q] = units if n % 3 else -units
        label(hit, q, "hit", units, "盘存少于账面" if n % 3 else "盘存多于账面：有销售无进货")
        busy = np.flatnonzero(on_count[near])
        if n % 2 and len(busy):
            label(near, int(busy[0]), "near_miss", 0, "盘存当日有销售")
        else:
            written[near, q] = units
            label(near, q, "near_miss", units, "报损、销毁或调拨已入账")
    return lost, written, labels
