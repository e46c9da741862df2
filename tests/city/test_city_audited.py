"""The whole way: a city is imported and judged; every hit is found, no look-alike is flagged, its knowledge is read whole."""

from pathlib import Path

import pytest

from yijian.city.catalogue import catalogue
from yijian.city.schemes import RULES
from yijian.city.score import score
from yijian.claims.intake import import_files
from yijian.engine.audit import audit
from yijian.engine.evidence import pack, verify
from yijian.engine.findings import read_coverage, read_findings
from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home


@pytest.fixture(scope="module")
def home(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    import_files(home, [city], None)
    import_knowledge(home, [city / "knowledge"])
    return home


def test_the_workbooks_read_without_remark_and_need_no_person(city: Path, tmp_path: Path) -> None:
    changes = import_knowledge(Home(tmp_path), [city / "knowledge"])
    assert {c.source.list_id for c in changes} >= set(RULES) & set(KnowledgeStore.open(Home(tmp_path)).lists())
    codes = {good.code for good in catalogue().goods}
    for change in changes:
        counts = change.source.counts()
        assert (list(change.source.problems), list(change.source.remarks), list(counts.needs_person)) == ([], [], [])
        if change.source.list_id in {*RULES, "item_price"}:
            assert {row["code"] for row in change.source.rows} <= codes


def test_every_hit_is_found_and_no_look_alike_is_flagged(city: Path, home: Home) -> None:
    run = audit(home, load_rules(None))
    assert [row.error for row in read_coverage(home, run) if row.error] == []
    scores = {one.rule: one for one in score(city / "labels.csv", read_findings(home, run).to_pylist())}
    assert set(scores) == set(RULES)
    assert {rule: one.recall for rule, one in scores.items() if one.recall < 1} == {}
    assert {rule for rule, one in scores.items() if one.near_misses_flagged} == set()
    assert {rule for rule, one in scores.items() if one.background and one.violation} == set()


def test_the_first_finding_of_every_rule_can_be_packed_and_judged_again(home: Home, tmp_path: Path) -> None:
    rules = load_rules(None)
    first = {f["rule"]: f["finding_id"] for f in read_findings(home, audit(home, rules)).to_pylist()}
    pack(home, rules, list(first.values()), tmp_path / "pack.zip")
    _, again = verify(tmp_path / "pack.zip")
    assert {f.rule: f.differs for f in again} == dict.fromkeys(first, "")
