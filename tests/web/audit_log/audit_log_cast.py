"""Lines of a log, and somebody who reaches round the program into the database."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from yijian.trust.merkle import Frontier
from yijian.web.audit_log.actions import record
from yijian.web.audit_log.models import LogEntry, LogHead
from yijian.web.findings.acts import Act

BEGIN = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
TRIGGERS = {
    "sqlite": ("DROP TRIGGER log_no_update", "DROP TRIGGER log_no_delete", "DROP TRIGGER log_head_grows"),
    "postgresql": (
        "DROP TRIGGER log_no_change ON audit_log_logentry",
        "DROP TRIGGER log_head_grows ON audit_log_loghead",
    ),
}


def write_lines(count, begin=0):
    """`count` lines, an hour apart; every third by sun, the rest by wang."""
    for n in range(begin, begin + count):
        record(
            Act.SHOW_IDENTITY,
            who=None,
            name="sun" if n % 3 == 0 else "wang",
            when=BEGIN + timedelta(hours=n),
            where=f"10.0.0.{n % 4}",
            kind="疑点",
            about=f"f{n}",
            person=f"P{n % 5}",
            purpose="核实疑点",
        )


def tamper(*statements):
    """Run raw SQL with the triggers off, as somebody with the database's password could."""
    with connection.cursor() as cursor:
        for statement in TRIGGERS[connection.vendor]:
            cursor.execute(statement)
        for statement in statements:
            cursor.execute(statement)


def forge_hashes():
    """Hash all lines again as they stand now and write a head that fits: the most that a forger without the key can do."""
    frontier, table = Frontier(), LogEntry._meta.db_table
    with connection.cursor() as cursor:
        for line in LogEntry.objects.order_by("number"):
            leaf = line.entry().leaf()
            frontier.append(leaf)
            cursor.execute(f"UPDATE {table} SET leaf = %s WHERE number = %s", [leaf.hex(), line.number])
    LogHead.objects.update(size=frontier.size, peaks=frontier.packed().hex())
