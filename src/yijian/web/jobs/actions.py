"""Every write by people: starting a job, fetching its file."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404

from yijian.web.accounts.queries import User
from yijian.web.audit_log.actions import record
from yijian.web.jobs.acts import Act
from yijian.web.jobs.models import Job, State
from yijian.web.jobs.queries import job_for, jobs_of

MOST_OPEN = 5
"""Jobs that one person may have open at a time: nobody fills the queue for all."""


@transaction.atomic
def start(task: Any, title: str, *, given: Mapping[str, str] | None = None, who: User, when: datetime, where: str | None) -> Job:
    """Put a job into the queue. task: a `django_tasks.task` that takes the job's id and `given`, and works in `running.running`.

    The caller has asked for the right. ValidationError where too many of the person's jobs are open, or this one already is.
    """
    waiting = jobs_of(who).filter(state__in=(State.WAITING, State.RUNNING))
    if waiting.filter(title=title).exists():
        raise ValidationError(f"“{title}”已经在后台任务里，请等它完成")
    if waiting.count() >= MOST_OPEN:
        raise ValidationError(f"您已有 {MOST_OPEN} 个后台任务没有完成，请等它们完成后再提交")
    job = Job.objects.create(title=title, by=who, made=when)
    job.task = str(task.enqueue(job.pk, **(given or {})).id)
    job.save(update_fields=["task"])
    record(Act.START, who=who, when=when, where=where, kind="后台任务", about=str(job.pk), purpose=title)
    return job


@transaction.atomic
def fetch(job_id: int, *, who: User, when: datetime, where: str | None) -> tuple[Job, IO[bytes]]:
    """The file that a job of one's own made, open. Http404 where there is none, or its day has passed."""
    job = job_for(who, job_id)
    path = settings.HOME.exports / job.file
    if not job.file or job.expires is None or job.expires < when or not path.is_file():
        raise Http404("这个任务没有可取的文件：文件只保留一天，请重新导出。")
    record(Act.FETCH, who=who, when=when, where=where, kind="后台任务", about=str(job.pk), purpose=job.title)
    return job, path.open("rb")
