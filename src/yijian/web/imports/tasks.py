"""Taking over what the engine made, in the background."""

from django.conf import settings
from django.urls import reverse
from django_tasks import task

from yijian.web.accounts.queries import Right, need
from yijian.web.jobs.running import running
from yijian.web.loading import take_over_newest_reminders, take_over_newest_run


@task()
def load_newest(job_id: int) -> None:
    """The newest run and the reminders, into the pages; with the rights that its person has now."""
    with running(job_id) as work:
        need(work.who, Right.LOAD_RUNS)
        who = work.who.username
        said = [take_over_newest_run(settings.HOME, who), take_over_newest_reminders(settings.HOME, who)]
        work.say("；".join(filter(None, said)), reverse("findings:coverage"))
