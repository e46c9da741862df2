"""The guarded door to inspections: offices by division, a team what it was sent to, an institution or agency what it was told of.

Behind its seal an inspection is seen by whoever planned it and by the heads of its division alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import Organisation, Right, User, division_name
from yijian.web.accounts.scope import NOBODY, prefix_of
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.inspections.counting import Counts, arrived_in, counts_in, members_in
from yijian.web.inspections.kinds import SUBJECTS, kinds
from yijian.web.inspections.models import Inspection, InspectionEntry, InspectionItem, InspectionMember, SiteRecord
from yijian.web.inspections.steps import OPEN, STEPS, WORDS

__all__ = [
    "Counts",
    "Filters",
    "Inspection",
    "SiteRecord",
    "arrived_in",
    "counts_in",
    "inner",
    "inspection_for",
    "inspection_of",
    "inspections_for",
    "inspections_of",
    "may_read",
    "may_step",
    "members_in",
    "tallies",
]

LEAST_INSPECTORS = 2
"""条例第二十九条: not a parameter, for no area may send fewer."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of inspections is narrowed to; it stands in the address."""

    state: str = ""
    kind: str = ""
    subject: str = ""
    institution: str = ""
    year: str = ""
    mine: str = ""
    about: str = ""
    text: str = ""
    area: str = ""
    """Of the institution, with those below it: what coverage counts by."""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", {**WORDS, "open": "未办结"}.get(self.state, "")),
            ("方式", kinds()[self.kind].title if self.kind in kinds() else ""),
            ("对象", SUBJECTS.get(self.subject, "")),
            ("机构", institutions.get(self.institution, self.institution)),
            ("到场年份", self.year),
            ("检查组", "有我" if self.mine else ""),
            ("所属行动", "一个专项行动" if self.about else ""),
            ("编号", self.text),
            ("机构区划", division_name(self.area) if self.area else ""),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self, user: User) -> Q:
        """The same as a condition on inspections."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        elif self.state == "open":
            q &= Q(state__in=OPEN)
        if self.kind in kinds():
            q &= Q(kind=self.kind)
        if self.subject in SUBJECTS:
            q &= Q(subject_kind=self.subject)
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.year.isascii() and self.year.isdecimal() and len(self.year) == 4 and int(self.year):
            q &= Q(arrived__year=int(self.year))
        if self.mine:
            q &= _with(user)
        if self.about:
            q &= Q(about=self.about)
        if self.text:
            q &= Q(number=self.text)
        if self.area:
            q &= Q(institution__area__startswith=prefix_of(self.area[:6]))
        return q


def may_read(user: User) -> bool:
    """Whether the user works with inspections at all."""
    return user.may(Right.SEE_INSPECTIONS) or user.may(Right.INSPECT) or user.may(Right.ANSWER)


def inner(user: User, one: Inspection | None = None) -> bool:
    """Whether the user is on the inspecting side; of an inspection of his own agency nobody is, whatever his rights."""
    if one is not None and one.agency_id == user.organisation_id:  # type: ignore[attr-defined]
        return False
    return user.may(Right.SEE_INSPECTIONS) or user.may(Right.INSPECT)


def heads(user: User) -> bool:
    """Whether the user concludes inspections: a head of the authority. An agency has heads, too, and may be the one inspected."""
    return user.may(Right.CONFIRM_INSPECTIONS) and user.organisation.kind == Organisation.Kind.AUTHORITY


def _with(user: User) -> Q:
    """Inspections in whose team somebody is."""
    return Q(Exists(InspectionMember.objects.filter(inspection=OuterRef("pk"), account=user, left=None)))


def _seen(user: User) -> Q:
    now = timezone.now()
    unsealed = Q(sealed_until=None) | Q(sealed_until__lte=now)
    seen, own = NOBODY, Q(agency=user.organisation)
    if user.may(Right.SEE_INSPECTIONS):
        inside = user.scope(Right.SEE_INSPECTIONS).condition()
        seen |= (inside if heads(user) else inside & (unsealed | Q(by=user))) & ~own
        seen |= own & Q(told__isnull=False)
    if user.may(Right.INSPECT):
        seen |= _with(user) & unsealed & ~own
    if user.may(Right.ANSWER):
        seen |= user.scope(Right.ANSWER).condition() & Q(told__isnull=False)
    return seen


def inspections_for(user: User, filters: Filters | None = None) -> "QuerySet[Inspection]":
    """Inspections that the user may see, narrowed. PermissionDenied for whoever works with none."""
    if not may_read(user):
        raise PermissionDenied
    found = Inspection.objects.filter(_seen(user)).select_related("institution", "agency")
    return found.filter(filters.condition(user)) if filters else found


def inspection_for(user: User, inspection_id: int) -> Inspection:
    """One inspection. Http404 if there is none, or none that the user may see."""
    found = inspections_for(user).select_related("by", "draw").filter(pk=inspection_id).first()
    if found is None:
        raise Http404(f"没有检查 {inspection_id}，或不在您的范围内。")
    return found


def inspection_of(about: str) -> Inspection | None:
    """The inspection that a record names as where it comes from (`inspections.inspection:17`), or None. For apps that guard their
    own record."""
    kind, _, key = about.partition(":")
    return Inspection.objects.filter(pk=int(key)).first() if kind == "inspections.inspection" and key.isdecimal() else None


def inspections_of(about: str) -> "QuerySet[Inspection]":
    """The inspections of a record above them (`campaigns.campaign:17`), oldest first. As guarded as `inspection_of`."""
    return Inspection.objects.filter(about=about).select_related("institution", "agency").order_by("pk")


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the inspections that the user may see, in the order of the states."""
    return tally(WORDS, inspections_for(user).select_related(None))


