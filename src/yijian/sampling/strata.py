"""What was drawn from each stratum and what the review of it said."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from yijian.vocabulary.errors import UserError


@dataclass(frozen=True)
class Stratum:
    """units, amount: how many the stratum holds and what they cost in yuan; sample: (cost, found wrong) of each reviewed unit;
    most: what its dearest unit costs, None where nobody knows."""

    name: str
    units: int
    amount: Decimal
    sample: Sequence[tuple[Decimal, Decimal]]
    most: Decimal | None = None

    def __post_init__(self) -> None:
        many = len(self.sample)
        if many > self.units:
            raise UserError(f"“{self.name}”层抽查了 {many} 份，多于该层总数 {self.units} 份", do="请核对该层的总数")
        if many < min(2, self.units):
            raise UserError(f"“{self.name}”层只抽查了 {many} 份，无法估计", do="每层至少抽查 2 份")
        if any(not 0 <= wrong <= cost for cost, wrong in self.sample):
            raise UserError(f"“{self.name}”层有违规金额大于该份费用或小于 0", do="请核对逐份金额")
        if (seen := sum((cost for cost, _ in self.sample), Decimal(0))) > self.amount:
            raise UserError(f"“{self.name}”层抽查费用 {seen} 元，多于该层总费用 {self.amount} 元", do="请核对该层的总费用")

    @cached_property
    def costs(self) -> NDArray[np.float64]:
        """Cost of each reviewed unit, yuan."""
        return np.array([float(cost) for cost, _ in self.sample])

    @cached_property
    def wrongs(self) -> NDArray[np.float64]:
        """What was found wrong in each, yuan."""
        return np.array([float(wrong) for _, wrong in self.sample])

    def weight(self) -> float:
        """How many units of the stratum one reviewed unit stands for; 0 for a stratum that holds none."""
        return self.units / len(self.sample) if self.sample else 0.0

    @property
    def whole(self) -> bool:
        """Whether every unit was reviewed."""
        return len(self.sample) == self.units

    def unseen(self, doubt: float) -> float:
        """Yuan that may be wrong although no reviewed unit was, but for a chance of `doubt`.

        So many units as a sample without a wrong one still allows (Clopper and Pearson), each at the price of the dearest, and
        no more than all that nobody saw.
        """
        rest = float(self.amount) - float(self.costs.sum())
        if self.most is None:
            return rest
        units = ceil((1 - doubt ** (1 / len(self.sample))) * self.units - 1e-9)
        return min(units * float(self.most), rest)

    def spread(self, values: NDArray[np.float64]) -> float:
        """The variance that the stratum adds to an estimated total of these values: N(N-n)/n times their variance."""
        many = len(values)
        if many < 2 or many == self.units:
            return 0.0
        return self.units * (self.units - many) / many * float(values.var(ddof=1))
