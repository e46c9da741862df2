"""Long lists are written in the background."""

from dataclasses import replace

from django.utils import timezone
from django_tasks import task

from yijian.web.exports import actions
from yijian.web.exports.registry import listings
from yijian.web.jobs.running import running


@task()
def make_file(job_id: int, name: str, form: str, address: str, where: str) -> None:
    """The list `name` as a file; with the rights that its person has now."""
    with running(job_id) as work:
        sheet, now = actions.sheet_for(listings()[name], work.who, address), timezone.now()
        counted = replace(sheet, rows=work.counted(sheet.rows, sheet.count))
        with actions.written(counted, form, who=work.who, when=now, where=where or None) as made:
            work.give(made, actions.file_name(sheet, form, now))
