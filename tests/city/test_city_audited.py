"""The whole way: a city is imported and judged; every hit is found, no look-alike is flagged, its knowledge is read whole."""

from pathlib import Path

import pytest

from yijian.city.catalogue import catalogue
from yijian.city.generate import make_city
from yijian.city.schemes import RULES
from yijian.city.score import Score, background_per_10_000, score
from yijian.claims.intake import import_files
from yijian.claims.lake import Lake
from yijian.engine.audit import audit
from yijian.engine.evidence import pack, verify
from yijian.engine.findings import needed_run, read_coverage, read_findings
from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.lists import knowledge_lists
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home

GOODS = ("drug", "slice", "item", "consumable")
MOST_SUSPICIONS = 15
"""Findings of suspicion rules among 10,000 settlements in which nobody meant any harm."""


def judged(home: Home, city: Path) -> list[Score]:
    """Import the city, audit it by every active rule, score it."""
    import_files(home, [city], None)
    import_knowledge(home, [city / "knowledge"])
    run = audit(home, load_rules(None))
    assert [row.error for row in read_coverage(home, run) if row.error] == []
    return score(city / "labels.csv", read_findings(home, run).to_pylist())


def test_the_workbooks_read_without_remark_and_need_no_person(city: Path, tmp_path: Path) -> None:
    changes = import_knowledge(Home(tmp_path), [city / "knowledge"])
    assert {c.source.list_id for c in changes} >= set(RULES) & set(KnowledgeStore.open(Home(tmp_path)).lists())
    codes = {good.code for good in catalogue().goods}
    for change in changes:
        counts = change.source.counts()
        assert (list(change.source.problems), list(change.source.remarks), list(counts.needs_person)) == ([], [], [])
        if knowledge_lists()[change.source.list_id].subject in GOODS and change.source.origin != "shipped":
            assert {row["code"] for row in change.source.rows} <= codes


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def scores(city: Path, home: Home) -> list[Score]:
    """The city of all tests, judged in `home`."""
    return judged(home, city)


def test_every_hit_is_found_and_no_look_alike_is_flagged(scores: list[Score], home: Home) -> None:
    assert {one.rule for one in scores} >= set(RULES)
    assert {one.rule: one.recall for one in scores if one.recall < 1} == {}
    assert {one.rule for one in scores if one.near_misses_flagged} == set()
    assert {one.rule for one in scores if one.background and one.violation} == set()
    settlements = Lake.open(home).snapshot().rows("setl_d")
    assert background_per_10_000(scores, settlements) < MOST_SUSPICIONS


def test_an_ordinary_year_breaks_no_rule(tmp_path: Path) -> None:
    made = make_city(tmp_path / "clean", persons=2_000, seed=11, clean=True)
    assert made.labels == 0
    home = Home(tmp_path / "home")
    scores = judged(home, tmp_path / "clean")
    assert {one.rule for one in scores if one.violation} == set()
    violations = {rule for rule, read in load_rules(None).items() if read.declaration.verdict == "violation"}
    idle = {row.rule for row in read_coverage(home, needed_run(home)) if row.rule in violations and not row.passed}
    assert len(idle) < len(violations) / 5, "a year in which nothing is judged proves nothing"
    assert background_per_10_000(scores, made.rows["setl_d"]) < MOST_SUSPICIONS


@pytest.mark.usefixtures("scores")
def test_the_first_finding_of_every_rule_can_be_packed_and_judged_again(home: Home, tmp_path: Path) -> None:
    rules = load_rules(None)
    first = {f["rule"]: f["finding_id"] for f in read_findings(home, needed_run(home)).to_pylist()}
    pack(home, rules, list(first.values()), tmp_path / "pack.zip")
    _, again = verify(tmp_path / "pack.zip")
    assert {f.rule: f.differs for f in again} == dict.fromkeys(first, "")
