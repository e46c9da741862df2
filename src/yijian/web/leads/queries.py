"""The guarded door to leads: whoever has the division where a lead is now, the one that handed it
down, or the one that passed it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.leads.models import Lead, LeadChange
from yijian.web.leads.steps import OPEN, RESULTS, STEPS, WORDS

__all__ = [
    "Filters",
    "Lead",
    "alike",
    "lead_behind",
    "lead_for",
    "lead_of",
    "leads_for",
    "leads_made_from",
    "may_step",
    "tallies",
]


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of leads is narrowed to; it stands in the address."""

    state: str = ""
    source: str = ""
    grade: str = ""
    institution: str = ""
    result: str = ""
    mine: str = ""
    text: str = ""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", {**WORDS, "open": "未办结"}.get(self.state, "")),
            ("来源", str(dict(Lead.Source.choices).get(self.source, ""))),
            ("价值", str(dict(Lead.Grade.choices).get(self.grade, ""))),
            ("机构", institutions.get(self.institution, self.institution)),
            ("结果", RESULTS.get(self.result, "")),
            ("承办人", "我" if self.mine else ""),
            ("编号或文号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self, user: User) -> Q:
        """The same as a condition on leads."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        elif self.state == "open":
            q &= Q(state__in=OPEN)
        if self.source in Lead.Source.values:
            q &= Q(source=self.source)
        if self.grade in Lead.Grade.values:
            q &= Q(grade=self.grade)
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.result in RESULTS:
            q &= Q(result=self.result)
        if self.mine:
            q &= Q(officer=user)
        if self.text:
            q &= Q(number=self.text) | Q(reference=self.text)
        return q


def leads_for(user: User, filters: Filters | None = None) -> "QuerySet[Lead]":
    """Leads that the user may see, narrowed."""
    need(user, Right.SEE_LEADS)
    own, from_elsewhere = _seen(user)
    found = Lead.objects.filter(own | from_elsewhere).select_related("institution", "officer")
    return found.filter(filters.condition(user)) if filters else found


def _seen(user: User) -> tuple[Q, Q]:
    """Leads of the user's divisions; those that these handed down or passed up."""
    scope = user.scope(Right.SEE_LEADS)
    handed = scope.condition(area="handed_by") & Q(handed_by__gt="")
    raised = scope.condition(area="raised_by") & Q(raised_by__gt="")
    return scope.condition(), handed | raised


def lead_for(user: User, lead_id: int) -> Lead:
    """One lead. Http404 if there is none, or none that the user may see."""
    found = leads_for(user).select_related("merged_into", "by").filter(pk=lead_id).first()
    if found is None:
        raise Http404(f"没有线索 {lead_id}，或不在您的管辖范围内。")
    return found


def leads_of_officer(user: User) -> "QuerySet[Lead]":
    """Leads without a result that somebody verifies, oldest first; for whoever hands them over."""
    return Lead.objects.filter(officer=user, state__in=OPEN).order_by("opened", "pk")


def lead_of(about: str) -> Lead | None:
    """The lead that was made from a record, or None. For apps above, which guard their own record."""
    return Lead.objects.filter(about=about).select_related("institution").first()


def lead_behind(about: str) -> Lead | None:
    """The lead that a record names as where it comes from (`leads.lead:17`), or None. For apps above, as `lead_of`."""
    kind, _, key = about.partition(":")
    return Lead.objects.filter(pk=int(key)).first() if kind == "leads.lead" and key.isdecimal() else None


def leads_made_from(abouts: Sequence[str]) -> dict[str, Lead]:
    """Record → the lead that was made from it, for those that have one. For apps above, as `lead_of`."""
    return {lead.about: lead for lead in Lead.objects.filter(about__in=abouts).exclude(about="")}


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the leads that the user may see, in the order of the states."""
    need(user, Right.SEE_LEADS)
    scope = user.scope(Right.SEE_LEADS)
    _, from_elsewhere = _seen(user)
    others = Lead.objects.filter(pk__in=Lead.objects.filter(from_elsewhere).values("pk")).exclude(scope.condition())
    return tally(WORDS, Lead.objects.filter(scope.counted()), others)


def has_it(user: User, lead: Lead, right: Right) -> bool:
    """Whether the user's office is the one that has the lead now: those above may see it, and may not do the office's work."""
    return user.may(right) and lead.area in user.scope(right).areas


def may_step(user: User, lead: Lead) -> list[str]:
    """Words of the steps that the user may take now, duties apart included."""
    return [word for word, step in STEPS.items() if lead.state in step.frm and may_take(user, lead, word)]


def may_take(user: User, lead: Lead, word: str) -> bool:
    """Whether the step is the user's, whatever the state: the office's, the officer's, not the officer's, of those above."""
    right = Right(STEPS[word].right)
    above = lead.handed_by and user.may(right) and user.scope(right).covers(area=lead.handed_by)
    if word == "accept" or (word == "send_back" and lead.state == "answered"):
        return bool(above)
    if not has_it(user, lead, right):
        return False
    officer = lead.officer_id == user.pk  # type: ignore[attr-defined]
    match word:
        case "report":
            return officer
        case "confirm":
            return not officer and not lead.handed_by
        case "answer":
            return not officer and bool(lead.handed_by)
        case "extend":
            return not officer and not lead.extended
        case "send_back":
            return not officer
        case _:
            return True


def alike(user: User, lead: Lead, limit: int = 20) -> "list[Lead]":
    """Leads about the same subject whose time overlaps or is not known, newest first: maybe the same thing."""
    same = Q(pk__in=[])
    if lead.institution is not None:
        same = Q(institution=lead.institution)
    elif lead.subject:
        same = Q(subject=lead.subject, subject_kind=lead.subject_kind)
    found = leads_for(user).filter(same).exclude(pk=lead.pk).exclude(state="merged").order_by("-opened")
    if lead.begin:
        last = lead.end or timezone.localdate()
        found = found.filter((Q(begin=None) | Q(begin__lte=last)) & (Q(end=None) | Q(end__gte=lead.begin)))
    return list(found[:limit])


def closings_in(scope: Scope) -> "QuerySet[LeadChange]":
    """The changes by which leads of these divisions ended with a result. For apps above, which guard what they show of them."""
    inside = scope.condition(area="record__area", institution="record__institution")
    return LeadChange.objects.filter(inside, new="closed")
