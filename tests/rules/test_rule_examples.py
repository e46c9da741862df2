"""Every rule's examples, on every engine that is there."""

import msgspec
import pytest

from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.backends.sqlite import Session as SQLite
from yijian.engine.examples import run_example, run_rule
from yijian.rulebook.check import check_rule
from yijian.rulebook.examples import load_examples
from yijian.rulebook.library import load_rules
from yijian.rulebook.lock import unlocked
from yijian.rulebook.schema import SCHEMA, schema_text
from yijian.vocabulary.content import content

RULES = load_rules()


@pytest.fixture(scope="module")
def sessions():
    with DuckDB(threads=1) as duckdb, SQLite() as sqlite:
        yield {"duckdb": duckdb, "sqlite": sqlite}


@pytest.mark.parametrize(
    ("rule", "engine"), [(r, e) for r in RULES.values() for e in r.engines if e != "spark"], ids=lambda v: getattr(v, "id", v)
)
def test_the_examples_of_a_rule_come_out_as_they_say(rule, engine, sessions):
    wrong = [o for o in run_rule(sessions[engine], rule) if o.complaint]
    assert not wrong, "\n".join(f"{o.example}: {o.complaint}" for o in wrong)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_of_the_library_passes_every_check(rule):
    assert check_rule(rule) == []


def test_the_versions_of_all_rules_are_locked():
    assert unlocked(RULES, content("rules")) == []


def test_the_schema_beside_the_rules_is_the_one_the_program_reads_by():
    assert (content("rules") / SCHEMA).read_text(encoding="utf-8") == schema_text()


def test_an_example_that_promises_another_finding_is_noticed(sessions):
    rule = RULES["split_admission"]
    example = load_examples(rule.folder)[0]
    other = type(example)(example.name, example.tables, [{"mdtrt_id": "M9"}], [], {})
    assert "M9" in run_example(sessions["duckdb"], rule, other).complaint


def gapped(rule, gap):
    """The rule, declared not to run on SQLite."""
    declaration = msgspec.structs.replace(rule.declaration, engine_gaps={"sqlite": gap})
    return msgspec.structs.replace(rule, declaration=declaration)


def test_a_gap_that_is_none_any_more_is_noticed(sessions):
    (outcome,) = run_rule(sessions["sqlite"], gapped(RULES["drug_sex"], "notyet(SQLite 没有某函数)"))
    assert "请删去" in outcome.complaint


def test_a_gap_that_shows_is_no_complaint(sessions):
    broken = msgspec.structs.replace(gapped(RULES["drug_sex"], "notimpl(尚未改写)"), sql="SELECT nothing AS amount FROM subject")
    assert run_rule(sessions["sqlite"], broken) == []
