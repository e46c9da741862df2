"""How sure a share is that was seen a few times."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""Standard deviations either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Interval:
    """A share between 0 and 1 and the bounds in which it lies with 95 % confidence."""

    share: float
    low: float
    high: float


def wilson(times: int, of: int) -> Interval:
    """Wilson's score interval (E. B. Wilson 1927): unlike the plain one it holds for few cases and for shares near 0 and 1.

    ValueError unless 0 <= times <= of and of > 0.

    >>> w = wilson(45, 48)
    >>> round(w.share, 4), round(w.low, 4), round(w.high, 4)
    (0.9375, 0.8316, 0.9785)
    """
    if not 0 <= times <= of or of == 0:
        raise ValueError(f"{times} of {of} is no share")
    share, z2 = times / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))
