"""Rules beside what they found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404

from yijian.rulebook.rule import Rule
from yijian.rulebook.shown import FAMILIES
from yijian.web.accounts.queries import Right, User, need
from yijian.web.findings.queries import coverage
from yijian.web.findings.rulebook import rules_now

if TYPE_CHECKING:
    from yijian.web.findings.queries import RuleResult


@dataclass(frozen=True)
class Line:
    """A rule and its line in the newest run; `result` is None where it did not run."""

    rule: Rule
    family: str
    result: "RuleResult | None"


def rules_for(user: User) -> list[Line]:
    """All rules by family."""
    need(user, Right.SEE_DATA)
    results = {r.rule: r for r in coverage(user)}
    lines = [Line(r, FAMILIES.get(r.family, r.family), results.get(r.id)) for r in rules_now().values()]
    return sorted(lines, key=lambda line: (line.family, line.rule.declaration.title))


def rule_for(user: User, rule_id: str) -> Line:
    """One rule. Http404 if there is none."""
    for line in rules_for(user):
        if line.rule.id == rule_id:
            return line
    raise Http404(f"规则库里没有 {rule_id} 这条规则。")
