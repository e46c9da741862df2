"""Each line gets the division that it concerns, so that auditors read those of their own. It is no part of what is hashed."""

from typing import Any

from django.db import migrations, models

SAY = "the log is only added to"


def lift(apps: Any, schema: Any) -> None:
    """Take the triggers off: SQLite lays the table anew when a column is added, and old lines are filled."""
    if schema.connection.vendor == "sqlite":
        schema.execute("DROP TRIGGER log_no_update")
        schema.execute("DROP TRIGGER log_no_delete")
    elif schema.connection.vendor == "postgresql":
        schema.execute("DROP TRIGGER log_no_change ON audit_log_logentry")


def fill(apps: Any, schema: Any) -> None:
    """Lines of before: the division of the organisation of who acted, which nobody could leave until now.

    A log-in that failed is of the account that was tried.
    """
    home = "SELECT o.division_id FROM accounts_user u JOIN accounts_organisation o ON o.code = u.organisation_id WHERE"
    with schema.connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE audit_log_logentry SET area = COALESCE(({home} u.id = audit_log_logentry.user_id), '') "  # noqa: S608 - no value
            "WHERE user_id IS NOT NULL"
        )
        cursor.execute(
            f"UPDATE audit_log_logentry SET area = COALESCE(({home} u.username = audit_log_logentry.who), '') "  # noqa: S608 - no value
            "WHERE user_id IS NULL AND act IN ('accounts.log_in_failed', 'accounts.locked', 'accounts.refused')"
        )


def refuse(apps: Any, schema: Any) -> None:
    """Lay the triggers again."""
    if schema.connection.vendor == "sqlite":
        for what in ("update", "delete"):
            schema.execute(
                f"CREATE TRIGGER log_no_{what} BEFORE {what.upper()} ON audit_log_logentry BEGIN SELECT RAISE(ABORT, '{SAY}'); END"
            )
    elif schema.connection.vendor == "postgresql":
        schema.execute(
            "CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON audit_log_logentry "
            "FOR EACH ROW EXECUTE FUNCTION log_only_added_to()"
        )


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0005_merkle_log"), ("accounts", "0004_safe_log_in")]
    operations = [
        migrations.RunPython(lift),
        migrations.AddField(
            "logentry", "area", models.CharField("行政区划", max_length=6, blank=True, default=""), preserve_default=False
        ),
        migrations.RunPython(fill),
        migrations.RunPython(refuse),
    ]
