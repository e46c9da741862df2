"""The guarded door to findings: whoever asks is named, and may see findings, or gets PermissionDenied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.findings.filters import LIVE, Filters
from yijian.web.findings.models import (
    Finding,
    FindingGroup,
    InstitutionSum,
    RuleResult,
    RuleSum,
    Run,
    Screened,
    Screening,
)
from yijian.web.institutions.queries import Institution, all_institutions, institution, peers_of

__all__ = [
    "Counted",
    "Finding",
    "FindingGroup",
    "Peers",
    "RuleResult",
    "Screening",
    "Totals",
    "biggest",
    "by_month",
    "counted",
    "coverage",
    "finding_for",
    "findings_for",
    "group_for",
    "groups_for",
    "groups_given_to",
    "institution_for",
    "institutions_with_findings",
    "most_doubted",
    "newest_run",
    "next_to_screen",
    "others_of_person",
    "peers",
    "rule_titles",
    "rule_versions",
    "screened",
    "screening_of",
    "screenings_of",
    "to_screen",
]

OPEN = Q(gone_in=None)
MOST_SUMMED = 20_000
"""Findings that are added up one by one, where a filter asks for what groups do not know."""

_AMOUNT = Coalesce(Sum("amount"), Decimal(0))


def newest_run() -> Run | None:
    """The run that was loaded last, or None."""
    return Run.objects.order_by("-loaded").first()


def findings_for(user: User, filters: Filters | None = None) -> "QuerySet[Finding]":
    """Open findings that the user may see, narrowed."""
    need(user, Right.SEE_FINDINGS)
    found = Finding.objects.filter(OPEN, user.scope(Right.SEE_FINDINGS).condition()).select_related("institution")
    return found.filter(filters.condition()) if filters else found


def groups_for(user: User, filters: Filters | None = None) -> "QuerySet[FindingGroup]":
    """Groups that the user may see, narrowed by what a group knows."""
    need(user, Right.SEE_FINDINGS)
    groups = FindingGroup.objects.filter(user.scope(Right.SEE_FINDINGS).condition())
    return groups.filter(filters.group_condition()) if filters else groups


def groups_given_to(user: User) -> "QuerySet[FindingGroup]":
    """Groups that were given to this person and have findings to be screened, most money first; for whoever hands them over."""
    held = FindingGroup.objects.filter(assigned_to=user, n_new__gt=0)
    return held.select_related("batch").order_by("-yuan_new", "pk")


def group_for(user: User, group_id: str) -> FindingGroup:
    """One group. Http404 if there is none, or none in the user's scope."""
    found = groups_for(user).select_related("institution", "batch", "assigned_to").filter(pk=group_id).first()
    if found is None:
        raise Http404("没有这个疑点组，或不在您的管辖范围内。")
    return found


def persons_of_group(group_id: str) -> set[str]:
    """Numbers of the persons whom a group's findings are about. For apps above, which guard their own record."""
    return set(Finding.objects.filter(group=group_id).exclude(psn_no="").values_list("psn_no", flat=True).distinct())


def finding_for(user: User, finding_id: str) -> Finding:
    """One finding, open or gone. Http404 if there is none, or none in the user's scope."""
    need(user, Right.SEE_FINDINGS)
    seen = Finding.objects.filter(user.scope(Right.SEE_FINDINGS).condition())
    found = seen.select_related("institution", "first_run", "gone_in", "merged_into").filter(pk=finding_id).first()
    if found is None:
        raise Http404(f"没有编号为 {finding_id} 的疑点，或不在您的管辖范围内。")
    return found


def screened(user: User, finding: Finding) -> "QuerySet[Screened]":
    """What was decided about a finding, newest first."""
    need(user, Right.SEE_FINDINGS)
    lines = Screened.objects.filter(finding=finding).select_related("screening__by", "screening__undone_by")
    return lines.order_by("-screening__at", "-pk")


def to_screen(user: User, filters: Filters, groups: "QuerySet[FindingGroup] | None" = None) -> dict[str, Any]:
    """groups, n, yuan, institutions that are still to be screened: of all that a filter gives, or of these groups."""
    rules: QuerySet[Any] | None = groups
    institutions: QuerySet[Any] | None = groups
    if rules is None or institutions is None:
        rules, institutions = _coarsest(user, filters, groups_for(user, filters))
    how_many = Coalesce(Sum("groups"), 0) if rules.model is RuleSum else Count("pk")
    (n, yuan), left = _sums(("new",)), Q(n_new__gt=0)
    sums = rules.filter(left).order_by().aggregate(groups=how_many, n=n, yuan=yuan)
    return sums | institutions.filter(left).order_by().aggregate(institutions=Count("institution", distinct=True))


