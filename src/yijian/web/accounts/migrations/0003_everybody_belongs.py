"""Every account has an organisation. Apart from 0002: PostgreSQL does not alter a table in the transaction that filled it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_organisations")]

    operations = [
        migrations.AlterField(
            "user",
            "organisation",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.organisation",
                verbose_name="单位",
            ),
        ),
        migrations.RemoveField("user", "role"),
    ]
