"""Cutting bills into strata that hold about the same money: few large bills, many small ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, pstdev

from yijian.sampling import Band, allocation
from yijian.web.extrapolation.lake import Bill

BANDS = 4
FEW = 40
"""Fewer bills than this are one stratum."""


@dataclass(frozen=True)
class Cut:
    """Bills above `above` yuan up to `most`, by settlement number."""

    above: Decimal
    most: Decimal
    bills: Sequence[Bill]

    @property
    def amount(self) -> Decimal:
        """What the fund paid for them, yuan."""
        return sum((bill.cost for bill in self.bills), Decimal(0))


def cuts(bills: Sequence[Bill]) -> list[Cut]:
    """The strata, small bills first. Bills of the same cost are in the same one.

    There may be fewer than four, or more where single bills hold a stratum's money.
    """
    if not bills:
        return []
    wanted = BANDS if len(bills) >= FEW else 1
    costs, whole = sorted(bill.cost for bill in bills), sum((bill.cost for bill in bills), Decimal(0))
    bounds, seen, last = [Decimal(0)], Decimal(0), Decimal(0)
    for cost in costs:
        if cost * wanted > whole and wanted > 1 and last > bounds[-1]:
            bounds.append(last)  # a bill with a stratum's money of its own stands above the others
        seen, last = seen + cost, cost
        if seen * wanted >= whole * len(bounds) and cost > bounds[-1]:
            bounds.append(cost)
    bounds[-1] = max(bounds[-1], costs[-1])
    found = [Cut(above, most, [bill for bill in bills if above < bill.cost <= most]) for above, most in pairwise(bounds)]
    return [cut for cut in found if cut.bills]


def proposed(strata: Sequence[Cut], expected: Decimal, precision: Decimal) -> list[int]:
    """How many of each to review. expected: share of the money that may be wrong; precision: of the estimate; both 0 to 1."""
    costs = [[float(bill.cost) for bill in cut.bills] for cut in strata]
    bands = [Band(len(some), fmean(some), pstdev(some), float(expected)) for some in costs]
    return allocation(bands, float(precision))