def next_to_screen(user: User, finding: Finding) -> Finding | None:
    """The finding of the same group that is to be screened next, most money first."""
    group = Filters(group=finding.group_id, state="new")  # pyright: ignore[reportAttributeAccessIssue]
    return biggest(findings_for(user, group)).first()


def biggest(found: "QuerySet[Finding]") -> "QuerySet[Finding]":
    """These, most money first, in the order that the indexes have."""
    return found.order_by(F("amount").desc(nulls_last=True), "pk")


def screening_of(user: User, screening_id: str) -> Screening | None:
    """A decision of the user's own that stands, to be shown with its undo; None for anything else."""
    if not screening_id.isdecimal():
        return None
    return screenings_of(user).filter(pk=int(screening_id), undone_at=None).first()


def screenings_of(user: User) -> "QuerySet[Screening]":
    """The user's own decisions, newest first."""
    need(user, Right.SCREEN)
    return Screening.objects.filter(by=user).select_related("by", "undone_by").order_by("-at")


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


@dataclass
class Counted:
    """What sums are made of: rows that know all that is asked, by rule and by institution. Each sum is asked for once."""

    of_rules: "QuerySet[Any]"
    of_institutions: "QuerySet[Any]"
    n: Any
    yuan: Any
    too_many: bool = False
    """There are more than `MOST_SUMMED`: nothing is added up."""

    @cached_property
    def by_rule(self) -> list[dict[str, Any]]:
        """rule, rule_title, verdict, n, yuan of findings by rule; most money first."""
        grouped = self.of_rules.order_by().values("rule", "rule_title", "verdict").annotate(n=self.n, yuan=self.yuan)
        return list(grouped.filter(n__gt=0).order_by("-yuan", "rule"))

    @cached_property
    def by_institution(self) -> list[dict[str, Any]]:
        """institution_id, name, level, n, yuan by institution; most money first. Findings without one are left out."""
        places = self.of_institutions.exclude(institution=None).order_by()
        grouped = places.values("institution_id", name=F("institution__name"), level=F("institution__level"))
        return list(grouped.annotate(n=self.n, yuan=self.yuan).filter(n__gt=0).order_by("-yuan", "institution_id"))

    @cached_property
    def by_area(self) -> dict[str, tuple[int, Decimal]]:
        """Division (six digits) → (findings, yuan)."""
        rows = self.of_rules.order_by().values("area").annotate(n=self.n, yuan=self.yuan).values_list("area", "n", "yuan")
        return {area: (n, yuan) for area, n, yuan in rows}

    @property
    def totals(self) -> Totals:
        """Sums over all of it, added up from the sums by rule and by institution."""
        sure = [row for row in self.by_rule if row["verdict"] == Finding.Verdict.VIOLATION.value]
        n, yuan = _added(self.by_rule)
        return Totals(n, yuan, *_added(sure), len(self.by_institution))


def _added(rows: list[dict[str, Any]]) -> tuple[int, Decimal]:
    return sum(row["n"] for row in rows), sum((row["yuan"] for row in rows), Decimal(0))


def counted(user: User, filters: Filters) -> Counted:
    """Sums over the findings that the user may see, narrowed."""
    if not filters.coarse:
        found = findings_for(user, filters).select_related(None).order_by()
        # Only the state is read, so that an index alone can tell.
        too_many = found.values("state")[: MOST_SUMMED + 1].count() > MOST_SUMMED
        shown = found.none() if too_many else found
        return Counted(shown, shown, Count("pk"), _AMOUNT, too_many)
    some = Q()
    for state in filters.states:
        some |= Q(**{f"n_{state}__gt": 0})
    rules, institutions = _coarsest(user, filters, groups_for(user, filters))
    return Counted(rules.filter(some), institutions.filter(some), *_sums(filters.states))


def _sums(states: Sequence[str], of: str = "") -> tuple[Any, Any]:
    """n and yuan in these states; of: where the figures are, seen from the rows that are summed."""
    n = sum((Coalesce(Sum(f"{of}n_{s}"), 0) for s in states[1:]), Coalesce(Sum(f"{of}n_{states[0]}"), 0))
    zero = Decimal(0)
    first = Coalesce(Sum(f"{of}yuan_{states[0]}"), zero)
    return n, sum((Coalesce(Sum(f"{of}yuan_{s}"), zero) for s in states[1:]), first)


