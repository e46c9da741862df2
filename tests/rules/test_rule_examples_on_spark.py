"""Every rule's examples on Spark, in local mode."""

import pytest

from tests.spark import needs_spark
from yijian.engine.backends.spark import Session
from yijian.engine.examples import run_rule
from yijian.rulebook.library import load_rules

RULES = {name: rule for name, rule in load_rules().items() if "spark" in rule.engines}


@pytest.fixture(scope="module")
def session():
    with Session.for_examples() as spark:
        yield spark


@needs_spark
@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_the_examples_of_a_rule_come_out_as_they_say(rule, session):
    wrong = [o for o in run_rule(session, rule) if o.complaint]
    assert not wrong, "\n".join(f"{o.example}: {o.complaint}" for o in wrong)
