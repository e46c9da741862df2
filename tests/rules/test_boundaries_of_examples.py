"""The examples of each rule stand just inside and just outside of a limit: moving one must be noticed."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from sqlglot import exp

from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import bind
from yijian.engine.examples import AllLists, compare_example
from yijian.engine.mutate import mutants
from yijian.rulebook import dialect
from yijian.rulebook.examples import load_examples
from yijian.rulebook.library import load_rules
from yijian.rulebook.rule import Rule

RULES = load_rules()
LIMITS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
WITHOUT = ("payment_without_claim", "same_person_enters_and_reviews")
"""Rules that compare nothing but names: they have no limit to stand at."""


@pytest.fixture(scope="module")
def session():
    with Session(threads=1) as duckdb:
        yield duckdb


def moved(rule: Rule) -> Iterator[Rule]:
    """The rule with one limit moved: `>` for `>=`, a day more or less at an end of a period."""
    query = dialect.parse(rule.sql)
    limits = {node.sql(dialect.DIALECT) for node in query.find_all(*LIMITS)}
    for mutant in mutants(query):
        if mutant.change.split(" → ")[0].split("：")[0] in limits:
            yield replace(rule, sql=mutant.query.sql(dialect.DIALECT))


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_moving_a_limit_of_a_rule_is_noticed(rule, session):
    if rule.id in WITHOUT:
        assert not list(moved(rule))
        return
    examples = load_examples(rule.folder)
    assert any(compare_example(session, bind(other, AllLists(), e.parameters), e) for other in moved(rule) for e in examples)
