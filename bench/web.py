"""`make bench-web`: a million findings taken over, 200,000 reviews beside them, and how long each page takes.

Rows are invented: 150 rules, 1,000 institutions in 20 counties, two years. Pages are asked for through Django's test client, as
four people. Beside the time on the clock stands the processor's: of this process and of its database server, which other
work on the machine does not change.

    python -m bench.web                         SQLite in bench-home/web
    python -m bench.web --postgresql            a private PostgreSQL cluster in bench-home/web/postgresql, with its own defaults
    YIJIAN_DATABASE_URL=… python -m bench.web   a server that runs already (its database is emptied first)
    … --again                                   only the pages, from the data that the last run left
"""

import argparse
import os
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.measure import show

RULES, INSTITUTIONS, COUNTIES = 150, 1_000, 20
DAY = date(2024, 1, 1)
VERDICTS = ("violation", "suspicion")

PAGES = {
    "supervisor": (
        "/", "/screening/", "/screening/?rule=rule7", "/screening/?sort=-n", "/screening/?whose=nobody", "/screening/GROUP/",
        "/findings/", "/findings/?rule=rule7", "/findings/?institution=H00000", "/findings/?institution=H00007",
        "/findings/?state=rejected", "/findings/?month=2024-05", "/findings/?month=2024-05&rule=rule0",
        "/findings/?least=1", "/findings/?least=900", "/findings/?least=999", "/findings/?mapping=doubtful",
        "/findings/?sort=-day", "/findings/?sort=amount", "/findings/?page=200", "/findings/?text=M77777",
        "/findings/?text=规则7：", "/findings/?text=医院7", "/findings/?text=床位费&rule=rule0&institution=H00000",
        "/findings/FINDING/", "/institutions/", "/institutions/H00000/", "/institutions/H00007/", "/inbox/",
        "/rules/precision/",
    ),
    "county": ("/", "/screening/", "/findings/", "/institutions/", "/recoveries/"),
    "reviewer": (
        "/", "/reviews/", "/reviews/?state=drafted", "/reviews/?institution=H00007", "/reviews/?text=S77777",
        "/reviews/?page=100", "/reviews/REVIEW/",
        "/recoveries/", "/recoveries/?by=institution", "/recoveries/?by=rule", "/recoveries/rows/",
        "/recoveries/rows/?month=2024-05",
    ),
    "institution": ("/", "/reviews/", "/recoveries/"),
}  # fmt: skip


def main(folder: Path, findings: int, reviews: int, times: int, again: bool) -> None:
    """Make the home anew and fill it, unless it is there already; ask for each page many times."""
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
    rows = [] if again else _fill(findings, reviews)
    every: list[tuple[float, float]] = []
    for name, addresses in PAGES.items():
        client = _client(_people()[name])
        for address in addresses:
            queries = _queries(client, _real(address))
            spent = [_ask(client, _real(address)) for _ in range(times)]
            every += spent
            rows.append((f"{name} {address}", *_said(spent, max), str(queries)))
    rows.append(("all pages", *_said(every, _p99), ""))
    header = ("page", "median ms", "worst ms (all: p99)", "processor median", "processor worst (p99)", "queries")
    show(f"{findings:,} findings, {reviews:,} reviews on {_engine()}", header, rows)


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


def _fill(findings: int, reviews: int) -> list[tuple[str, ...]]:
    """Rows, and how long writing them took."""
    from django.db import connection

    done: list[tuple[str, ...]] = []
    _make_people()
    for title, work in (
        ("taking over", lambda: _take_over(findings)),
        ("opening reviews (rows written at once)", lambda: _reviews(reviews, _people()["reviewer"])),
    ):
        seconds, processor = work()
        done.append((title, f"{seconds:.1f} s", "", f"{processor:.1f} s", "", ""))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return done


@contextmanager
def _timed() -> Iterator[list[float]]:
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


def _engine() -> str:
    from django.db import connection

    return connection.vendor


def _people() -> dict[str, Any]:
    from yijian.web.accounts.models import User

    return {one.username: one for one in User.objects.all()}


def _make_people() -> None:
    from django.utils import timezone

    from yijian.web.accounts.actions import keep_division, keep_organisation, make_account

    common = {"who": None, "when": timezone.now(), "where": None}
    for code in ("999900", *(f"9999{n:02d}" for n in range(1, COUNTIES + 1))):
        keep_division(code, f"区划{code}", **common)
    places = {
        "supervisor": ("YB", "authority", "999900", ""), "county": ("YB1", "authority", "999901", ""),
        "reviewer": ("JB", "agency", "999900", ""), "institution": ("H00007", "institution", "999908", "H00007"),
    }  # fmt: skip
    for name, (code, kind, division, institution) in places.items():
        where = keep_organisation(code, name=code, kind=kind, division=division, institution=institution, **common)
        role = "supervisor" if name == "county" else name
        make_account(name, "an-invented-pass-phrase-7", display_name=name, organisation=where, role=role, **common)


