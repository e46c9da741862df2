"""What the worker looks after each minute (see `jobs.tending`): what is overdue rises, and in January the statements are due."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, division_above, people_with
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.clocks.queries import Due, overdue_too_long
from yijian.web.transfers import stating, taking
from yijian.web.transfers.acts import Act
from yijian.web.transfers.models import Escalation

KINDS = (taking.OUT, taking.RECEIPT, taking.SUPPLEMENT, taking.RESULT, stating.CLOCK)
_begun: list[date] = []
"""The day on which this process last looked for statements: once a day is enough."""


def tend(now: datetime) -> None:
    """Tell those above of what is overdue, each once; start the clocks of last year's statements."""
    escalate(now)
    today = timezone.localdate(now)
    if _begun != [today]:
        stating.begin(today)
        _begun[:] = [today]


def escalate(now: datetime) -> int:
    """Tell the heads of the next office above of what has been overdue for longer than the area allows; of how much."""
    late = overdue_too_long(KINDS)
    known = set(Escalation.objects.filter(about__in=[one.clock.about for one in late]).values_list("about", "kind", "due"))
    fresh = [one for one in late if (one.clock.about, one.clock.kind, one.clock.due) not in known]
    return sum(_tell(one, now) for one in fresh)


def _tell(late: Due, now: datetime) -> bool:
    clock, above = late.clock, division_above(late.clock.area)
    if above is None:
        return False
    try:
        with transaction.atomic():
            Escalation.objects.create(about=clock.about, kind=clock.kind, due=clock.due, to=above.code, at=now)
            people = people_with(Right.SEE_CLOCKS, above.code)
            clocks.tell(people, f"下级移送事项{late.words}：{clock.title}"[:300], link=clock.link, when=now)
            said = f"{clock.due} 到期，报 {above.code} 负责人 {len(people)} 人"
            record(
                Act.ESCALATE, who=None, when=now, where=None, kind="移送", about=clock.about, purpose=said,
                area=clock.area, name="系统",
            )  # fmt: skip
    except IntegrityError:  # another worker has told them
        return False
    return True
