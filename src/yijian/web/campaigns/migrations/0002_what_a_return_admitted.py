"""What a return admitted stands on it; a summary report is a record of its own, which those below do not see."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Value
from django.db.models.functions import Replace

CAMPAIGN, REPORT = "campaigns.campaign:", "campaigns.campaignreport:"


def apart(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Reports that were written about the campaign become papers about its report."""
    papers = apps.get_model("papers", "Paper").objects.filter(kind="campaign_report", about__startswith=CAMPAIGN)
    papers.update(about=Replace("about", Value(CAMPAIGN), Value(REPORT)))


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("papers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="selfinspection",
            name="admitted",
            field=models.JSONField(default=list, verbose_name="已认可的审核单"),
        ),
        migrations.RunPython(apart, migrations.RunPython.noop),
    ]
