"""Drawing stays for second review: enough of each stratum, the same again from the same seed."""

import hashlib
import math
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.web.conftest import by
from yijian.web.reviews.models import Review
from yijian.web.reviews.opening import draw_sample
from yijian.web.reviews.sampling import draw

populations = st.dictionaries(
    st.tuples(st.sampled_from(["999901", "999902"]), st.sampled_from(["13", "12", "20"])),
    st.integers(1, 40).map(lambda n: [f"S{i}" for i in range(n)]),
    min_size=1,
)


@given(populations, st.text(max_size=8), st.decimals("0.01", "1", places=2))
def test_each_stratum_gives_its_share_rounded_up_and_anyone_draws_the_same(population, seed, share):
    strata = draw(population, seed, share)
    assert {(s.area, s.kind): s.size for s in strata} == {key: len(ids) for key, ids in population.items()}
    for stratum in strata:
        ids = population[stratum.area, stratum.kind]
        assert len(stratum.drawn) == math.ceil(share * len(ids))
        by_hand = sorted(ids, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).hexdigest())[: len(stratum.drawn)]
        assert list(stratum.drawn) == sorted(by_hand)


def test_a_draw_is_recorded_and_puts_stays_under_review(loaded, first):
    sample = draw_sample("999900", date(2026, 1, 1), date(2026, 1, 31), seed="s1", home=loaded, **by(first))
    assert (sample.population, sample.drawn, sample.share) == (2, 2, Decimal("0.05"))
    assert set(Review.objects.values_list("setl_id", "state")) == {("S1", "sampled"), ("S2", "sampled")}
    assert set(Review.objects.values_list("source", "sample")) == {("sample", sample.pk)}


def test_a_time_without_stays_is_a_sentence(loaded, first):
    with pytest.raises(ValidationError, match="没有可抽的住院结算"):
        draw_sample("999900", date(2020, 1, 1), date(2020, 1, 31), home=loaded, **by(first))
    with pytest.raises(ValidationError, match="管辖范围"):
        draw_sample("880000", date(2026, 1, 1), date(2026, 1, 31), home=loaded, **by(first))
