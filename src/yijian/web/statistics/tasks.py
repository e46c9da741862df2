"""Closing a month takes a while where there are many institutions: it is done in the background."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks import task

from yijian.web.jobs.running import running
from yijian.web.statistics import actions
from yijian.web.statistics.periods import month_given


@task()
def close_month(job_id: int, area: str, month: str, where: str) -> None:
    """Close it with the rights that the person has now."""
    with running(job_id) as work:
        found = month_given(month)
        if found is None:
            raise ValidationError(f"“{month[:10]}”不是月份")
        made = actions.close(area, found, who=work.who, when=timezone.now(), where=where or None)
        work.say(f"{made.of.title}已关账，哈希 {made.digest[:16]}", actions.link_of(area, found))
