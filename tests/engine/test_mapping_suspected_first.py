"""One hospital code on the wrong national code: its impossible hits are one data-quality finding, and each is marked with it."""

import pytest

from tests.engine.conftest import together, visit, write_lake
from yijian.engine.audit import audit
from yijian.engine.findings import read_findings
from yijian.knowledge.importing import import_knowledge
from yijian.rulebook.library import load_rules

RULES = {r: rule for r, rule in load_rules().items() if r in ("drug_sex", "mapping_error_suspected", "amount_arithmetic")}
FOR_WOMEN = {"med_list_codg": "X1", "medins_list_codg": "A1", "medins_list_name": "甲胶囊"}


@pytest.fixture
def judged(home, tmp_path):
    """Twelve men with the hospital's code A1, one man with A2: the same national code, for women only."""
    points = "point_id,code,name,sex,note,valid_from,valid_to,source,supersedes\n1,X1,某药,2,限女性,2019-01-01,,示例,\n"
    (tmp_path / "drug_sex.csv").write_text(points, encoding="utf-8")
    import_knowledge(home, [tmp_path / "drug_sex.csv"])
    lines = [visit(f"P{n}", f"{n:02}", [FOR_WOMEN]) for n in range(12)]
    other = visit("P90", "90", [FOR_WOMEN | {"medins_list_codg": "A2"}])
    wrong = visit("P91", "91", [{"cnt": "2", "det_item_fee_sumamt": "250.00"}])
    write_lake(home, together(*lines, other, wrong))
    return read_findings(home, audit(home, RULES)).to_pylist()


def test_the_impossible_hits_of_one_code_are_one_finding(judged):
    (doubt,) = [f for f in judged if f["rule"] == "mapping_error_suspected"]
    assert doubt["fixmedins_code"] == "H1"
    assert "12 次使用中 12 次" in doubt["explanation"]
    assert len(doubt["evidence"].split()) == 12


def test_each_single_hit_is_marked_with_it_and_others_are_not(judged):
    (doubt,) = [f["finding_id"] for f in judged if f["rule"] == "mapping_error_suspected"]
    marks = {f["evidence"]: f["mapping_error"] for f in judged if f["rule"] == "drug_sex"}
    assert [marks[f"L{n:02}1"] for n in range(12)] == [doubt] * 12
    assert marks["L901"] is None
    assert [f["mapping_error"] for f in judged if f["rule"] in ("amount_arithmetic", "mapping_error_suspected")] == [None, None]
