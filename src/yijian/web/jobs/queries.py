"""The guarded door to jobs: everybody sees only what he asked for himself."""

from django.db.models import QuerySet
from django.http import Http404

from yijian.web.accounts.queries import User
from yijian.web.jobs.models import Job, State

__all__ = ["Job", "State", "job_for", "jobs_of"]


def jobs_of(user: User) -> "QuerySet[Job]":
    """One's own jobs, newest first."""
    return Job.objects.filter(by=user).order_by("-made", "-pk")


def job_for(user: User, job_id: int) -> Job:
    """One of one's own. Http404 if there is none."""
    found = jobs_of(user).filter(pk=job_id).first()
    if found is None:
        raise Http404("没有这个后台任务，或不是您提交的。")
    return found
