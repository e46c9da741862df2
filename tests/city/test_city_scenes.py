"""The table of scenes: its words are known, every case can be played, and each finds the goods and diagnoses it names."""

import re

import numpy as np
import pytest

from yijian.city.background import World
from yijian.city.catalogue import catalogue, data
from yijian.city.institutions import make_institutions
from yijian.city.people import make_people
from yijian.city.schemes import listed
from yijian.city.stage import Stage

WORDS = set(re.findall(r"\b[a-z_]+\b", (listed.__doc__ or "").split("The words of a case:")[1]))
PEOPLE = 2_000


@pytest.fixture
def stage() -> Stage:
    """A district with nobody on stage yet."""
    rng = np.random.Generator(np.random.PCG64([1, 0]))
    cat, inst = catalogue(), make_institutions(0, PEOPLE)
    return Stage(World(make_people(0, PEOPLE, inst, cat, rng), inst, cat, rng), 0, 1)


def test_a_case_uses_only_the_words_that_are_explained() -> None:
    for rule, cases in data("scenes").items():
        assert set(cases) == {"hit", "near"}, rule
        for case in (*cases["hit"], *cases["near"]):
            used = {*case, *(word for earlier in case.get("before", ()) for word in earlier)}
            assert used <= WORDS, rule


def test_every_case_is_played_in_a_city_that_is_large_enough(stage: Stage) -> None:
    scenes = data("scenes")
    stage.k = max(len(cases[kind]) for cases in scenes.values() for kind in ("hit", "near"))
    for scene in listed.SCENES.values():
        scene(stage)
    played = {(one.kind, one.verdict, one.note) for one in stage.labels}
    for rule, cases in scenes.items():
        for kind, verdict in (("hit", "hit"), ("near", "near_miss")):
            assert {(rule, verdict, case["note"]) for case in cases[kind]} <= played


def test_what_is_in_doubt_is_never_more_than_what_was_billed(stage: Stage) -> None:
    for scene in listed.SCENES.values():
        scene(stage)
    assert stage.labels
    rows = stage.rows()
    assert all(0 < round(float(one.amount) * 100) <= rows.line["amount"].sum() for one in stage.labels)
    assert (rows.line["amount"] != 0).all()
