"""One yuan once: whatever rules name the same lines, no line counts for more than it cost."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yijian.web.reviews.resolving import Doubt, resolve

ROWS = ["a", "b", "c", "d"]
cents = st.integers(0, 100_00).map(lambda n: Decimal(n) / 100)
doubts = st.lists(
    st.tuples(cents, st.lists(st.sampled_from(ROWS), max_size=4).map(tuple), st.booleans(), st.booleans()), max_size=6
).map(lambda some: [Doubt(str(n), *one) for n, one in enumerate(some)])
lines = st.fixed_dictionaries(dict.fromkeys(ROWS, cents))


@given(doubts, lines, st.none() | cents)
def test_no_doubt_counts_more_than_it_says_and_no_bill_more_than_it_came_to(some, rows, whole):
    counted = resolve(some, rows, whole)
    assert counted.keys() == {d.id for d in some}
    assert all(0 <= counted[d.id] <= d.amount for d in some)
    if whole is not None:
        assert sum(counted.values()) <= whole


@given(doubts, lines)
def test_the_lines_together_count_for_no_more_than_they_cost(some, rows):
    with_rows = [d for d in some if d.rows]
    counted = resolve(with_rows, rows, None)
    assert sum(counted.values()) <= sum(rows[row] for row in {row for d in with_rows for row in d.rows})


@given(doubts, lines, st.none() | cents)
def test_the_order_in_which_they_are_given_does_not_matter(some, rows, whole):
    assert resolve(some, rows, whole) == resolve(list(reversed(some)), rows, whole)


def test_a_line_that_two_rules_doubt_counts_once():
    line = {"a": Decimal(60), "b": Decimal(60)}
    double = Doubt("1", Decimal(60), ("a", "b"), sure=True)
    dear = Doubt("2", Decimal(60), ("b",), sure=True)
    counted = resolve([double, dear], line, Decimal(1000))
    assert sum(counted.values()) == 60


def test_what_counted_in_an_earlier_review_does_not_count_again():
    line = {"a": Decimal(60)}
    earlier = Doubt("b0", Decimal(60), ("a",), sure=False, before=True)
    assert resolve([earlier, Doubt("n0", Decimal(60), ("a",), sure=True)], line, None) == {"b0": 60, "n0": 0}


def test_a_doubt_about_the_whole_bill_takes_what_is_left_of_it():
    counted = resolve(
        [Doubt("line", Decimal(100), ("a",), sure=True), Doubt("stay", Decimal(900), ("S1",), sure=False)],
        {"a": Decimal(100)},
        Decimal(900),
    )
    assert counted == {"line": 100, "stay": 800}
