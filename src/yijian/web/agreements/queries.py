"""The guarded door to measures under agreements: offices by division, an institution what was decided about itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User
from yijian.web.agreements.kinds import kinds
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.agreements.steps import INNER, STEPS, WORDS
from yijian.web.clocks.queries import Due, running_in
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally

__all__ = ["AgreementMeasure", "Filters", "may_step", "measure_for", "measures_for", "measures_of", "tallies"]


DUE = "agreements.due:"
"""What the clock is about that runs until a measure is proposed; the record's name follows."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of measures is narrowed to; it stands in the address."""

    state: str = ""
    kind: str = ""
    institution: str = ""
    about: str = ""
    text: str = ""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", WORDS.get(self.state, "")),
            ("措施", kinds()[self.kind].title if self.kind in kinds() else ""),
            ("机构", institutions.get(self.institution, self.institution)),
            ("来源", "一个案件" if self.about.startswith("cases.") else "一条线索" if self.about else ""),
            ("文号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on measures."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        if self.kind in kinds():
            q &= Q(kind=self.kind)
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.about:
            q &= Q(about=self.about)
        if self.text:
            q &= Q(number=self.text)
        return q


def may_read(user: User) -> bool:
    """Whether the user works with measures at all."""
    return user.may(Right.SEE_AGREEMENTS) or user.may(Right.ANSWER)


def measures_for(user: User, filters: Filters | None = None) -> "QuerySet[AgreementMeasure]":
    """Measures that the user may see, narrowed. PermissionDenied for whoever works with none."""
    if not may_read(user):
        raise PermissionDenied
    if user.may(Right.SEE_AGREEMENTS):
        seen = user.scope(Right.SEE_AGREEMENTS).condition()
    else:
        seen = user.scope(Right.ANSWER).condition() & ~Q(state__in=INNER)
    found = AgreementMeasure.objects.filter(seen).select_related("institution")
    return found.filter(filters.condition()) if filters else found


def measure_for(user: User, measure_id: int) -> AgreementMeasure:
    """One measure. Http404 if there is none, or none that the user may see."""
    found = measures_for(user).select_related("by").filter(pk=measure_id).first()
    if found is None:
        raise Http404(f"没有协议处理 {measure_id}，或不在您的范围内。")
    return found


def measures_of(about: str) -> "QuerySet[AgreementMeasure]":
    """What stands on a record, oldest first. For apps above, which guard their own record."""
    return AgreementMeasure.objects.filter(about=about).order_by("pk")


def breaches_since(day: date) -> dict[str, int]:
    """Institution → measures decided against it since a day. For apps above, which guard their own list."""
    decided = AgreementMeasure.objects.filter(decided__gte=day).order_by()
    return dict(decided.values_list("institution").annotate(n=Count("pk")))


def waiting(user: User, limit: int = 20) -> list[Due]:
    """Leads of the user's divisions that ended with “按服务协议处理” and have no measure yet, soonest due first."""
    if not user.may(Right.KEEP_AGREEMENTS):
        return []
    return running_in(user.scope(Right.KEEP_AGREEMENTS).areas, "agreement_proposal", DUE, limit)


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the measures that the user may see, in the order of the states."""
    return tally(WORDS, measures_for(user).select_related(None))


def may_step(user: User, measure: AgreementMeasure) -> list[str]:
    """Words of the steps that the user may take now, duties apart included."""
    return [word for word, step in STEPS.items() if measure.state in step.frm and may_take(user, measure, word)]


def may_take(user: User, measure: AgreementMeasure, word: str) -> bool:
    """Whether the step is the user's, whatever the state: the office's, and not the proposer's to decide."""
    right = Right(STEPS[word].right)
    if not (user.may(right) and measure.area in user.scope(right).areas):
        return False
    if word == "lift" and not measure.what.lasts:
        return False
    return right is not Right.DECIDE_AGREEMENTS or measure.by_id != user.pk  # type: ignore[attr-defined]


def measures_in(scope: Scope) -> "QuerySet[AgreementMeasure]":
    """Measures that were decided in these divisions. For apps above, which guard what they show of them."""
    return AgreementMeasure.objects.filter(scope.condition()).exclude(decided=None)
