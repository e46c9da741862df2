"""Each app declares its own acts (`audit_log.acts`): words with the app's label, and what a change changed."""

from typing import Any

from django.db import migrations, models

RENAMED = {
    "log_in": "accounts.log_in",
    "log_in_failed": "accounts.log_in_failed",
    "log_out": "accounts.log_out",
    "make_account": "accounts.make_account",
    "show_identity": "findings.show_identity",
    "export": "findings.export",
    "settle_point": "knowledge.settle_point",
}
"""`load` was said of two apps: of runs, and of institutions."""


def lift(apps: Any, schema: Any) -> None:
    """Take the triggers off: SQLite lays the table anew when a column changes."""
    vendor, table = schema.connection.vendor, "audit_log_logentry"
    names = {"sqlite": ("log_no_update", "log_no_delete"), "postgresql": ("log_no_change",)}.get(vendor, ())
    for name in names:
        schema.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if vendor == "postgresql" else ""))


def rename(apps: Any, schema: Any) -> None:
    """Give the old words their app. Plain SQL: no manager stands between, and values are bound."""
    with schema.connection.cursor() as cursor:
        for old, new in RENAMED.items():
            cursor.execute("UPDATE audit_log_logentry SET act = %s WHERE act = %s", [new, old])
        change = "UPDATE audit_log_logentry SET act = %s WHERE act = 'load' AND about {} '定点医药机构'"
        cursor.execute(change.format("="), ["institutions.load"])
        cursor.execute(change.format("<>"), ["findings.load"])


def refuse(apps: Any, schema: Any) -> None:
    """Lay the triggers again."""
    vendor = schema.connection.vendor
    say = "the log is only added to"
    if vendor == "sqlite":
        for what in ("update", "delete"):
            schema.execute(
                f"CREATE TRIGGER log_no_{what} BEFORE {what.upper()} ON audit_log_logentry BEGIN SELECT RAISE(ABORT, '{say}'); END"
            )
    elif vendor == "postgresql":
        schema.execute(
            "CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON audit_log_logentry "
            "FOR EACH ROW EXECUTE FUNCTION log_only_added_to()"
        )


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0003_settle_point")]
    operations = [
        migrations.RunPython(lift),
        migrations.AlterField("logentry", "act", models.CharField("操作", max_length=80)),
        migrations.AddField("logentry", "changes", models.TextField("变更", blank=True, default="")),
        migrations.RunPython(rename),
        migrations.RunPython(refuse),
    ]
