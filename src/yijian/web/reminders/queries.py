"""The guarded door to reminders: whoever asks is named, and may see findings, or gets PermissionDenied.

Every row comes through `reminders_for` or `reminders_and_asked_for`: what somebody may see is settled there and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from yijian.vocabulary.interval import Interval, wilson
from yijian.web.accounts.queries import Right, User, need
from yijian.web.findings.queries import Finding, findings_for
from yijian.web.institutions.queries import all_institutions, areas_of_institutions
from yijian.web.reminders.filters import Filters
from yijian.web.reminders.models import Asked, Done, RemindedRule, Reminder

Names = Mapping[str, str]
"""Code → name, of rules or institutions: a page reads them once for all its groups."""
LEAST_FEEDBACK = 20
"""Encounters with feedback that a rule must have before anything is said about how often it is overridden."""
OFTEN = 0.5
"""A rule is mostly overridden where even the lower bound of the share is above this."""

_DONE = {Done.CHANGED: "changed", Done.GONE_ON: "gone_on", Done.NOTHING: "silent", Done.OTHER: "other"}
_NOTHING: dict[str, Any] = dict.fromkeys(("n", *_DONE.values()), 0) | {"yuan": Decimal(0), "changed_yuan": Decimal(0)}


def reminders_for(user: User, filters: Filters | None = None) -> "QuerySet[Reminder]":
    """Reminders that the user may see, narrowed."""
    found = Reminder.objects.filter(_in_scope(user))
    return found.filter(filters.condition()) if filters else found


def reminders_and_asked_for(user: User, filters: Filters) -> "tuple[QuerySet[Reminder], QuerySet[Asked]]":
    """The same, and the requests that the user may see; no requests where a filter says what cannot be said of a request."""
    inside = _in_scope(user)
    asked = Asked.objects.filter(inside, filters.condition_on_requests()) if filters.of_requests else Asked.objects.none()
    return Reminder.objects.filter(inside, filters.condition()), asked


def _in_scope(user: User) -> Q:
    """Institutions of the user's scope, as a condition; none where that is all, so that sums are read from an index alone.

    PermissionDenied without the right. Asked of the institutions as they are now: one that moves takes its reminders along.
    """
    need(user, Right.SEE_REMINDERS)
    scope, pool = user.scope(Right.SEE_REMINDERS), areas_of_institutions()[""]
    known = all_institutions().order_by().values_list("code", "area")
    inside = [code for code, area in known if scope.covers(area=area[:6] or pool, institution=code)]
    return Q() if len(inside) == len(known) else Q(institution_id__in=inside)


def reminder_for(user: User, reminder_id: str) -> Reminder:
    """One reminder. Http404 if there is none, or none in the user's scope."""
    found = reminders_for(user).select_related("institution", "rule").filter(pk=reminder_id).first()
    if found is None:
        raise Http404(f"没有编号为 {reminder_id} 的提醒，或不在您的管辖范围内。")
    return found


def of_encounter(user: User, reminder: Reminder) -> "QuerySet[Reminder]":
    """All reminders about the same encounter, itself included, in order of time."""
    same = Q(mdtrt_id=reminder.mdtrt_id) if reminder.mdtrt_id else Q(pk=reminder.pk)
    return reminders_for(user).filter(same, psn_no=reminder.psn_no).select_related("rule").order_by("asked", "pk")


def settled_findings(user: User, reminder: Reminder) -> "QuerySet[Finding]":
    """Open findings of the same rule about the same encounter: what was reminded of and settled all the same."""
    if not reminder.mdtrt_id or not user.may(Right.SEE_FINDINGS):
        return Finding.objects.none()
    same = {"rule": reminder.rule.code, "mdtrt_id": reminder.mdtrt_id, "psn_no": reminder.psn_no}
    return findings_for(user).filter(**same).order_by("-amount", "pk")


@dataclass(frozen=True)
class Totals:
    """Reminders by what was done about them (they add up to `n`); yuan of all and of those that were changed."""

    n: int
    changed: int
    gone_on: int
    silent: int
    other: int
    yuan: Decimal
    changed_yuan: Decimal

    @property
    def parts(self) -> list[tuple[str, str, int]]:
        """For a bar."""
        named = [("返回修改", "passed", self.changed), ("继续执行", "found", self.gone_on)]
        return [*named, ("其他方式", "apart", self.other), ("没有反馈", "unjudged", self.silent)]


def totals(found: "QuerySet[Reminder]") -> Totals:
    """Sums over reminders."""
    return Totals(**_counted(found).get((), _NOTHING))


