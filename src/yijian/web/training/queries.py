"""The guarded door to activities."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.frame.narrowing import Narrowing
from yijian.web.training.kinds import kinds, titles
from yijian.web.training.models import Activity, ActivityCount

__all__ = ["Activity", "Filters", "activities_for", "activity_for", "sums"]


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of activities is narrowed to; it stands in the address."""

    kind: str = ""
    year: str = ""
    text: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("种类", kinds()[self.kind].title if self.kind in kinds() else ""),
            ("年份", self.year),
            ("名称或内容", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on activities."""
        q = Q()
        if self.kind in kinds():
            q &= Q(kind=self.kind)
        if self.year.isdecimal() and len(self.year) == 4 and int(self.year) > 0:
            q &= Q(begin__year=int(self.year))
        if self.text:
            q &= Q(title__icontains=self.text) | Q(topic__icontains=self.text)
        return q


def activities_for(user: User, filters: Filters | None = None) -> "QuerySet[Activity]":
    """Those that the user may see, narrowed; withdrawn ones too. PermissionDenied for whoever sees none."""
    need(user, Right.SEE_TRAINING)
    found = Activity.objects.filter(user.scope(Right.SEE_TRAINING).condition()).select_related("by")
    return found.filter(filters.condition()) if filters else found


def activity_for(user: User, activity_id: int) -> Activity:
    """One of them. Http404 if there is none, or none that the user may see."""
    found = activities_for(user).filter(pk=activity_id).first()
    if found is None:
        raise Http404(f"没有宣传培训 {activity_id}，或不在您的范围内。")
    return found


def may_withdraw(user: User, one: Activity) -> bool:
    """Whether the user may withdraw it."""
    inside = user.may(Right.KEEP_TRAINING) and one.area in user.scope(Right.KEEP_TRAINING).areas
    return inside and one.withdrawn is None


def sums(areas: tuple[str, ...], begin: date, end: date) -> dict[str, int]:
    """What was counted in these divisions and those below, of activities that began on these days: by the words of `kinds.toml`.

    Besides: `activities:KIND` and `people:KIND`. For apps above, which guard their own page.
    """
    live = Activity.objects.filter(Scope(areas=areas).counted(), withdrawn=None, begin__range=(begin, end))
    found = dict.fromkeys(titles(), 0)
    counted = ActivityCount.objects.filter(activity__in=live).values_list("what").annotate(n=Sum("number"))
    found |= {what: n for what, n in counted if what in found}
    for kind, n, people in live.order_by().values_list("kind").annotate(n=Count("pk"), people=Sum("people")):
        found |= {f"activities:{kind}": n, f"people:{kind}": people}
    return found
