"""The rulebook as it is now, beside what a run used."""

from functools import cache

from yijian.engine.bind import bind
from yijian.rulebook.library import load_rules
from yijian.rulebook.rule import Rule


class _AnyKnowledge:
    """A rule's hash does not depend on lists."""

    def digest(self, list_id: str) -> str:
        return list_id


@cache
def rules_now() -> dict[str, Rule]:
    """All rules; read once, for rules change with the program."""
    return load_rules()


def rule_now(rule_id: str) -> Rule | None:
    """One rule, or None where it is no longer in the rulebook."""
    return rules_now().get(rule_id)


@cache
def rules_about(subject: str) -> frozenset[str]:
    """Rules whose findings are about a hospital, a pharmacy, a person, a practitioner, the agency, or long-term care."""
    return frozenset(name for name, rule in rules_now().items() if rule.declaration.subject == subject)


@cache
def hash_now(rule_id: str) -> str:
    """The hash that a run of today would give the rule; '' where it is gone."""
    rule = rule_now(rule_id)
    return bind(rule, _AnyKnowledge()).rule_hash if rule else ""
