"""A reviewed sample is carried over to the whole: what it says, how sure it is, and when it says too little."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yijian.sampling import Band, Stratum, allocation, estimate
from yijian.vocabulary.errors import UserError

YUAN = st.decimals("0.01", "100000", places=2)


def stratum(costs: np.ndarray, wrongs: np.ndarray, drawn: np.ndarray, name: str = "一") -> Stratum:
    """A stratum of which these places were drawn."""
    money = [(Decimal(f"{costs[n]:.2f}"), Decimal(f"{wrongs[n]:.2f}")) for n in drawn]
    return Stratum(name, len(costs), sum((Decimal(f"{cost:.2f}") for cost in costs), Decimal(0)), money)


def population(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two strata of bills: small and large ones, a fifth of them wrong in part."""
    chance = np.random.default_rng(seed)
    strata = []
    for many, scale in ((800, 1_000.0), (200, 10_000.0)):
        costs = np.round(scale * chance.lognormal(0, 0.5, many), 2)
        wrongs = np.round(costs * (chance.random(many) < 0.2) * chance.uniform(0.1, 0.9, many), 2)
        strata.append((costs, wrongs))
    return strata


@pytest.mark.parametrize("method", ["mean", "ratio"])
def test_the_truth_lies_in_the_interval_about_as_often_as_promised(method: str) -> None:
    whole, chance = population(1), np.random.default_rng(2)
    truth, hits, times = sum(float(wrongs.sum()) for _, wrongs in whole), 0, 600
    for _ in range(times):
        strata = [stratum(c, w, chance.choice(len(c), n, replace=False)) for (c, w), n in zip(whole, (80, 60), strict=True)]
        said = estimate(strata, method)  # type: ignore[arg-type]
        hits += float(said.low) <= truth <= float(said.high)
    assert 0.91 <= hits / times <= 0.985  # 95 % promised; money is skewed, so that somewhat fewer are to be expected


def test_the_standard_error_is_how_far_estimates_scatter() -> None:
    whole, chance = population(3), np.random.default_rng(4)
    said = [estimate([stratum(c, w, chance.choice(len(c), 70, replace=False)) for c, w in whole], "mean") for _ in range(400)]
    scatter = np.std([float(one.total) for one in said])
    assert np.mean([float(one.error) for one in said]) == pytest.approx(scatter, rel=0.1)


@given(st.lists(st.tuples(YUAN, st.decimals("0", "1", places=2)), min_size=2, max_size=30))
def test_who_looks_at_everything_estimates_nothing(said: list[tuple[Decimal, Decimal]]) -> None:
    sample = [(cost, (cost * share).quantize(Decimal("0.01"))) for cost, share in said]
    whole = Stratum("全部", len(sample), sum((cost for cost, _ in sample), Decimal(0)), sample)
    for method in ("mean", "ratio"):
        one = estimate([whole], method)
        assert (one.total, one.low, one.high) == (one.found,) * 3
        assert not one.nothing


def test_a_fixed_share_of_every_bill_is_exact_by_ratio() -> None:
    costs = np.array([100.0, 250.0, 40.0, 900.0, 10.0, 700.0])
    one = estimate([stratum(costs, costs / 4, np.array([0, 1, 3]))], "ratio")
    assert (one.total, one.low, one.high, one.share) == (Decimal("500.00"), Decimal("500.00"), Decimal("500.00"), Decimal("0.25"))


def test_by_hand() -> None:
    """N=10, n=4, wrong 0, 0, 30, 50: mean 20, variance 600; total 200, error sqrt(10*6/4*600)=94.87, t(3)=3.182."""
    sample = [(Decimal(100), Decimal(wrong)) for wrong in (0, 0, 30, 50)]
    one = estimate([Stratum("一", 10, Decimal(1000), sample)])
    assert (one.total, one.error, one.freedom) == (Decimal("200.00"), Decimal("94.87"), 3.0)
    assert (one.low, one.high) == (Decimal("80.00"), Decimal("501.91"))  # never below the 80 that were seen
    assert one.rough