def _take_over(findings: int) -> list[float]:
    from yijian.engine.findings import CoverageRow
    from yijian.engine.ledger import Run
    from yijian.web.findings.taking_over import load_run
    from yijian.web.institutions.actions import take_over_institutions

    now = datetime.now(UTC)
    take_over_institutions(
        ({"code": f"H{n:05d}", "name": f"示例医院{n}", "kind": "1", "level": 1 + n % 3, "level_code": "05", "beds": 100,
          "area": _area(n), "settlements": 10_000, "fees": 10**7, "fund": 6 * 10**6} for n in range(INSTITUTIONS)),
        who="bench", when=now,
    )  # fmt: skip
    ran = _ran()
    run = Run("b" * 16, now.isoformat(), 1, ran, [])
    ledger = [
        CoverageRow(name, rule.title, 10**6, 0, 0, 9 * 10**5, 10**5, 0, {}, findings // RULES, Decimal(10**6), "")
        for name, rule in ran.items()
    ]
    areas = {f"H{n:05d}": _area(n) for n in range(INSTITUTIONS)} | {"": "999900"}
    with _timed() as took:
        load_run(run, ledger, _rows(findings), official_codes={}, areas=areas, who="bench", when=now)
    return took


def _area(number: int) -> str:
    return f"9999{1 + number % COUNTIES:02d}"


def _ran() -> dict[str, Any]:
    from yijian.engine.ledger import RuleRun

    return {f"rule{n}": RuleRun(f"rule{n}", f"规则{n}：超出限定范围收费", VERDICTS[n % 2], 1, "0" * 16, "") for n in range(RULES)}


def _rows(findings: int) -> Iterator[dict[str, Any]]:
    plan = random.Random(1)
    for n in range(findings):
        rule, place = int(RULES * plan.random() ** 2), int(INSTITUTIONS * plan.random() ** 2)
        yield {
            "finding_id": f"{n:024x}", "rule": f"rule{rule}", "official_code": "", "verdict": VERDICTS[rule % 2],
            "fixmedins_code": f"H{place:05d}", "psn_no": f"P{n % 400_000:09d}", "mdtrt_id": f"M{n}", "setl_id": f"S{n // 4}",
            "date": DAY + timedelta(days=n % 730), "amount": Decimal(plan.randrange(1, 100_000)) / 100,
            "explanation": "参保人住院 5 日，收取床位费 9 次，多于住院天数，超出部分由基金支付",
            "legal_basis": "医疗保障基金使用监督管理条例 第三十八条第（二）项", "evidence": f"L{n}a L{n}b", "mapping_error": "",
            "rule_hash": "0" * 16, "knowledge_hash": "",
        }  # fmt: skip


def _reviews(count: int, reviewer: Any) -> list[float]:
    """Reviews in all states with their lines and ledger rows, written at once as `opening` writes them."""
    from django.db import transaction
    from django.utils import timezone

    from yijian.web.recoveries.actions import Stage, Thing, set_stage
    from yijian.web.reviews.models import Review, ReviewLine
    from yijian.web.reviews.steps import WORDS

    now, states, plan = timezone.now(), list(WORDS), random.Random(2)
    with _timed() as took:
        for first in range(0, count, 20_000):
            numbers = range(first, min(first + 20_000, count))
            places = [int(INSTITUTIONS * plan.random() ** 2) for _ in numbers]
            made = Review.objects.bulk_create(
                [
                    Review(
                        key=f"setl:S{n}", institution_id=f"H{place:05d}", area=_area(place), source="finding", setl_id=f"S{n}",
                        mdtrt_id=f"M{4 * n}", psn_no=f"P{n:09d}", day=DAY + timedelta(days=n % 730), inpatient=n % 2 == 0,
                        fund_type="310", fees=Decimal(5000), fund=Decimal(3000), amount=Decimal(plan.randrange(1, 100_000)) / 100,
                        state=states[n % len(states)], opened=now,
                    )
                    for n, place in zip(numbers, places, strict=True)
                ],
                batch_size=500,
            )  # fmt: skip
            lines = ReviewLine.objects.bulk_create(
                [
                    ReviewLine(review=r, finding_id=_of_bill(r), what="多收床位费", amount=r.amount, counted=r.amount)
                    for r in made
                ],
                batch_size=500,
            )  # fmt: skip
            things = [
                Thing(f"reviews.line:{x.pk}", r.pk, r.institution_id, r.area, f"rule{x.pk % RULES}", "规则", "310",
                      r.day.replace(day=1), x.counted)
                for x, r in zip(lines, made, strict=True)
            ]  # fmt: skip
            with transaction.atomic():
                for stage in (Stage.IDENTIFIED, Stage.NOTIFIED, Stage.CONFIRMED):
                    set_stage(things, stage, who=reviewer, when=now)
    return took


def _of_bill(review: Any) -> str:
    return f"{4 * int(review.setl_id[1:]):024x}"


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


def _real(address: str) -> str:
    from yijian.web.findings.models import Finding, FindingGroup
    from yijian.web.reviews.models import Review

    if "GROUP" in address:
        address = address.replace("GROUP", FindingGroup.objects.order_by("-n_new")[0].pk)
    if "FINDING" in address:
        address = address.replace("FINDING", Finding.objects.order_by("pk")[0].pk)
    return address.replace("REVIEW", str(Review.objects.filter(state="drafted").first().pk)) if "REVIEW" in address else address


def _ask(client: Any, address: str) -> tuple[float, float]:
    with _timed() as took:
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
def _database(folder: Path, private: bool) -> Iterator[None]:
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m bench.web", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("bench-home") / "web")
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--reviews", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=5, help="requests of each page, after a first that is not counted")
    parser.add_argument("--postgresql", action="store_true", help="a private PostgreSQL cluster in the folder")
    parser.add_argument("--again", action="store_true", help="only the pages, from the data that the last run left")
    given = parser.parse_args()
    with _database(given.folder.absolute(), given.postgresql):
        main(given.folder.absolute(), given.findings, given.reviews, given.times, given.again)
