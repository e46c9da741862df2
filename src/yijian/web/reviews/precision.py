"""How often a rule is right, by what people decided: per rule and version, with an interval.

A finding counts as judged once somebody rejected it in screening, or once its review was determined. It was right where money was
confirmed; withdrawn where the determination left nothing. A wrong code mapping says nothing about the rule and is shown apart.
The version is the one that found it first.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from yijian.vocabulary.interval import Interval, wilson
from yijian.web.accounts.queries import Right, User, need
from yijian.web.findings.queries import groups_for, rule_versions
from yijian.web.parameters.queries import Book
from yijian.web.reviews.models import ReviewLine
from yijian.web.reviews.steps import State


@dataclass(frozen=True)
class Precision:
    """One version of a rule: findings judged, right, rejected in screening, withdrawn after appeal or review, mapping errors."""

    rule: str
    title: str
    verdict: str
    version: int
    confirmed: int
    rejected: int
    withdrawn: int
    mapping: int
    floor: float
    least: int

    @property
    def judged(self) -> int:
        """Findings that people came to an end with."""
        return self.confirmed + self.rejected + self.withdrawn

    @property
    def interval(self) -> Interval | None:
        """How often it is right, with its bounds; None as long as nobody judged anything."""
        return wilson(self.confirmed, self.judged) if self.judged else None

    @property
    def proposal(self) -> str:
        """What to think about: enough was judged and even the upper bound lies under the floor. '' otherwise."""
        if self.interval is None or self.judged < self.least or self.interval.high >= self.floor:
            return ""
        return "建议由“明确违规”降为“可疑”" if self.verdict == "violation" else "建议停用或修改"


def precisions(user: User, rule: str = "") -> list[Precision]:
    """Each version that people judged something of, those with a proposal first, then the least sure.

    Over the user's divisions; of one rule, or of all.
    """
    need(user, Right.SEE_REVIEWS)
    counts: dict[tuple[str, int], dict[str, Any]] = defaultdict(lambda: defaultdict[str, Any](int))
    versions = rule_versions()
    groups = groups_for(user).filter(Q(n_rejected__gt=0) | Q(n_mapping__gt=0))
    if rule:
        groups = groups.filter(rule=rule)
    screened = groups.order_by().values("rule", "rule_title", "verdict", "batch_id")
    for row in screened.annotate(rejected=Sum("n_rejected"), mapping=Sum("n_mapping")):
        one = counts[row["rule"], versions.get((row["batch_id"], row["rule"]), 0)]
        one |= {"title": row["rule_title"], "verdict": row["verdict"]}
        one["rejected"] += row["rejected"]
        one["mapping"] += row["mapping"]
    for row in _decided(user, rule):
        one = counts[row["finding__rule"], versions.get((row["finding__first_run_id"], row["finding__rule"]), 0)]
        one |= {"title": row["finding__rule_title"], "verdict": row["finding__verdict"]}
        one["confirmed"] += row["confirmed"]
        one["withdrawn"] += row["withdrawn"]
    book, today = Book(), timezone.localdate()
    area: str = user.organisation.division_id  # pyright: ignore[reportAttributeAccessIssue]
    least = int(book.value_of("precision_least", area, today).value)
    found = [
        Precision(
            name, one["title"], one["verdict"], version, one["confirmed"], one["rejected"], one["withdrawn"], one["mapping"],
            float(book.value_of(f"precision_floor_{one['verdict']}", area, today).value), least,
        )
        for (name, version), one in counts.items()
    ]  # fmt: skip
    return sorted(found, key=lambda p: (not p.proposal, p.interval.high if p.interval else 2.0, p.rule, -p.version))


def _decided(user: User, rule: str) -> Any:
    inside = user.scope(Right.SEE_REVIEWS).condition(area="review__area", institution="review__institution")
    lines = ReviewLine.objects.filter(inside, review__state=State.DECIDED, finding__isnull=False)
    if rule:
        lines = lines.filter(finding__rule=rule)
    return (
        lines.order_by()
        .values("finding__rule", "finding__rule_title", "finding__verdict", "finding__first_run_id")
        .annotate(confirmed=Count("pk", filter=Q(determined__gt=0)), withdrawn=Count("pk", filter=Q(determined=0)))
    )
