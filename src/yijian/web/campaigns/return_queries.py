"""The guarded door to returns: offices by division, an institution and an agency their own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import Right, Scope, User
from yijian.web.campaigns.kinds import SUBJECTS
from yijian.web.campaigns.models import Campaign, SelfInspection, SelfInspectionRow
from yijian.web.campaigns.queries import counted_in, counts
from yijian.web.campaigns.steps import FILED, OWED, RETURN_STEPS, RETURNED
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally

SHOWN = {"missing": "逾期未报", "late": "逾期报送", "zero": "零报告", "rows": "报有问题", "excel": "由 Excel 导入"}
"""What returns are narrowed to beside their state."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of returns is narrowed to; it stands in the address."""

    state: str = ""
    shown: str = ""
    form: str = ""
    campaign: str = ""
    text: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", FILED.get(self.state, "")),
            ("情况", SHOWN.get(self.shown, "")),
            ("类别", SUBJECTS.get(self.form, "")),
            ("专项治理", "一项" if self.campaign.isdecimal() else ""),
            ("单位", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on returns."""
        q, back = Q(), Q(state__in=RETURNED)
        shown = {
            "missing": Q(state="asked", due__lt=timezone.localdate()),
            "late": back & Q(returned__gt=F("due")),
            "zero": back & Q(zero=True),
            "rows": back & Q(zero=False),
            "excel": back & Q(from_excel=True),
        }
        q &= shown.get(self.shown, Q())
        if self.state in FILED:
            q &= Q(state=self.state)
        if self.form in SUBJECTS:
            q &= Q(form=self.form)
        if self.campaign.isdecimal() and len(self.campaign) < 10:
            chosen = Campaign.objects.filter(pk=int(self.campaign)).select_related("parent").first()
            q &= counted_in(chosen) if chosen else Q(pk__in=[])
        if self.text:
            q &= Q(institution=self.text) | Q(agency=self.text) | Q(name__icontains=self.text)
        return q


def may_read(user: User) -> bool:
    """Whether the user works with returns at all."""
    return user.may(Right.SEE_CAMPAIGNS) or may_fill(user)


def may_fill(user: User) -> bool:
    """Whether the user fills in returns: of an institution, of an agency."""
    return user.may(Right.FILL_RETURNS) or user.may(Right.FILL_AGENCY_RETURNS)


def own(user: User) -> Q:
    """Returns that the user fills in: of the own institution, of the own agency."""
    place = user.organisation
    if user.may(Right.FILL_RETURNS) and place.institution:
        return Q(institution=place.institution)
    return Q(agency=place) if user.may(Right.FILL_AGENCY_RETURNS) else Q(pk__in=[])


def returns_for(user: User, filters: Filters | None = None) -> "QuerySet[SelfInspection]":
    """Returns that the user may see, narrowed. PermissionDenied for whoever works with none."""
    if not may_read(user):
        raise PermissionDenied
    seen = user.scope(Right.SEE_CAMPAIGNS).condition() if user.may(Right.SEE_CAMPAIGNS) else own(user)
    if seen and user.may(Right.SEE_CAMPAIGNS):
        seen |= own(user)
    found = SelfInspection.objects.filter(seen).select_related("campaign")
    return found.filter(filters.condition()) if filters else found


def return_for(user: User, return_id: int) -> SelfInspection:
    """One return. Http404 if there is none, or none that the user may see."""
    found = returns_for(user).select_related("institution", "agency").filter(pk=return_id).first()
    if found is None:
        raise Http404(f"没有自查报告 {return_id}，或不在您的范围内。")
    return found


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the returns that the user may see, in the order of the states."""
    return tally(FILED, returns_for(user).select_related(None))


def sums(user: User, filters: Filters, today: date) -> dict[str, Any]:
    """`queries.counts` of all that a list shows."""
    return returns_for(user, filters).select_related(None).order_by().aggregate(**counts(today))


def is_open(filed: SelfInspection) -> bool:
    """Whether it may be filled in and delivered now: once the campaign has ended, only what was sent back."""
    return filed.state == "correcting" or (filed.state in OWED and filed.campaign.state == "running")


def fills(user: User, filed: SelfInspection) -> bool:
    """Whether the return is the user's own to fill in."""
    return SelfInspection.objects.filter(own(user), pk=filed.pk).exists()


def may_step(user: User, filed: SelfInspection) -> list[str]:
    """Words of the steps that the user may take now."""
    return [word for word, step in RETURN_STEPS.items() if filed.state in step.frm and may_take(user, filed, word)]


def may_take(user: User, filed: SelfInspection, word: str) -> bool:
    """Whether the step is the user's, whatever the state: its filler's, or of an office in whose divisions it lies.

    An authority that is the return's own subject does not accept it: agencies have no such right.
    """
    right = Right(RETURN_STEPS[word].right)
    if right is Right.FILL_RETURNS:
        return fills(user, filed)
    return user.may(right) and user.scope(right).covers(area=filed.area)


def returns_in(scope: Scope) -> "QuerySet[SelfInspection]":
    """Returns of these divisions that came. For apps above, which guard what they show of them."""
    return SelfInspection.objects.filter(scope.condition(), state__in=RETURNED)


def rows_for(user: User) -> "QuerySet[SelfInspectionRow]":
    """The rows of returns that came and that the user may see, oldest first."""
    found = SelfInspectionRow.objects.filter(filed__in=returns_for(user).filter(state__in=RETURNED).order_by().values("pk"))
    return found.select_related("filed__institution", "filed__campaign").order_by("filed__returned", "filed", "place")
