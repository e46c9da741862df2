"""Looking after jobs: those whose process died do not run for ever, and files do not lie for ever.

An app with something of its own to look after each minute says so in its `tending.py`: `tend(now: datetime) -> None`, which does
nothing where nothing is to be done and may run in several workers at once.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import module_has_submodule
from django_tasks_db.models import DBTaskResult

from yijian.web.attachments import store
from yijian.web.attachments.queries import hashes
from yijian.web.jobs.models import Job, State

LOG = logging.getLogger(__name__)
DEAD = timedelta(minutes=5)
"""Without a sign of life for so long a job is given up, wherever its process was."""
FORGOTTEN = timedelta(days=30)
"""What the queue remembers of finished tasks."""
STOPPED = "后台进程中断，任务没有完成；已完成的部分不受影响，请重新提交"


def recover(now: datetime) -> int:
    """End jobs whose process is gone: at once where it was on this machine, else when it has been silent. How many."""
    gone = [job for job in Job.objects.filter(state=State.RUNNING) if _is_gone(job.worker) or now - (job.beat or job.made) > DEAD]
    for job in gone:
        Job.objects.filter(pk=job.pk, state=State.RUNNING).update(state=State.FAILED, problem=STOPPED, ended=now)
        DBTaskResult.objects.filter(pk=job.task, status="RUNNING").update(status="FAILED", finished_at=now)
    return len(gone)


def _is_gone(worker: str) -> bool:
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def sweep(now: datetime) -> int:
    """Remove files whose day has passed, and those that no job names any more. How many."""
    folder, gone = settings.HOME.exports, 0
    if not folder.is_dir():
        return 0
    Job.objects.filter(expires__lt=now).exclude(file="").update(file="")
    kept = set(Job.objects.exclude(file="").values_list("file", flat=True))
    for path in folder.iterdir():
        # a file is written before its job says so: what is fresh may be one at work
        if path.name not in kept and path.stat().st_mtime < time.time() - DEAD.total_seconds():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def tend() -> None:
    """All of it, once."""
    now = timezone.now()
    stopped, files = recover(now), sweep(now)
    papers = store.sweep(settings.HOME, hashes())
    DBTaskResult.objects.filter(status__in=("SUCCESSFUL", "FAILED"), finished_at__lt=now - FORGOTTEN).delete()
    if stopped or files or papers:
        LOG.info("jobs given up: %d, files removed: %d, papers of no record: %d", stopped, files, papers)
    for look_after in _others():
        look_after(now)


@cache
def _others() -> list[Callable[[datetime], None]]:
    """`tend` of each app that has one."""
    ours = [app for app in apps.get_app_configs() if app.name.startswith("yijian.") and app.label != "jobs"]
    return [import_module(f"{app.name}.tending").tend for app in ours if module_has_submodule(app.module, "tending")]
