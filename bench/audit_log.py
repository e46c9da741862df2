"""The audit log on SQLite: `make bench-log`. Lines a second as written, beside the same rows without numbers and hashes;
checking all lines; and one page of the auditor's, at a log of the given length.

Other databases: set YIJIAN_DATABASE_URL to an empty one.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import show

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PIECE = 20_000


def main(lines: int, home: Path) -> None:
    """Measure, and print tables."""
    os.environ |= {"YIJIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yijian.web.settings"}
    (home / "web").mkdir(parents=True, mode=0o700)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    header = ("", "one a transaction", "a hundred a transaction")
    ours, plain = _rates(_record), _rates(_insert_only)
    ratio = [f"{a / b:.2f}" for a, b in zip(ours, plain, strict=True)]
    rows = [
        ("record: number, hash, tree, head", *map(round, ours)),
        ("insert only, no tree", *map(round, plain)),
        ("ratio", *ratio),
    ]
    show("lines a second", header, rows)
    for kept in (home / "log").iterdir():  # of the lines just written, which make place for others
        kept.unlink()
    filled = _seconds(lambda: _fill(lines))
    from yijian.vocabulary.home import Home
    from yijian.web.audit_log.verifying import verify

    checked = _seconds(lambda: _sound(verify(Home(home), []).wrong))
    show(f"a log of {lines:,} lines", ("", "seconds", "lines a second"), [("verify", f"{checked:.1f}", round(lines / checked))])
    print(f"(filled in {filled:.0f} s, hashes and all)")
    show("one page of the log, ms (best and worst of 20)", ("narrowed by", "best", "worst"), list(_pages(lines)))


def _sound(wrong: list[str]) -> None:
    if wrong:
        raise RuntimeError(wrong[0])


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _rates(write: Callable[[], object]) -> tuple[float, float]:
    from django.db import transaction

    def batch() -> None:
        with transaction.atomic():
            for _ in range(100):
                write()

    alone = _seconds(lambda: [write() for _ in range(2000)])
    return 2000 / alone, 5000 / _seconds(lambda: [batch() for _ in range(50)])


FIELDS = {"address": "10.0.0.1", "kind": "疑点", "about": "0123456789abcdef", "person": "P1000000001", "purpose": "核实疑点"}


def _record() -> None:
    from yijian.web.audit_log.actions import record
    from yijian.web.findings.acts import Act

    given = {k: v for k, v in FIELDS.items() if k != "address"}
    record(Act.SHOW_IDENTITY, who=None, name="wang", when=datetime.now(UTC), where=FIELDS["address"], **given)


def _insert_only() -> None:
    """A row of the same width into the same indexes, with the number taken from a counter in memory."""
    from django.db import transaction

    from yijian.web.audit_log.models import LogEntry

    _insert_only.number = getattr(_insert_only, "number", -1) - 1
    line = LogEntry(
        number=_insert_only.number, at=datetime.now(UTC), who="wang", act="findings.show_identity", leaf="0" * 64, **FIELDS
    )
    with transaction.atomic(savepoint=False):
        line.save(force_insert=True)


def _fill(lines: int) -> None:
    """Begin anew and write honest lines, a minute apart, by two hundred accounts, in bulk."""
    from django.db import connection, transaction

    from yijian.trust.merkle import Frontier
    from yijian.web.audit_log.models import LogEntry, LogHead

    with connection.cursor() as cursor:
        for name, table in (("log_no_delete", "logentry"), ("log_no_change", "logentry"), ("log_head_grows", "loghead")):
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {name}" + (f" ON audit_log_{table}" if connection.vendor == "postgresql" else "")
            )
        cursor.execute("DELETE FROM audit_log_logentry")
        cursor.execute("DELETE FROM audit_log_logcheckpoint")
    tree = Frontier()
    for start in range(0, lines, PIECE):
        rows = [_line(n) for n in range(start, min(start + PIECE, lines))]
        for line in rows:
            leaf = line.entry().leaf()
            line.leaf = leaf.hex()
            tree.append(leaf)
        with transaction.atomic():
            LogEntry.objects.bulk_create(rows, batch_size=2000)
    LogHead.objects.update(size=tree.size, peaks=tree.packed().hex(), signed_on="9999-12-31")


def _line(n: int):
    from yijian.web.audit_log.models import LogEntry

    act = ("accounts.log_in", "findings.show_identity", "findings.export", "knowledge.settle_point")[n % 7 % 4]
    return LogEntry(
        number=n, at=BEGIN + timedelta(minutes=n), who=f"user{n % 200}", address=f"10.0.{n % 5}.{n % 250}", act=act, kind="疑点",
        about=f"{n * 7919 % 500_000:016x}", person=f"P{n * 31 % 300_000:010d}" if n % 7 == 1 else "", purpose="核实疑点",
    )  # fmt: skip


def _pages(lines: int) -> Iterator[tuple[str, str, str]]:
    from django.test import Client
    from django.utils import timezone

    from yijian.web.accounts.actions import keep_division, keep_organisation, make_account

    who = {"who": None, "when": timezone.now(), "where": None}
    keep_division("999900", "示例市", **who)
    bureau = keep_organisation("YB9999", name="示例市医疗保障局", kind="authority", division="999900", **who)
    given = {"display_name": "审计", "role": "auditor", "organisation": bureau}
    reader = make_account("reader", "an-invented-pass-phrase-7", **given, **who)
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    middle = BEGIN + timedelta(minutes=lines // 2)
    for title, address in {
        "nothing": {},
        "nothing, from the middle": {"older": lines // 2},
        "who": {"who": "user7"},
        "act (every seventh line)": {"act": "knowledge.settle_point"},
        "person": {"person": "P0000000031"},
        "record": {"about": f"{7919:016x}"},
        "a day in the middle": {"since": f"{middle:%Y-%m-%d}", "until": f"{middle:%Y-%m-%d}"},
        "who and act": {"who": "user8", "act": "findings.show_identity"},
        "who and address": {"who": "user7", "address": "10.0.2.7"},
        "act that never was": {"act": "audit_log.export"},
    }.items():
        if client.get("/log/", address).status_code != 200:
            raise RuntimeError(f"the page of {address} was not shown")
        spent = [_seconds(lambda address=address: client.get("/log/", address)) for _ in range(20)]
        yield title, f"{min(spent) * 1000:.0f}", f"{max(spent) * 1000:.0f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.audit_log", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        main(parser.parse_args().lines, Path(folder))
