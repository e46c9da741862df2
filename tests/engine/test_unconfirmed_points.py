"""Points whose diagnosis prefixes nobody confirmed give suspicions that say so."""

import pytest

from tests.engine.conftest import visit, write_lake
from yijian.engine.audit import audit
from yijian.engine.findings import read_findings
from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.proposing import DiseaseNames, keep, propose, settle
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.library import load_rules

HEAD = "point_id,code,name,diag_prefix,confirmed,note,valid_from,valid_to,source,supersedes\n"


@pytest.mark.parametrize("list_id", ["drug_indication", "drug_second_line"])
def test_a_suspicion_says_whether_a_person_confirmed_the_point(home, tmp_path, list_id):
    head = HEAD if list_id == "drug_indication" else HEAD.replace("diag_prefix", "drug_group,diag_prefix")
    gap = "," if list_id == "drug_indication" else ",,"
    (tmp_path / f"{list_id}.csv").write_text(head + f"p1,X1,甲片{gap},,限原发性高血压。,2020-01-01,,示例,\n", encoding="utf-8")
    import_knowledge(home, [tmp_path / f"{list_id}.csv"])
    store = KnowledgeStore.open(home)
    write_lake(home, visit("P1", "1", dscg_maindiag_code="J18.900"))
    rules = {list_id: load_rules()[list_id]}
    assert read_findings(home, audit(home, rules)).to_pylist() == []
    (proposal,) = propose(store, list_id, DiseaseNames([("I10.x00", "原发性高血压")]))
    keep(store, list_id, [proposal])
    (finding,) = read_findings(home, audit(home, rules)).to_pylist()
    assert "由程序推荐、尚未经人确认" in finding["explanation"]
    settle(store, list_id, type(proposal)(proposal.point_id, proposal.name, proposal.note, ("I10",), (), True))
    (finding,) = read_findings(home, audit(home, rules)).to_pylist()
    assert "已经人确认" in finding["explanation"]
    settle(store, list_id, type(proposal)(proposal.point_id, proposal.name, proposal.note, ("I10", "J18"), (), True))
    assert read_findings(home, audit(home, rules)).to_pylist() == []
