"""The likely whole: stratified mean and combined ratio, each with an interval.

W. G. Cochran, Sampling Techniques, 3rd edition 1977: stratified mean 5.9 and 5.15 (degrees of freedom after Satterthwaite),
combined ratio 6.11. A stratum in which nothing wrong was found has a variance of 0, which would say that nothing is wrong in
it: what its sample still allows (`Stratum.unseen`) is added to the upper end, so that the interval is too wide rather than too
narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from scipy import stats

from yijian.sampling.strata import Stratum

Method = Literal["mean", "ratio"]
CENT = Decimal("0.01")
FEW = 30
"""Below so many reviewed units a normal interval is a rough one."""


@dataclass(frozen=True)
class Estimate:
    """Yuan that are wrong in the whole: the likeliest, and from low to high with `confidence`.

    found: wrong in the sample itself; error: standard error; freedom: degrees of freedom of its variance; nothing: the sample
    held nothing wrong, so that only `high` says anything; rough: too few units, too few wrong ones, or a stratum whose units were
    all alike, for a good interval.
    """

    method: Method
    confidence: float
    total: Decimal
    low: Decimal
    high: Decimal
    error: Decimal
    freedom: float
    found: Decimal
    amount: Decimal
    units: int
    sampled: int
    wrong: int
    nothing: bool
    rough: bool

    @property
    def share(self) -> Decimal:
        """The estimate as a fraction of the whole cost."""
        return self.total / self.amount if self.amount else Decimal(0)


def estimate(strata: Sequence[Stratum], method: Method = "mean", confidence: float = 0.95) -> Estimate:
    """The whole as the sample shows it. No stratum, or strata that cost nothing: a ValueError.

    low is never below what was found (that is no estimate), high never above what the whole cost.
    """
    amount = sum((one.amount for one in strata), Decimal(0))
    if amount <= 0:
        raise ValueError("nothing to estimate: the strata cost nothing")
    found = sum((wrong for one in strata for _, wrong in one.sample), Decimal(0))
    weighted = sum(one.weight() * float(one.wrongs.sum()) for one in strata)
    spreads = [one.spread(one.wrongs) for one in strata]
    total = weighted
    if method == "ratio":
        costs = sum(one.weight() * float(one.costs.sum()) for one in strata)
        rate = weighted / costs if costs else 0.0
        total = rate * float(amount)
        lift = float(amount) / costs if costs else 0.0
        spreads = [lift**2 * one.spread(one.wrongs - rate * one.costs) for one in strata]
    variance, freedom = sum(spreads), _freedom(strata, spreads)
    reach = float(stats.t.ppf((1 + confidence) / 2, freedom)) * variance**0.5 if variance else 0.0
    wrong = sum(int((one.wrongs > 0).sum()) for one in strata)
    sampled, units = sum(len(one.sample) for one in strata), sum(one.units for one in strata)
    clean = [one for one in strata if not one.whole and not one.wrongs.any()]
    beyond = sum(one.unseen((1 - confidence) / len(clean)) for one in clean)
    nothing = wrong == 0 and sampled < units
    alike = any(not one.whole and spread == 0 for one, spread in zip(strata, spreads, strict=True))
    return Estimate(
        method=method, confidence=confidence, total=_yuan(total, found, amount), low=_yuan(total - reach, found, amount),
        high=_yuan(total + reach + beyond, found, amount), error=_cent(variance**0.5), freedom=freedom, found=found,
        amount=amount, units=units, sampled=sampled, wrong=wrong, nothing=nothing,
        rough=sampled < units and not nothing and (sampled < FEW or wrong < 5 or alike),
    )  # fmt: skip


def _freedom(strata: Sequence[Stratum], spreads: Sequence[float]) -> float:
    """Satterthwaite's degrees of freedom: at least the smallest n - 1, at most their sum."""
    parts = [(spread, len(one.sample) - 1) for one, spread in zip(strata, spreads, strict=True) if spread > 0]
    if not parts:
        return float(max(sum(len(one.sample) for one in strata) - len(strata), 1))
    return sum(spread for spread, _ in parts) ** 2 / sum(spread**2 / free for spread, free in parts)


def _yuan(value: float, least: Decimal, most: Decimal) -> Decimal:
    return min(max(_cent(value), least), most)


def _cent(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(CENT, ROUND_HALF_UP)
