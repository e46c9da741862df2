"""Encounters, refunds and fee lines as arrays of integers, and how they are joined.

An encounter has one settlement with the same index. `refund.enc` is the settlement taken back; a line of a refund has
`setl` = -1 - index of the refund. `line.init` is the line that a negative line takes back, or -1.

Units: time = minutes since 1970-01-01, `cnt` hundredths, `price` ten-thousandths of a yuan, `amount` cents. Missing = -1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yijian.city.catalogue import Ints

ENC = ("person", "inst", "begin", "end", "med_type", "insutype", "diag", "doctor", "dscg_way", "newborn", "dise", "oprn",
       "setl", "counter")  # fmt: skip
REFUND = ("enc", "minute")
LINE = ("setl", "item", "minute", "cnt", "price", "amount", "self_paid", "days", "rx", "take", "crte", "init")


@dataclass
class Rows:
    """A set of encounters with their refunds and lines."""

    enc: dict[str, Ints]
    refund: dict[str, Ints]
    line: dict[str, Ints]

    @property
    def encounters(self) -> int:
        return len(self.enc["person"])

    @property
    def lines(self) -> int:
        return len(self.line["item"])

    def encounter_of_lines(self) -> Ints:
        """The encounter of every line, through the refund where the line takes something back."""
        setl = self.line["setl"]
        if not len(self.refund["enc"]):
            return setl
        return np.where(setl >= 0, setl, self.refund["enc"][np.clip(-1 - setl, 0, None)])


def empty(names: Sequence[str]) -> dict[str, Ints]:
    return {name: np.empty(0, np.int64) for name in names}


def amount_of(cnt: Ints, price: Ints) -> Ints:
    """Cents, rounded half away from zero."""
    exact = cnt * price
    return np.sign(exact) * ((np.abs(exact) + 5_000) // 10_000)


def with_refunds(rows: Rows, refund: dict[str, Ints], line: dict[str, Ints]) -> Rows:
    """The rows with further refunds at the end. Their lines count refunds from -1 on, whatever is there already."""
    line = {**line, "setl": line["setl"] - len(rows.refund["enc"])}
    return Rows(
        rows.enc,
        {name: np.concatenate([rows.refund[name], refund[name]]) for name in REFUND},
        {name: np.concatenate([rows.line[name], line[name]]) for name in LINE},
    )


def join(parts: Sequence[Rows]) -> Rows:
    """Parts one after the other; indices into a part become indices into the whole."""
    enc = {name: np.concatenate([p.enc[name] for p in parts]) for name in ENC}
    refund = {name: [p.refund[name].copy() for p in parts] for name in REFUND}
    line = {name: [p.line[name].copy() for p in parts] for name in LINE}
    encs = refunds = lines = 0
    for k, part in enumerate(parts):
        refund["enc"][k] += encs
        setl, init = line["setl"][k], line["init"][k]
        line["setl"][k] = np.where(setl >= 0, setl + encs, setl - refunds)
        line["init"][k] = np.where(init >= 0, init + lines, init)
        encs, refunds, lines = encs + part.encounters, refunds + len(part.refund["enc"]), lines + part.lines
    return Rows(enc, {n: np.concatenate(v) for n, v in refund.items()}, {n: np.concatenate(v) for n, v in line.items()})
