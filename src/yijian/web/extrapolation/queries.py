"""The guarded door to extrapolations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, User, need
from yijian.web.extrapolation.estimating import Result, result_of, results_of
from yijian.web.extrapolation.models import Extrapolation, SampledBill
from yijian.web.extrapolation.steps import STEPS, WORDS
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally

__all__ = [
    "Extrapolation",
    "Filters",
    "Result",
    "SampledBill",
    "extrapolation_for",
    "extrapolations_for",
    "newest_result",
    "newest_results",
    "sampled_in",
]


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of extrapolations is narrowed to; it stands in the address."""

    state: str = ""
    institution: str = ""
    text: str = ""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", WORDS.get(self.state, "")),
            ("机构", institutions.get(self.institution, self.institution)),
            ("编号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on extrapolations."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.text:
            q &= Q(number=self.text)
        return q


def extrapolations_for(user: User, filters: Filters | None = None) -> "QuerySet[Extrapolation]":
    """Those that the user may see, narrowed. PermissionDenied for whoever works with none."""
    need(user, Right.SEE_EXTRAPOLATIONS)
    seen = user.scope(Right.SEE_EXTRAPOLATIONS).condition()
    found = Extrapolation.objects.filter(seen).select_related("institution")
    return found.filter(filters.condition()) if filters else found


def extrapolation_for(user: User, extrapolation_id: int) -> Extrapolation:
    """One of them. Http404 if there is none, or none that the user may see."""
    found = extrapolations_for(user).select_related("by").filter(pk=extrapolation_id).first()
    if found is None:
        raise Http404(f"没有抽样推算 {extrapolation_id}，或不在您的范围内。")
    return found


def sampled_in(one: Extrapolation) -> "QuerySet[SampledBill]":
    """Its drawn bills in their order."""
    return SampledBill.objects.filter(extrapolation=one).order_by("place")


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of those that the user may see, in the order of the states."""
    return tally(WORDS, extrapolations_for(user).select_related(None))


def may_step(user: User, one: Extrapolation) -> list[str]:
    """Words of the steps that the user may take now."""
    return [word for word, step in STEPS.items() if one.state in step.frm and may_keep(user, one)]


def may_keep(user: User, one: Extrapolation) -> bool:
    """Whether the record is the user's to work on."""
    scope = user.scope(Right.KEEP_EXTRAPOLATIONS)
    return user.may(Right.KEEP_EXTRAPOLATIONS) and scope.covers(area=one.area, institution=one.institution_id)  # type: ignore[attr-defined]


def newest_result(institution: str, begin: Any = None, end: Any = None) -> tuple[Extrapolation, Result] | None:
    """The newest concluded extrapolation of an institution that lies within these days, if any, and what it says.

    For apps above, which guard their own record.
    """
    found = Extrapolation.objects.filter(institution_id=institution, state="concluded")
    if begin and end:
        found = found.filter(begin__gte=begin, end__lte=end)
    one = found.order_by("-opened").first()
    return (one, result_of(one)) if one else None


def newest_results(institutions: Sequence[str], begin: date, end: date) -> dict[str, tuple[Extrapolation, Result]]:
    """The same of several institutions: three questions to the database in all."""
    found = Extrapolation.objects.filter(institution__in=institutions, state="concluded", begin__gte=begin, end__lte=end)
    newest = {one.institution_id: one for one in found.order_by("opened", "pk")}  # type: ignore[attr-defined]
    results = results_of(list(newest.values()))
    return {place: (one, results[one.pk]) for place, one in newest.items()}