def test_a_sample_without_anything_wrong_still_says_how_much_may_be() -> None:
    sample = [(Decimal(100), Decimal(0))] * 59
    one = estimate([Stratum("一", 10_000, Decimal(1_000_000), sample, Decimal(100))])
    assert (one.total, one.nothing) == (Decimal("0.00"), True)
    assert float(one.high) == pytest.approx(1_000_000 * 0.05, rel=0.02)  # none in 59: below 5 % at 95 %


def test_a_dear_bill_that_nobody_saw_may_be_wrong() -> None:
    sample = [(Decimal(100), Decimal(0))] * 10
    one = estimate([Stratum("一", 39, Decimal(103_800), sample, Decimal(100_000))])
    assert one.high >= 100_000


def test_a_clean_stratum_adds_its_doubt_to_that_of_the_others() -> None:
    wrong = Stratum("甲", 10, Decimal(1000), [(Decimal(100), Decimal(n)) for n in (0, 10, 30, 50)], Decimal(100))
    clean = Stratum("乙", 10_000, Decimal(1_000_000), [(Decimal(100), Decimal(0))] * 5, Decimal(100))
    assert estimate([wrong, clean]).high > estimate([wrong]).high + 400_000


def test_bills_that_were_all_wrong_alike_make_a_rough_interval() -> None:
    assert estimate([Stratum("一", 1000, Decimal(100_000), [(Decimal(100), Decimal(20))] * 40, Decimal(100))]).rough


def test_a_stratum_of_which_one_was_seen_cannot_be_estimated() -> None:
    with pytest.raises(UserError, match="“大额”层只抽查了 1 份，无法估计"):
        Stratum("大额", 10, Decimal(1000), [(Decimal(100), Decimal(0))])


def test_more_wrong_than_it_cost_is_a_mistake_of_typing() -> None:
    with pytest.raises(UserError, match="违规金额大于该份费用"):
        Stratum("一", 10, Decimal(1000), [(Decimal(100), Decimal(101)), (Decimal(100), Decimal(0))])


def test_an_empty_stratum_adds_nothing() -> None:
    sample = [(Decimal(100), Decimal(10)), (Decimal(100), Decimal(20))]
    full = Stratum("一", 10, Decimal(1000), sample)
    assert estimate([full, Stratum("空", 0, Decimal(0), [])]).total == estimate([full]).total


def test_the_proposed_size_reaches_the_wanted_precision() -> None:
    whole, chance = population(5), np.random.default_rng(6)
    bands = [Band(len(c), float(c.mean()), float(c.std()), 0.2) for c, _ in whole]
    sizes = allocation(bands, 0.3)
    truth, off = sum(float((c * (w > 0)).sum()) for c, w in whole), 0
    for _ in range(300):  # units wrong as a whole, as the proposal assumes
        strata = [
            stratum(c, c * (w > 0), chance.choice(len(c), n, replace=False)) for (c, w), n in zip(whole, sizes, strict=True)
        ]
        off += abs(float(estimate(strata).total) - truth) > 0.3 * truth
    assert off / 300 <= 0.09
    assert sum(sizes) < 0.4 * sum(band.units for band in bands)


@given(
    st.lists(
        st.builds(Band, st.integers(0, 5000), st.floats(1, 1e5), st.floats(0, 1e5), st.floats(0.01, 0.99)), min_size=1, max_size=6
    ),
    st.floats(0.02, 0.5),
)
def test_a_proposal_never_asks_for_more_than_there_is(bands: list[Band], precision: float) -> None:
    sizes = allocation(bands, precision)
    assert all(min(5, band.units) <= size <= band.units for band, size in zip(bands, sizes, strict=True))
    assert sum(allocation(bands, precision / 2)) >= sum(sizes)