def _counted(found: "QuerySet[Reminder]", *by: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Key of each group of `by` → what `Totals` has. Counted by what was done, which an index alone answers, then laid side
    by side."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    rows = found.order_by().values_list(*by, "done").annotate(n=Count("*"), yuan=Coalesce(Sum("amount"), Decimal(0)))
    for *key, done, n, yuan in rows:
        group = groups.setdefault(tuple(key), dict(_NOTHING))
        group[_DONE[Done(done)]] += n
        group["n"] += n
        group["yuan"] += yuan
        if done == Done.CHANGED:
            group["changed_yuan"] += yuan
    return groups


def requests(asked: "QuerySet[Asked]") -> tuple[int, int]:
    """How often hospitals asked, and how often a reminder was the answer."""
    sums = asked.aggregate(n=Coalesce(Sum("requests"), 0), reminded=Coalesce(Sum("reminded"), 0))
    return sums["n"], sums["reminded"]


def _grouped(found: "QuerySet[Reminder]", *by: str) -> list[dict[str, Any]]:
    """Each group of `by` with what `Totals` has, share (changed) and gone_share, 0 to 1."""
    return [
        {
            **dict(zip(by, key, strict=True)),
            **sums,
            "share": sums["changed"] / sums["n"],
            "gone_share": sums["gone_on"] / sums["n"],
        }
        for key, sums in _counted(found, *by).items()
    ]


def by_rule(found: "QuerySet[Reminder]", names: Names) -> list[dict[str, Any]]:
    """rule_id, name and what was done."""
    return [row | {"name": names[row["rule_id"]]} for row in _grouped(found, "rule_id")]


def by_institution(found: "QuerySet[Reminder]", asked: "QuerySet[Asked]", names: Names) -> list[dict[str, Any]]:
    """institution_id, name, what was done, and how often the institution asked."""
    return _with_institution(_grouped(found, "institution_id"), asked, names, "institution_id")


def by_doctor(found: "QuerySet[Reminder]", asked: "QuerySet[Asked]", names: Names) -> list[dict[str, Any]]:
    """doctor, institution_id, name (of the institution) and the same. Reminders that name no doctor are left out."""
    rows = [row for row in _grouped(found, "doctor", "institution_id") if row["doctor"]]
    return _with_institution(rows, asked, names, "doctor", "institution_id")


def _with_institution(rows: list[dict[str, Any]], asked: "QuerySet[Asked]", names: Names, *by: str) -> list[dict[str, Any]]:
    often = _often(asked, *by)
    return [row | {"name": names[row["institution_id"]], "requests": often.get(tuple(row[key] for key in by), 0)} for row in rows]


def _often(asked: "QuerySet[Asked]", *by: str) -> dict[tuple[Any, ...], int]:
    return {tuple(key): n for *key, n in asked.order_by().values_list(*by).annotate(n=Sum("requests"))}


def by_month(found: "QuerySet[Reminder]", asked: "QuerySet[Asked]") -> list[dict[str, Any]]:
    """month, what was done and how often was asked, in order of time; a month without a reminder is there if somebody asked."""
    often = {month: n for (month,), n in _often(asked, "month").items()}
    rows = {row["month"]: row for row in _grouped(found, "month")}
    return [
        {"month": month, **_NOTHING, **rows.get(month, {}), "requests": often.get(month, 0)} for month in sorted({*rows, *often})
    ]


def reasons(found: "QuerySet[Reminder]") -> "QuerySet[Any]":
    """reason, n: why doctors went on, most frequent first."""
    said = found.filter(done=Done.GONE_ON).exclude(reason="").order_by().values("reason")
    return said.annotate(n=Count("*")).order_by("-n", "reason")


def by_reason(found: "QuerySet[Reminder]") -> list[dict[str, Any]]:
    """reason, n, and how many rules and institutions it is said of."""
    return list(reasons(found).annotate(rules=Count("rule", distinct=True), institutions=Count("institution", distinct=True)))


@dataclass(frozen=True)
class Overridden:
    """A rule against which doctors mostly go on. `of`: encounters with feedback, `times`: those in which somebody went on;
    `reminders`: those that were gone on against."""

    rule: str
    reminders: int
    times: int
    of: int
    interval: Interval


def mostly_overridden(found: "QuerySet[Reminder]") -> list[Overridden]:
    """Rules whose share of encounters gone on with lies above a half with 95 % confidence; the surest first.

    Encounters, not reminders: one that was asked about before and during is one decision of one doctor.
    """
    heard = found.exclude(done=Done.NOTHING)
    enough = {
        rule: sums["gone_on"]
        for (rule,), sums in _counted(heard, "rule_id").items()
        if sums["n"] >= LEAST_FEEDBACK and sums["gone_on"] > OFTEN * sums["n"]
    }
    rows = (
        heard.filter(rule_id__in=list(enough))
        .order_by()
        .values("rule_id")
        .annotate(of=Count("mdtrt_id", distinct=True), times=Count("mdtrt_id", distinct=True, filter=Q(done=Done.GONE_ON)))
    )
    seen = [
        Overridden(r["rule_id"], enough[r["rule_id"]], r["times"], r["of"], wilson(r["times"], r["of"]))
        for r in rows
        if r["of"] >= LEAST_FEEDBACK
    ]
    return sorted((one for one in seen if one.interval.low > OFTEN), key=lambda one: (-one.interval.low, one.rule))


def rule_names() -> dict[str, str]:
    """Rule → name of those that reminders name."""
    return dict(RemindedRule.objects.order_by("name").values_list("code", "name"))
