"""Indexes for the newest lines of a county and of a city. Apart from filling the column: PostgreSQL wants that committed first."""

from django.db import migrations, models
from django.db.models import CharField, F, Func

CITY = Func(F("area"), template="SUBSTR(%(expressions)s, 1, 4)", output_field=CharField())


class Migration(migrations.Migration):
    dependencies = [("audit_log", "0006_area")]
    operations = [
        migrations.AddIndex("logentry", models.Index(fields=["area", "at"], name="log_area_at")),
        migrations.AddIndex("logentry", models.Index(CITY, F("at"), name="log_city_at")),
    ]
