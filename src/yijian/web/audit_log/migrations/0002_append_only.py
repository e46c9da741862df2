"""The database itself refuses to change or delete a line of the log."""

from typing import Any

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER log_no_update BEFORE UPDATE ON audit_log_logentry BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END",
    "CREATE TRIGGER log_no_delete BEFORE DELETE ON audit_log_logentry BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION log_only_added_to() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the log is only added to'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER log_no_change BEFORE UPDATE OR DELETE ON audit_log_logentry FOR EACH ROW EXECUTE FUNCTION log_only_added_to()",
)


def refuse(apps: Any, schema: Any) -> None:
    """Lay the triggers; other databases have the model's refusal only."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema.connection.vendor, ()):
        schema.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0001_initial"), ("accounts", "0001_initial")]
    # The last word is that of the log: there is no way back.
    operations = [migrations.RunPython(refuse)]
