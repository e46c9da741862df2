"""When what the public reads last changed; of what is public already, from its changes of state."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery

SEEN = ("approve", "flag", "approve_correction", "withdraw")
"""Steps that change what the public reads."""


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The last step of each that the public saw."""
    publication, change = (apps.get_model("publishing", name) for name in ("Publication", "PublicationChange"))
    last = change.objects.filter(record=OuterRef("pk"), step__in=SEEN).order_by("-at", "-pk").values("at")[:1]
    publication.objects.filter(published__isnull=False).update(changed=Subquery(last))


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    operations = [
        migrations.AddField("publication", "changed", models.DateTimeField(null=True, verbose_name="公众所见的最后变动")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
