"""The knowledge lists on pages, and a person who settles what an official sentence means."""

import json

import pytest
from django.test import Client

from yijian.knowledge.proposing import kept
from yijian.knowledge.store import KnowledgeStore
from yijian.web.audit_log.models import LogEntry


def test_the_lists_are_there_with_their_points_and_what_needs_a_person(lists, page):
    said = page.get("/knowledge/").content.decode()
    assert "药品限适应症" in said
    assert "还没有导入" in said
    shown = page.get("/knowledge/drug_indication/", {"only": "person"})
    assert [p.name for p in shown.context["page"]] == ["甲片", "乙注射液"]
    assert [p.name for p in page.get("/knowledge/drug_indication/", {"text": "X3"}).context["page"]] == ["乙注射液"]


def test_a_proposal_is_shown_and_settled_with_a_log_line(lists, page):
    rows = {
        p.point_id: (state, prefixes) for p, state, prefixes in page.get("/knowledge/drug_indication/settle/").context["rows"]
    }
    assert rows == {"p1": ("proposed", "J15"), "p2": ("empty", "")}
    done = page.post("/knowledge/drug_indication/settle/p1/?state=proposed", {"prefixes": "j15 J18"})
    assert done.status_code == 302
    assert done["Location"].endswith("?state=proposed")
    (settled,) = kept(KnowledgeStore.open(lists), "drug_indication")
    assert (settled.prefixes, settled.confirmed) == (("J15", "J18"), True)
    line = LogEntry.objects.get(act="knowledge.settle_point")
    assert (line.who, line.about) == ("wang", "drug_indication/p1")
    assert json.loads(line.changes) == {"diag_prefix": ["J15", "J15 J18"]}


@pytest.mark.parametrize("typed", ["肺炎", "", "15"])
def test_what_is_no_prefix_is_said_beside_the_field_and_changes_nothing(lists, page, typed):
    response = page.post("/knowledge/drug_indication/settle/p1/", {"prefixes": typed})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert kept(KnowledgeStore.open(lists), "drug_indication") == []
    assert not LogEntry.objects.filter(act="knowledge.settle_point").exists()


def test_who_keeps_the_log_may_look_but_not_settle(lists, office):
    said = office.get("/knowledge/drug_indication/settle/")
    assert said.status_code == 200
    assert '<form method="post" action="/knowledge' not in said.content.decode()
    assert office.post("/knowledge/drug_indication/settle/p1/", {"prefixes": "J15"}).status_code == 403


def test_a_stranger_sees_nothing(lists):
    for address in ("/knowledge/", "/knowledge/drug_indication/", "/knowledge/drug_indication/settle/"):
        assert Client().get(address).status_code == 302


def test_a_rule_shows_what_the_law_asks_its_examples_and_versions(lists, page):
    response = page.get("/rules/bed_days_over_stay/")
    said = response.content.decode()
    assert "重复收费、超标准收费、分解项目收费" in said
    assert "第 1 版" in said
    kinds = {e.kind for e in response.context["examples"]}
    assert kinds == {"命中", "不命中", "未能判定"}
