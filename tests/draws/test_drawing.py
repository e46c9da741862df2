"""What a draw promises, for any list and any seed."""

from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.draws.making import BODIES, a_list, a_record, committed, revealed, small
from yijian.draws.bodies import Commitment, Reveal, commitment_of, new_secret
from yijian.draws.deriving import draw
from yijian.draws.form import Broken
from yijian.draws.frozen import WHOLE, Before, Candidate, Stratum
from yijian.draws.record import run

LETTERS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs"]), min_size=1, max_size=8)


@st.composite
def lists(draw_from):
    """Lists that can be drawn from: one to three strata with floors, some recused, cooling or without weight."""
    names = draw_from(st.lists(LETTERS, min_size=1, max_size=3, unique=True))
    objects, strata = [], []
    for name in names:
        size = draw_from(st.integers(1, 12))
        out = draw_from(st.lists(st.sampled_from(["", "", "", "recused", "cooling", "light"]), min_size=size, max_size=size))
        out[0] = ""
        for n, why in enumerate(out):
            weight = 0 if why == "light" else draw_from(st.integers(1, 5))
            told = {why: "有理由"} if why in ("recused", "cooling") else {}
            objects.append(Candidate(f"{name}{n}#{len(strata)}", name, weight, **told))
        share = draw_from(st.sampled_from([0, 1, 500, 2000, WHOLE]))
        drawable, listed = sum(o.drawable for o in objects if o.stratum == name), size
        number = draw_from(st.integers(0 if share else 1, drawable))
        if Stratum(name, number, share).count(listed, drawable) > drawable:
            share, number = WHOLE, 0
        strata.append(Stratum(name, number, share))
    return strata, objects


SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(lists(), SEEDS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_list_changes_nothing(parts, seed, chance):
    strata, objects = parts
    first = a_list(strata, objects)
    chance.shuffle(objects)
    second = a_list(list(reversed(strata)), objects)
    assert (first.hash, draw(first, seed)) == (second.hash, draw(second, seed))


@given(lists(), SEEDS)
@settings(max_examples=60, deadline=None)
def test_floors_are_held_and_nobody_recused_is_drawn(parts, seed):
    frozen = a_list(*parts)
    found = draw(frozen, seed)
    drawable = {o.id for o in frozen.objects if not o.recused and not o.cooling and o.weight}
    assert {d.id for d in found} <= drawable
    assert len({d.id for d in found}) == len(found)
    for s in frozen.strata:
        here = [d for d in found if d.stratum == s.name]
        listed = frozen.by_stratum[s.name]
        assert len(here) >= max(1, s.number)
        if s.share == WHOLE:
            assert {d.id for d in here} == {o.id for o in listed if o.id in drawable}
        else:
            assert len(here) * WHOLE >= s.share * len(listed)


def test_the_chance_of_an_object_is_its_weight():
    weights = {"A": 1, "B": 2, "C": 3, "D": 6}
    frozen = a_list([Stratum("层", number=1)], [Candidate(i, "层", w) for i, w in weights.items()])
    times = _counted(frozen, 6000)
    assert _chi_square(times, {i: 6000 * w / 12 for i, w in weights.items()}) < 16.27  # 3 degrees of freedom, 1 in 1000


def test_two_of_four_come_as_often_as_drawing_one_after_the_other():
    weights = {"A": 1, "B": 2, "C": 3, "D": 6}
    frozen = a_list([Stratum("层", number=2)], [Candidate(i, "层", w) for i, w in weights.items()])
    pairs = {}
    for a, b in permutations(weights, 2):
        chance = weights[a] / 12 * weights[b] / (12 - weights[a])
        pairs[frozenset((a, b))] = pairs.get(frozenset((a, b)), 0) + chance
    times = dict.fromkeys(pairs, 0)
    for n in range(6000):
        times[frozenset(d.id for d in draw(frozen, sha256(b"two%d" % n).hexdigest()))] += 1
    assert _chi_square(times, {p: 6000 * c for p, c in pairs.items()}) < 20.52  # 5 degrees of freedom, 1 in 1000


def test_equals_are_drawn_equally_often():
    frozen = a_list([Stratum("层", number=5)], [Candidate(f"{n:02}", "层") for n in range(50)])
    times = _counted(frozen, 4000)
    # five at a time without putting back: the spread is smaller than that of single draws, so the bound is on the safe side
    assert _chi_square(times, dict.fromkeys(times, 400)) < 85.35  # 49 degrees of freedom, 1 in 1000


def _counted(frozen, seeds):
    times = dict.fromkeys((o.id for o in frozen.objects), 0)
    for n in range(seeds):
        for d in draw(frozen, sha256(b"seed%d" % n).hexdigest()):
            times[d.id] += 1
    return times


def _chi_square(times, expected):
    return sum((times[i] - e) ** 2 / e for i, e in expected.items())


def test_either_body_alone_changes_the_seed():
    frozen = small()
    first = a_record(frozen)
    for body in BODIES:
        other = new_secret()
        promises = [
            Commitment(body, commitment_of(frozen.hash, body, other), frozen.at) if c.body == body else c
            for c in committed(frozen)
        ]
        shown = [Reveal(body, other, frozen.at) if r.body == body else r for r in revealed(frozen)]
        assert run(frozen, promises, shown).seed != first.seed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c, r: (c[:1], r), "还没有派驻纪检监察组的承诺"),
        (lambda c, r: (c, r[:1]), "还没有派驻纪检监察组揭示的秘密"),
        (lambda c, r: (c, [r[0], Reveal(BODIES[1], "0" * 64, r[1].at)]), "派驻纪检监察组揭示的秘密与它对这份名单的承诺不符"),
        (
            lambda c, r: (
                [c[0], Commitment(BODIES[1], c[0].commitment, c[0].at)],
                [r[0], Reveal(BODIES[1], r[0].secret, r[0].at)],
            ),
            "不符",
        ),
        (lambda c, r: ([c[0], Commitment(BODIES[1], c[1].commitment, "2026-03-02T02:00:00Z")], r), "之前就揭示了秘密"),
        (lambda c, r: ([c[0], Commitment(BODIES[1], c[1].commitment, "2026-03-01T02:00:00Z")], r), "早于名单冻结"),
        (lambda c, r: ([*c, Commitment("外人", c[0].commitment, c[0].at)], r), "每个机构一条"),
    ],
    ids=["no commitment", "no secret", "other secret", "copied commitment", "early secret", "early commitment", "stranger"],
)  # fmt: skip
def test_a_draw_waits_for_every_body_and_believes_none(change, said):
    frozen = small()
    with pytest.raises(Broken, match=said):
        run(frozen, *change(committed(frozen), revealed(frozen)))


