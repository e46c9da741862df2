"""The log becomes a hash tree: lines are numbered without gaps and hashed; those of before are taken in, in their order."""

import ipaddress
import secrets
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yijian.trust.log_entry import Entry, instant
from yijian.trust.merkle import Frontier

TABLE = "audit_log_logentry"
SAY = "the log is only added to"
SQLITE = (
    f"CREATE TRIGGER log_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SAY}'); END",
    f"CREATE TRIGGER log_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SAY}'); END",
    "CREATE TRIGGER log_head_grows BEFORE UPDATE ON audit_log_loghead WHEN new.size < old.size "
    "BEGIN SELECT RAISE(ABORT, 'the log does not shrink'); END",
)
POSTGRESQL = (
    f"CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION log_only_added_to()",
    # TRUNCATE fires no row trigger. An empty log may be emptied: that is how test suites clear a database.
    f"CREATE FUNCTION log_not_emptied() RETURNS trigger AS $$ BEGIN IF EXISTS (SELECT FROM {TABLE}) "
    f"THEN RAISE EXCEPTION '{SAY}'; END IF; RETURN NULL; END $$ LANGUAGE plpgsql",
    f"CREATE TRIGGER log_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION log_not_emptied()",
    "CREATE FUNCTION log_does_not_shrink() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the log does not shrink'; END $$ "
    "LANGUAGE plpgsql",
    "CREATE TRIGGER log_head_grows BEFORE UPDATE ON audit_log_loghead FOR EACH ROW WHEN (new.size < old.size) "
    "EXECUTE FUNCTION log_does_not_shrink()",
)


def lift(apps: Any, schema: Any) -> None:
    """Take the triggers off the old table."""
    if schema.connection.vendor == "sqlite":
        schema.execute("DROP TRIGGER log_no_update")
        schema.execute("DROP TRIGGER log_no_delete")
    elif schema.connection.vendor == "postgresql":
        schema.execute(f"DROP TRIGGER log_no_change ON {TABLE}")


def take_in(apps: Any, schema: Any) -> None:
    """Number and hash the lines of before, oldest first, and write the head."""
    old, new = apps.get_model("audit_log", "OldEntry"), apps.get_model("audit_log", "LogEntry")
    frontier, lines = Frontier(), []
    for line in old.objects.order_by("id").iterator():
        address = str(ipaddress.ip_address(line.address)) if line.address else ""
        texts = (line.act, "", line.about, "", line.purpose, line.changes)
        entry = Entry(frontier.size, instant(line.at), line.who, str(line.user_id or ""), address, *texts)
        frontier.append(entry.leaf())
        lines.append(
            new(
                number=entry.number, at=line.at, user_id=line.user_id, who=line.who, address=address, act=line.act,
                about=line.about, purpose=line.purpose, changes=line.changes, leaf=entry.leaf().hex(),
            )
        )  # fmt: skip
        if len(lines) == 1000:
            new.objects.bulk_create(lines)
            lines.clear()
    new.objects.bulk_create(lines)
    head = apps.get_model("audit_log", "LogHead")
    head.objects.create(id=1, origin=f"yijian.log/{secrets.token_hex(8)}", size=frontier.size, peaks=frontier.packed().hex())


def refuse(apps: Any, schema: Any) -> None:
    """Lay the triggers of the new tables."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema.connection.vendor, ()):
        schema.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0004_acts_of_apps"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.RunPython(lift),
        migrations.RenameModel("LogEntry", "OldEntry"),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False, verbose_name="编号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("who", models.CharField(max_length=150, verbose_name="账号")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="地址")),
                ("act", models.CharField(max_length=80, verbose_name="操作")),
                ("kind", models.CharField(blank=True, max_length=40, verbose_name="对象类别")),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="对象编号")),
                ("person", models.CharField(blank=True, max_length=50, verbose_name="人员编号")),
                ("purpose", models.TextField(blank=True, verbose_name="事由")),
                ("changes", models.TextField(blank=True, verbose_name="变更")),
                ("leaf", models.CharField(max_length=64, verbose_name="哈希")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="log_at"),
                    models.Index(fields=["act", "at"], name="log_act_at"),
                    models.Index(fields=["who", "at"], name="log_who_at"),
                    models.Index(fields=["address", "at"], name="log_address_at"),
                    models.Index(fields=["about", "at"], name="log_about_at"),
                    models.Index(fields=["person", "at"], name="log_person_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LogHead",
            fields=[
                ("id", models.IntegerField(default=1, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=40)),
                ("size", models.IntegerField(default=0)),
                ("peaks", models.TextField(blank=True)),
                ("signed_on", models.CharField(blank=True, max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="LogCheckpoint",
            fields=[
                ("size", models.IntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.RunPython(take_in),
        migrations.DeleteModel("OldEntry"),
        migrations.RunPython(refuse),
    ]
