"""One yuan once: how much of each doubt on a bill counts, where several rules name the same lines.

Doubts are taken in order: those of earlier reviews of the bill, then violations, then the larger. One takes from the lines that
it names, first from those that most doubts name, as much as nobody took yet; a doubt that names no line (the whole bill is in
doubt) takes what is left of the bill. So no line counts for more than it cost, no bill for more than it came to, and what is
doubtful twice is counted once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Doubt:
    """A finding on a bill: its id, yuan, ids of its evidence, whether the rows prove it, whether it counted before."""

    id: str
    amount: Decimal
    rows: tuple[str, ...]
    sure: bool
    before: bool = False


def resolve(doubts: Sequence[Doubt], rows: Mapping[str, Decimal], whole: Decimal | None) -> dict[str, Decimal]:
    """Yuan of each doubt that count. rows: fee line → yuan; whole: what the bill came to, None where unknown."""
    named = Counter(row for doubt in doubts for row in set(doubt.rows))
    left = {row: max(yuan, ZERO) for row, yuan in rows.items()}
    bill = whole
    counted: dict[str, Decimal] = {}
    for doubt in sorted(doubts, key=lambda d: (not d.before, not d.sure, -d.amount, d.id)):
        want = max(doubt.amount, ZERO)
        if bill is not None:
            want = min(want, bill)
        lines = sorted((row for row in set(doubt.rows) if row in left), key=lambda row: (-named[row], row))
        if lines:
            want = min(want, sum((left[row] for row in lines), ZERO))
            rest = want
            for row in lines:
                taken = min(rest, left[row])
                left[row] -= taken
                rest -= taken
        counted[doubt.id] = want
        if bill is not None:
            bill -= want
    return counted
