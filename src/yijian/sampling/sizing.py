"""How many to review, and from which stratum, for an estimate of a wanted precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy import stats

LEAST = 5
"""Of each stratum at least so many (or all it holds): below, its own spread is not known."""


@dataclass(frozen=True)
class Band:
    """A stratum before the draw: units, mean cost and standard deviation in yuan, share expected to be wrong."""

    units: int
    mean: float
    deviation: float
    wrong: float = 0.1

    @property
    def spread(self) -> float:
        """Standard deviation expected of the wrong amount, where a unit is wrong as a whole or not at all, in yuan."""
        squares = self.deviation**2 + self.mean**2
        return max(self.wrong * squares - (self.wrong * self.mean) ** 2, 0.0) ** 0.5


def allocation(bands: Sequence[Band], precision: float, confidence: float = 0.95) -> list[int]:
    """Units to review of each band so that the estimate is off by at most `precision` of itself, with the confidence.

    Neyman's allocation (Cochran 5.25): more from where there are more units, and where they differ more. A band of which more
    than all would be wanted is taken whole, and the rest is shared out anew.
    """
    if not 0 < precision < 1 or not 0 < confidence < 1:
        raise ValueError("precision and confidence are fractions between 0 and 1")
    units = np.array([band.units for band in bands], dtype=float)
    spreads = np.array([band.spread for band in bands])
    total = sum(band.units * band.wrong * band.mean for band in bands)
    allowed = (precision * total / float(stats.norm.ppf((1 + confidence) / 2))) ** 2
    taken = np.zeros(len(bands))
    whole = np.zeros(len(bands), dtype=bool)
    while True:
        rest = ~whole
        weight = units[rest] * spreads[rest]
        need = weight.sum() ** 2 / (allowed + (units[rest] * spreads[rest] ** 2).sum()) if weight.sum() else 0.0
        taken[rest] = need * weight / weight.sum() if weight.sum() else 0.0
        taken[whole] = units[whole]
        more = rest & (taken > units)
        if not more.any():
            break
        whole |= more
    return [min(band.units, max(ceil(one - 1e-9), LEAST)) for band, one in zip(bands, taken, strict=True)]
