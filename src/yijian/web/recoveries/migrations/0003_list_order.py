"""An index in the order of the list."""

from django.db import migrations

import yijian.web.frame.indexes


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0001_initial"),
        ("recoveries", "0002_letter"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="recovery",
            index=yijian.web.frame.indexes.Falling(fields=["-confirmed", "area"], name="recovery_biggest"),
        ),
    ]
