"""Initial passwords that must be changed, and rounds of sessions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_everybody_belongs")]

    operations = [
        migrations.AddField("user", "must_change", models.BooleanField(default=False, verbose_name="须更换初始密码")),
        migrations.AddField("user", "session_round", models.PositiveIntegerField(default=0)),
    ]