def may_step(user: User, one: Inspection) -> list[str]:
    """Words of the steps that the user may take now, duties apart included."""
    return [word for word, step in STEPS.items() if one.state in step.frm and may_take(user, one, word)]


def may_take(user: User, one: Inspection, word: str) -> bool:
    """Whether the step is the user's, whatever the state: of the team, the office, a head outside the team, the subject."""
    right = Right(STEPS[word].right)
    if not user.may(right):
        return False
    if word == "notify" and not one.how.announced:
        return False
    match right:
        case Right.INSPECT:
            return in_team(user, one)
        case Right.ANSWER:
            return one.told is not None and user.scope(right).covers(area=one.area, institution=one.institution_id or "")  # type: ignore[attr-defined]
        case Right.CONFIRM_INSPECTIONS:
            return heads(user) and one.area in user.scope(right).areas and not in_team(user, one)
        case _:
            return one.area in user.scope(right).areas


def in_team(user: User, one: Inspection) -> bool:
    """Whether somebody is in the team now."""
    return any(member.account_id == user.pk for member in team_of(one))  # type: ignore[attr-defined]


def team_of(one: Inspection) -> list[InspectionMember]:
    """Who goes there, the leader first: read once for a page."""
    if not hasattr(one, "_team"):
        everyone = one.members.select_related("account").order_by("pk")  # type: ignore[attr-defined]
        one._everyone = list(everyone)  # type: ignore[attr-defined]
        one._team = sorted((m for m in one._everyone if m.left is None), key=lambda m: m.duty != "leader")  # type: ignore[attr-defined]
    return one._team  # type: ignore[attr-defined,no-any-return]


def gone_from(one: Inspection) -> list[InspectionMember]:
    """Who was recused or taken out."""
    team_of(one)
    return [m for m in one._everyone if m.left is not None]  # type: ignore[attr-defined]


def inspectors_of(one: Inspection) -> list[InspectionMember]:
    """Those of the team who inspect under a certificate."""
    return [member for member in team_of(one) if member.duty != InspectionMember.Duty.EXPERT]


def items_of(one: Inspection) -> "list[InspectionItem]":
    """What is looked at, in order, each with what was answered and by whom (`said`), newest first."""
    entries = InspectionEntry.objects.select_related("by").order_by("-place")
    rows = InspectionItem.objects.filter(inspection=one).order_by("place")
    return list(rows.prefetch_related(Prefetch("entries", entries, to_attr="said")))


def groups_of(items: "list[InspectionItem]") -> list[dict[str, Any]]:
    """group, rows, done, bad: the items by their checklist or list, in order."""
    groups: dict[str, dict[str, Any]] = {}
    for item in items:
        group = groups.setdefault(item.group, {"group": item.group, "rows": [], "done": 0, "bad": 0, "of_list": item.of_list_id})  # type: ignore[attr-defined]
        group["rows"].append(item)
        group["done"] += bool(item.answer)
        group["bad"] += item.answer == "no"
    return list(groups.values())


def progress(one: Inspection) -> dict[str, int]:
    """whole, done, bad, contested: of all items; left: questions of checklists that have no answer, rows_left: rows of lists."""
    rows = InspectionItem.objects.filter(inspection=one).order_by()
    return rows.aggregate(
        whole=Count("pk"),
        done=Count("pk", filter=~Q(answer="")),
        bad=Count("pk", filter=Q(answer="no")),
        contested=Count("pk", filter=Q(contested=True)),
        left=Count("pk", filter=Q(answer="", of_list=None)),
        rows_left=Count("pk", filter=Q(answer="", of_list__isnull=False)),
    )