def _coarsest(user: User, filters: Filters, groups: "QuerySet[FindingGroup]") -> "tuple[QuerySet[Any], QuerySet[Any]]":
    """The fewest rows that know all that a filter asks, to be summed by rule and by institution: sums, else these groups."""
    scope, asked = user.scope(Right.SEE_FINDINGS), filters.group_condition()
    rules: QuerySet[Any] = groups
    institutions: QuerySet[Any] = groups
    if not (filters.group or filters.institution or filters.text or scope.institution):
        rules = RuleSum.objects.filter(scope.condition(), asked)
    if not (filters.group or filters.rule or filters.text):
        institutions = InstitutionSum.objects.filter(scope.condition(), asked)
    return rules, institutions


def by_month(found: "QuerySet[Finding]") -> list[dict[str, Any]]:
    """month (its first day), verdict, n, yuan; in order of time. Findings without a day are left out."""
    days = found.exclude(day=None).order_by().values_list("day", "verdict").annotate(n=Count("pk"), yuan=_AMOUNT)
    months: dict[tuple[date, str], dict[str, Any]] = {}
    for day, verdict, n, yuan in days:
        key = (day.replace(day=1), verdict)
        row = months.setdefault(key, {"month": key[0], "verdict": verdict, "n": 0, "yuan": Decimal(0)})
        row["n"] += n
        row["yuan"] += yuan
    return [months[key] for key in sorted(months)]


def coverage(user: User, run: Run | None = None) -> "QuerySet[RuleResult]":
    """The ledger's lines of a run (the newest), by rule title."""
    need(user, Right.SEE_DATA)
    chosen = run or newest_run()
    return RuleResult.objects.filter(run=chosen).order_by("title") if chosen else RuleResult.objects.none()


def most_doubted(count: int) -> dict[str, str]:
    """Institution → name of those with most findings that rows prove: for whoever sets a demo up."""
    sure = InstitutionSum.objects.filter(verdict=Finding.Verdict.VIOLATION, institution__settlements__gt=0)
    rows = sure.values("institution_id", "institution__name").annotate(n=Sum("n_new")).order_by("-n", "institution_id")
    return {row["institution_id"]: row["institution__name"] for row in rows[:count]}


def rule_versions() -> dict[tuple[str, str], int]:
    """(run, rule) → the version of the rule that ran."""
    return {(run, rule): version for run, rule, version in RuleResult.objects.values_list("run_id", "rule", "version")}


def rule_titles() -> dict[str, str]:
    """Rule → title of the newest run."""
    run = newest_run()
    return dict(RuleResult.objects.filter(run=run).order_by("title").values_list("rule", "title")) if run else {}


def institutions_with_findings(user: User) -> "QuerySet[Institution]":
    """Institutions with n (open findings), yuan and rate (findings per thousand settlements)."""
    need(user, Right.SEE_FINDINGS)
    inside = user.scope(Right.SEE_FINDINGS).condition(institution="pk")
    n, yuan = _sums(LIVE, "finding_sums__")
    return all_institutions().filter(inside).annotate(n=n, yuan=yuan, rate=1000.0 * F("n") / NullIf(F("settlements"), 0))


def found_between(user: User, institutions: Sequence[str], begin: date, end: date) -> dict[str, tuple[int, Decimal]]:
    """Institution → open findings that count with a day from begin to end, and their yuan; of those that have any.

    Read group by group: the index of an institution's groups leads to their findings. For some hundred institutions at a time.
    """
    groups = groups_for(user).filter(institution__in=institutions).order_by().values("pk")
    found = findings_for(user).filter(group__in=groups, state__in=LIVE, day__gte=begin, day__lte=end)
    rows = found.select_related(None).order_by().values_list("institution_id").annotate(n=Count("pk"), yuan=_AMOUNT)
    return {place: (n, yuan) for place, n, yuan in rows}


def institution_for(user: User, code: str) -> Institution:
    """One institution. Http404 if there is none."""
    need(user, Right.SEE_FINDINGS)
    found = institution(code)
    if found is None or not user.scope(Right.SEE_FINDINGS).covers(area=found.area, institution=found.pk):
        raise Http404(f"没有编码为 {code} 的定点医药机构，或不在您的管辖范围内。")
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


def groups_in(scope: Scope) -> "QuerySet[FindingGroup]":
    """Groups of these divisions. For apps above, which guard what they show of them."""
    return FindingGroup.objects.filter(scope.condition())
