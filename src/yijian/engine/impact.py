"""What a change of rules would change: the same lake judged by an old and a new rulebook, finding by finding.

Findings are matched by id, which depends on the rule and on what the finding is about, not on the rule's version. Units that
both rulebooks share are judged once. The home's current run stays what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from yijian.engine.audit import audit
from yijian.engine.findings import read_findings
from yijian.rulebook.rule import Rule
from yijian.vocabulary.home import Home
from yijian.vocabulary.period import Period

ZERO = Decimal("0.00")
ALL = Period()


@dataclass(frozen=True)
class Impact:
    """What changes for one rule at one institution: findings added and gone, and yuan under the old and the new rules."""

    rule: str
    institution: str
    added: int
    gone: int
    changed: int
    old_amount: Decimal
    new_amount: Decimal

    @property
    def moved(self) -> Decimal:
        """Yuan more (or less) in doubt under the new rules."""
        return self.new_amount - self.old_amount


@dataclass
class _Tally:
    added: int = 0
    gone: int = 0
    changed: int = 0
    old_amount: Decimal = ZERO
    new_amount: Decimal = ZERO


def _by_id(table: pa.Table, period: Period) -> dict[str, tuple[str, str, Decimal]]:
    columns = [table.column(c).to_pylist() for c in ("finding_id", "rule", "fixmedins_code", "amount", "date")]
    return {
        finding: (rule, institution or "", amount or ZERO)
        for finding, rule, institution, amount, day in zip(*columns, strict=True)
        if period.has_day(day)
    }


def impact(home: Home, old: Mapping[str, Rule], new: Mapping[str, Rule], period: Period = ALL) -> list[Impact]:
    """What differs between the findings of two rulebooks in a period, by rule and institution; nothing where nothing differs.

    UserError where there is no lake to judge.
    """
    before, after = (_by_id(read_findings(home, audit(home, rules, make_current=False)), period) for rules in (old, new))
    tallies: dict[tuple[str, str], _Tally] = {}
    for finding_id in before.keys() | after.keys():
        was, now = before.get(finding_id), after.get(finding_id)
        rule, institution, _ = was or now or ("", "", ZERO)
        tally = tallies.setdefault((rule, institution), _Tally())
        tally.added += was is None
        tally.gone += now is None
        tally.changed += was is not None and now is not None and was[2] != now[2]
        tally.old_amount += was[2] if was else ZERO
        tally.new_amount += now[2] if now else ZERO
    return [
        Impact(rule, institution, t.added, t.gone, t.changed, t.old_amount, t.new_amount)
        for (rule, institution), t in sorted(tallies.items())
        if t.added or t.gone or t.changed
    ]
