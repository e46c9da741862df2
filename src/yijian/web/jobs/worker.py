"""The process that does the jobs: django-tasks' own worker, and beside it what looks after jobs.

`yijian serve` starts one and starts it again if it ends; it ends with the one who started it.
"""

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django_tasks_db.management.commands.db_worker import Worker

from yijian.vocabulary.home import Home
from yijian.web.jobs.running import this_worker
from yijian.web.jobs.tending import LOG, tend

INTERVAL = 1.0
"""Seconds between two looks into the queue."""
TENDING = 60.0
AGAIN = 5.0
"""Seconds before a worker that ended is started anew."""


def work(*, with_parent: bool) -> None:
    """Do jobs until told to stop (SIGTERM, SIGINT). with_parent: stop when whoever started it is gone (stdin ends)."""
    threading.Thread(target=_tend_always, daemon=True).start()
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = made_worker(batch=False)
    worker.configure_signals()
    worker.run()


def made_worker(*, batch: bool) -> Worker:
    """The library's worker. batch: does what is there and returns."""
    return Worker(
        queue_names=["default"],
        interval=INTERVAL,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{this_worker()[:50]}:{secrets.token_hex(4)}",
        excluded_queue_names=[],
    )


def _tend_always() -> None:
    waiting = threading.Event()
    while True:
        try:
            tend()
        except (DatabaseError, OSError):
            LOG.exception("jobs could not be looked after")
        finally:
            connection.close()
        waiting.wait(TENDING)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)  # jobs that it was at are given up by the next worker


@contextmanager
def beside(home: Home) -> Generator[None]:
    """A worker in a process of its own, started again whenever it ends, until the block ends."""
    stop = threading.Event()
    holder: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        command = [sys.executable, "-m", "yijian.web", "worker", "--home", str(home.path), "--with-parent"]
        while not stop.is_set():
            process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own program
            holder[:] = [process]
            process.wait()
            stop.wait(AGAIN)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        for process in holder:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        keeper.join(1)