def test_a_commitment_for_another_list_is_worth_nothing():
    frozen = small()
    again = a_list(frozen.strata, frozen.objects, before=Before(a_record(frozen).hash, "名单漏列一家"))
    with pytest.raises(Broken, match="不符"):
        run(again, committed(frozen), revealed(again))


@pytest.mark.parametrize(
    ("strata", "objects", "bodies", "said"),
    [
        (
            [Stratum("甲", number=2)],
            [Candidate("1", "甲"), Candidate("2", "甲", recused="亲属")],
            BODIES,
            "“甲”应抽 2 个，去掉回避",
        ),
        ([Stratum("甲")], [Candidate("1", "甲")], BODIES, "一个也不抽"),
        ([Stratum("甲", number=1)], [Candidate("1", "乙")], BODIES, "不属于任何一个分层"),
        ([Stratum("甲", number=1)], [Candidate("1", "甲"), Candidate("1", "甲")], BODIES, "名单里有 2 个 1"),
        ([Stratum("甲", number=1)], [Candidate("1", "甲", weight=1001)], BODIES, "权重应是 0 至 1000"),
        ([Stratum("甲", number=1)], [Candidate("1\n2", "甲")], BODIES, "换行"),
        ([Stratum("甲", number=1)], [Candidate("1", "甲")], BODIES[:1], "至少要有两个不同的机构"),
        ([Stratum("甲", number=1)], [Candidate("1", "甲")], (BODIES[0], BODIES[0]), "至少要有两个不同的机构"),
    ],
    ids=["too few", "none", "no stratum", "twice", "too heavy", "line end", "one body", "same body"],
)
def test_a_list_that_cannot_be_drawn_from_is_refused(strata, objects, bodies, said):
    with pytest.raises(Broken, match=said):
        a_list(strata, objects, bodies=bodies)
