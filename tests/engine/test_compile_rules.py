"""What a backend is asked, and how an answer becomes findings."""

from decimal import Decimal

import pyarrow as pa
import pytest

from yijian.engine.bind import bind
from yijian.engine.compile import compile_rule
from yijian.engine.explain import BrokenRule, explain
from yijian.rulebook.library import load_rules

RULES = load_rules()


class Lists:
    def __init__(self, **digests):
        self.digests = digests

    def digest(self, list_id):
        return self.digests.get(list_id, "empty")


def test_a_list_that_nobody_imported_leaves_no_subject():
    compiled = compile_rule(bind(RULES["drug_sex"], Lists()))
    assert "缺知识清单 drug_sex" in compiled.scope
    assert "WHERE FALSE" in compiled.found.upper()


def test_knowledge_and_parameters_are_part_of_the_hashes():
    rule = RULES["split_admission"]
    one, other = bind(rule, Lists(planned_readmission="a")), bind(rule, Lists(planned_readmission="b"))
    assert one.knowledge_hash != other.knowledge_hash
    assert one.rule_hash == other.rule_hash
    assert bind(rule, Lists(), {"max_gap_days": 10}).rule_hash != one.rule_hash


@pytest.mark.parametrize("target", ["sqlite", "spark"])
@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_can_be_said_in_the_other_engines_dialects(rule, target):
    assert compile_rule(bind(rule, Lists()), target).found


def rows(**columns):
    base = {
        "psn_no": ["P1"],
        "mdtrt_id": ["M1"],
        "setl_id": ["S1"],
        "fixmedins_code": ["H1"],
        "row_id": ["L1"],
        "evidence": ["L1"],
    }
    filled = {"code": ["X"], "name": ["甲"], "billed_cnt": [Decimal("3.0000")], "pric": [Decimal("3.330000")],
              "billed_amount": [Decimal("9.99")], "expected": [9.99], "amount": [0.125]}  # fmt: skip
    return pa.table({**base, **filled, **columns})


def test_money_is_rounded_half_up_to_cents_whatever_type_the_engine_gives():
    bound = bind(RULES["amount_arithmetic"], Lists())
    for value in (0.125, Decimal("0.125"), Decimal("0.1250000")):
        assert explain(bound, rows(amount=[value]), {}).column("amount").to_pylist() == [Decimal("0.13")]


def test_figures_in_sentences_have_no_trailing_zeros():
    sentence = explain(bind(RULES["amount_arithmetic"], Lists()), rows(), {}).column("explanation")[0].as_py()
    assert sentence == "“甲”数量 3 × 单价 3.33 元应为 9.99 元，实际计 9.99 元"


def test_ids_depend_on_what_the_finding_is_about_and_not_on_the_amount():
    bound = bind(RULES["amount_arithmetic"], Lists())
    ids = [explain(bound, rows(**c), {}).column("finding_id")[0].as_py() for c in ({}, {"amount": [9.0]}, {"row_id": ["L2"]})]
    assert ids[0] == ids[1] != ids[2]


def test_two_rows_about_one_thing_break_the_rule():
    bound = bind(RULES["amount_arithmetic"], Lists())
    with pytest.raises(BrokenRule, match="唯一"):
        explain(bound, pa.concat_tables([rows(), rows()]), {})
