"""The guarded door to findings: whoever asks is named, and may see findings, or gets PermissionDenied."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, NullIf, TruncMonth
from django.http import Http404

from yijian.web.accounts.queries import Right, User, need
from yijian.web.findings.filters import Filters
from yijian.web.findings.models import Finding, RuleResult, Run
from yijian.web.institutions.queries import Institution, all_institutions, institution, peers_of

OPEN = Q(gone_in=None)
_AMOUNT = Coalesce(Sum("amount"), Decimal(0))


def newest_run() -> Run | None:
    """The run that was loaded last, or None."""
    return Run.objects.order_by("-loaded").first()


def findings_for(user: User, filters: Filters | None = None) -> "QuerySet[Finding]":
    """Open findings that the user may see, narrowed."""
    need(user, Right.SEE_FINDINGS)
    found = Finding.objects.filter(OPEN).select_related("institution")
    return found.filter(filters.condition()) if filters else found


def finding_for(user: User, finding_id: str) -> Finding:
    """One finding, open or gone. Http404 if there is none."""
    need(user, Right.SEE_FINDINGS)
    found = Finding.objects.select_related("institution", "first_run", "gone_in").filter(pk=finding_id).first()
    if found is None:
        raise Http404(f"没有编号为 {finding_id} 的疑点。")
    return found


def others_of_person(user: User, finding: Finding, limit: int = 10) -> "Sequence[Finding]":
    """Other open findings about the same person, newest first."""
    if not finding.psn_no:
        return []
    others = findings_for(user).filter(psn_no=finding.psn_no).exclude(pk=finding.pk)
    return list(others.order_by(F("day").desc(nulls_last=True), "pk")[:limit])


@dataclass(frozen=True)
class Totals:
    """How many findings there are, and about how much money (yuan), by verdict."""

    count: int
    amount: Decimal
    violations: int
    violation_amount: Decimal
    institutions: int

    @property
    def suspicions(self) -> int:
        return self.count - self.violations

    @property
    def suspicion_amount(self) -> Decimal:
        return self.amount - self.violation_amount


def totals(found: "QuerySet[Finding]") -> Totals:
    """Sums over findings."""
    sure = Q(verdict=Finding.Verdict.VIOLATION)
    sums = found.aggregate(
        n=Count("pk"),
        yuan=_AMOUNT,
        sure=Count("pk", filter=sure),
        sure_yuan=Coalesce(Sum("amount", filter=sure), Decimal(0)),
        places=Count("institution", distinct=True),
    )
    return Totals(sums["n"], sums["yuan"], sums["sure"], sums["sure_yuan"], sums["places"])


def by_rule(found: "QuerySet[Finding]") -> list[dict[str, Any]]:
    """rule, rule_title, verdict, n, yuan of findings by rule; most money first."""
    grouped = found.order_by().values("rule", "rule_title", "verdict")
    return list(grouped.annotate(n=Count("pk"), yuan=_AMOUNT).order_by("-yuan", "rule"))


def by_institution(found: "QuerySet[Finding]") -> list[dict[str, Any]]:
    """institution_id, name, level, n, yuan by institution; most money first. Findings without one are left out."""
    grouped = (
        found.exclude(institution=None)
        .order_by()
        .values("institution_id", name=F("institution__name"), level=F("institution__level"))
    )
    return list(grouped.annotate(n=Count("pk"), yuan=_AMOUNT).order_by("-yuan", "institution_id"))


def by_month(found: "QuerySet[Finding]") -> list[dict[str, Any]]:
    """month (date), verdict, n, yuan; in order of time. Findings without a day are left out."""
    grouped = found.exclude(day=None).order_by().annotate(month=TruncMonth("day")).values("month", "verdict")
    return list(grouped.annotate(n=Count("pk"), yuan=_AMOUNT).order_by("month", "verdict"))


def coverage(user: User, run: Run | None = None) -> "QuerySet[RuleResult]":
    """The ledger's lines of a run (the newest), by rule title."""
    need(user, Right.SEE_DATA)
    chosen = run or newest_run()
    return RuleResult.objects.filter(run=chosen).order_by("title") if chosen else RuleResult.objects.none()


def rule_titles() -> dict[str, str]:
    """Rule → title of the newest run."""
    run = newest_run()
    return dict(RuleResult.objects.filter(run=run).order_by("title").values_list("rule", "title")) if run else {}


def institutions_with_findings(user: User) -> "QuerySet[Institution]":
    """Institutions with n (open findings), yuan and rate (findings per thousand settlements)."""
    need(user, Right.SEE_FINDINGS)
    is_open = Q(findings__gone_in=None, findings__pk__isnull=False)
    return all_institutions().annotate(
        n=Count("findings", filter=is_open),
        yuan=Coalesce(Sum("findings__amount", filter=is_open), Decimal(0)),
        rate=1000.0 * F("n") / NullIf(F("settlements"), 0),
    )


def institution_for(user: User, code: str) -> Institution:
    """One institution. Http404 if there is none."""
    need(user, Right.SEE_FINDINGS)
    found = institution(code)
    if found is None:
        raise Http404(f"没有编码为 {code} 的定点医药机构。")
    return found


@dataclass(frozen=True)
class Peers:
    """Findings per thousand settlements among institutions of one kind and level; `place` 1 = the highest rate."""

    rows: list[tuple[str, str, float]]
    own: float
    middle: float
    place: int


def peers(user: User, one: Institution) -> Peers | None:
    """How an institution stands among its peers; None without settlements or without peers."""
    need(user, Right.SEE_FINDINGS)
    same = institutions_with_findings(user).filter(pk__in=peers_of(one).values("pk"))
    rows: list[tuple[str, str, float]] = list(same.order_by("-rate", "pk").values_list("pk", "name", "rate"))
    codes = [code for code, _, _ in rows]
    if one.pk not in codes or len(rows) < 2:
        return None
    place = codes.index(one.pk)
    return Peers(rows, rows[place][2], median(rate for _, _, rate in rows), place + 1)
