"""What the worker looks after each minute (see `jobs.tending`): at the start of a month the table of the last one is due."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, division_above
from yijian.web.clocks import actions as clocks
from yijian.web.statistics.actions import CLOCK, about_of, link_of
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import month_of
from yijian.web.statistics.queries import due_day
from yijian.web.statistics.standing import offices

_begun: list[date] = []
"""The day on which this process last looked: once a day is enough."""


def tend(now: datetime) -> None:
    """Start the clocks of last month's tables."""
    today = timezone.localdate(now)
    if _begun != [today]:
        begin(today)
        _begun[:] = [today]


def begin(today: date) -> int:
    """Start the clocks for last month of the offices that have somebody above and have handed in nothing; how many."""
    month, started = month_of(today).before, 0
    handed = set(MonthTable.objects.filter(month=month.first, state="handed").values_list("area", flat=True))
    for area in offices():
        if area in handed or division_above(area) is None:
            continue
        about, title = about_of(area, month), f"报送 {month.title}统计月报"
        try:
            with transaction.atomic():
                clocks.start(
                    CLOCK, about, title=title, link=link_of(area, month), area=area, right=Right.KEEP_STATISTICS,
                    begun=month.last,
                )  # fmt: skip
                clocks.move(about, CLOCK, due_day(area, month))  # the notice names the day, so it does not move to a working day
                started += 1
        except IntegrityError:  # it runs already
            continue
    return started
