"""A job at work: `with running(job_id) as work:` around the body of a task.

The job says how far it is, and shows that it lives; whatever ends the body ends the job, at worst with an apology.
"""

import os
import secrets
import shutil
import socket
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection
from django.utils import timezone

from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import User
from yijian.web.jobs.models import Job, State

T = TypeVar("T")

BEAT = 10.0
"""Seconds between two signs of life."""
KEPT = timedelta(days=1)
"""How long the file of a job can be fetched."""
OURS = "系统内部错误，已记入运行日志；请稍后重试，仍不成功请联系系统管理员"


def this_worker() -> str:
    """This process, as a job names it."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Work:
    """What the body of a task has of its job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told = 0.0

    @property
    def who(self) -> User:
        """Who asked for it, and may still log in. UserError otherwise."""
        if not self.job.by.open:
            raise UserError("提交任务的账号已停用或过期")
        return self.job.by

    def at(self, done: int, of: int) -> None:
        """Say how far it is; written at most once a second."""
        if time.monotonic() - self._told >= 1 or done == of:
            self._told = time.monotonic()
            Job.objects.filter(pk=self.job.pk).update(done=done, of=of)

    def counted(self, rows: Iterable[T], of: int) -> Iterator[T]:
        """The same rows; the job says how many have passed."""
        done = 0
        for done, row in enumerate(rows, 1):
            yield row
            self.at(min(done, of), of)

    def give(self, made: IO[bytes], name: str) -> None:
        """Keep a file for the one who asked, for a day. name: as it will be called."""
        settings.HOME.exports.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.job.file = secrets.token_hex(16) + Path(name).suffix
        handle = os.open(settings.HOME.exports / self.job.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(made, out)
        self.job.file_name, self.job.expires = name, timezone.now() + KEPT

    def say(self, said: str, link: str = "") -> None:
        """What came of it, and the page that shows it."""
        self.job.said, self.job.link = said[:500], link


@contextmanager
def running(job_id: int) -> Generator[Work]:
    """Run the body as this job. Errors of ours go on to the queue, which keeps their trace."""
    job = Job.objects.select_related("by").get(pk=job_id)
    now = timezone.now()
    job.state, job.worker, job.begun, job.beat = State.RUNNING, this_worker(), now, now
    job.save()
    stop = Event()
    beating = Thread(target=_beat, args=(job.pk, stop), daemon=True)
    beating.start()
    try:
        yield Work(job)
    except UserError as mistake:
        _end(job, State.FAILED, str(mistake))
    except ValidationError as mistake:
        _end(job, State.FAILED, "；".join(mistake.messages))
    except PermissionDenied:
        _end(job, State.FAILED, "提交任务的账号已没有这项权限")
    except BaseException:
        _end(job, State.FAILED, OURS)
        raise
    else:
        _end(job, State.DONE, "")
    finally:
        stop.set()
        beating.join()


def _end(job: Job, state: State, problem: str) -> None:
    job.state, job.problem, job.ended = state, problem[:1000], timezone.now()
    fields = ["state", "problem", "ended", "said", "link", "file", "file_name", "expires"]
    job.save(update_fields=fields)


def _beat(job_id: Any, stop: Event) -> None:
    """Signs of life until told to stop. A database that is locked by the job's own long transaction is no death."""
    try:
        while not stop.wait(BEAT):
            try:
                Job.objects.filter(pk=job_id, state=State.RUNNING).update(beat=timezone.now())
            except OperationalError:
                continue
    finally:
        connection.close()
