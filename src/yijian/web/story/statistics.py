"""What the demo reported: two months closed by the city and a county, handed in by their heads; another county is silent."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone

from yijian.web.accounts.queries import By, User
from yijian.web.statistics import actions
from yijian.web.statistics.periods import Month, month_of

TYPED = {("refused", "medical"): "18640.50", ("agency_problems", "agency"): "2"}
NOTES = {"refused": "经办机构审核系统", "agency_problems": "经办内审报告"}
OFFICES = (("dongcheng", "dcfuze"), ("jianguan", "fuze"))
"""Who closes and who hands in, the county first."""


def tell(cast: Mapping[str, User], now: datetime) -> int:
    """Tell it; how many tables there are."""
    last = month_of(timezone.localdate(now)).before
    told = 0
    for month in (last.before, last):
        for day, (keeper, head) in enumerate(OFFICES, 2):
            area = cast[keeper].home
            actions.type_figures(area, month, TYPED, NOTES, **_by(cast[keeper], month, day, now))
            made = actions.close(area, month, **_by(cast[keeper], month, day, now))
            actions.hand_in(made.pk, **_by(cast[head], month, day, now))
            told += 1
    return told


def _by(who: User, month: Month, day: int, now: datetime) -> By:
    """On a morning at the start of the next month, and not after now."""
    morning = datetime.combine(month.next.first + timedelta(days=day - 1), time(9))
    return {"who": who, "when": min(timezone.make_aware(morning), now), "where": None}
