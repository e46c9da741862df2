"""What the benchmarks of pages share: a home made anew, somebody who is logged in, and how long an answer takes.

Pages are asked for through Django's test client. Beside the time on the clock stands the processor's: of this process and of its
database server, which other work on the machine does not change.
"""

import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measure import show

HEADER = ("page", "median ms", "worst ms (all: p99)", "processor median", "processor worst (p99)", "queries")


def opened(folder: Path, again: bool) -> None:
    """A home with an empty database, or the one that the last run left."""
    os.environ |= {"YIJIAN_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "yijian.web.settings"}
    if not again:
        shutil.rmtree(folder / "web", ignore_errors=True)
        (folder / "web").mkdir(parents=True)
    import django

    django.setup()
    from django.core.management import call_command

    if not again:
        _empty()
    call_command("migrate", verbosity=0)


def ask_all(
    pages: Mapping[str, Sequence[str]], real: Callable[[str], str], times: int, rows: list[tuple[str, ...]], title: str
) -> None:
    """Ask for each page as each person (account → addresses) many times, after a first that is not counted; show a table."""
    from yijian.web.accounts.models import User

    every: list[tuple[float, float]] = []
    for name, addresses in pages.items():
        client = _client(User.objects.get(username=name))
        for address in map(real, addresses):
            queries = _queries(client, address)
            spent = [_ask(client, address) for _ in range(times)]
            every += spent
            rows.append((f"{name} {address}", *_said(spent, max), str(queries)))
    rows.append(("all pages", *_said(every, _p99), ""))
    show(f"{title} on {engine()}", HEADER, rows)


def done(title: str, took: Sequence[float]) -> tuple[str, ...]:
    """A row of the table for work before the pages: seconds on the clock and of the processor."""
    return (title, f"{took[0]:.1f} s", "", f"{took[1]:.1f} s", "", "")


def analyze() -> None:
    """The database knows how its rows lie, as it does after a night."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _empty() -> None:
    """Nothing is left in a server's database: the log lets no line be taken out of it singly."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")


def _said(spent: list[tuple[float, float]], high: Callable[[list[float]], float]) -> tuple[str, ...]:
    """Median and high of the clock, then of the processor, in ms."""
    return tuple(f"{of(kind) * 1000:.0f}" for kind in map(list, zip(*spent, strict=True)) for of in (statistics.median, high))


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


@contextmanager
def timed() -> Iterator[list[float]]:
    """Seconds on the clock, and of the processors of this process and its database server, once it is left."""
    took, begun, busy = list[float](), time.perf_counter(), _processor()
    yield took
    took += [time.perf_counter() - begun, _processor() - busy]


def _processor() -> float:
    """Seconds of this process and, where the database is a server here, of the server process that answers it and of those
    that helped it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}")
    if not backend.exists():
        return time.process_time()
    own = int((backend / "schedstat").read_text().split()[0]) / 1e9
    parent = (backend / "stat").read_text().rpartition(")")[2].split()[1]
    helpers = map(int, Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[13:15])
    return time.process_time() + own + sum(helpers) / os.sysconf("SC_CLK_TCK")


def engine() -> str:
    from django.db import connection

    return connection.vendor


def _client(who: Any) -> Any:
    """Somebody who has logged in, with the second factor where a role wants it."""
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    client = Client()
    client.force_login(who)
    if who.needs_second_factor:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=who, name="bench").persistent_id
        session.save()
    return client


def _ask(client: Any, address: str) -> tuple[float, float]:
    with timed() as took:
        answer = client.get(address, headers={"host": "127.0.0.1"})
    assert answer.status_code == 200, (address, answer.status_code)
    return took[0], took[1]


def _queries(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _ask(client, address)
    return len(asked)


@contextmanager
def database(folder: Path, private: bool) -> Iterator[None]:
    """A cluster of its own, named by the environment, where that is wanted."""
    if not private:
        yield
        return
    import psycopg
    from tests.postgresql import server_in

    cluster = folder / "postgresql"
    cluster.mkdir(parents=True, exist_ok=True)
    with server_in(cluster) as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = 'yijian'").fetchone():
                db.execute("CREATE DATABASE yijian")
        os.environ["YIJIAN_DATABASE_URL"] = f"{address}/yijian"
        yield
        from django.db import connection

        connection.close()
