"""Divisions, organisations and postings; accounts that are there already become postings at one organisation for all."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def post_all(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    users = apps.get_model("accounts", "User").objects.all()
    if not users.exists():
        return
    everywhere = apps.get_model("accounts", "Division").objects.create(code="000000", name="全部区划")
    bureau = apps.get_model("accounts", "Organisation").objects.create(
        code="000000", name="本单位", kind="authority", division=everywhere
    )
    posting = apps.get_model("accounts", "Posting")
    for user in users:
        user.organisation = bureau
        user.save(update_fields=["organisation"])
        posting.objects.create(user=user, role=user.role, division=everywhere)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Division",
            fields=[
                ("code", models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name="行政区划代码")),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
            ],
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="单位编码")),
                ("name", models.CharField(max_length=200, verbose_name="单位名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("authority", "医保行政部门"),
                            ("agency", "经办机构"),
                            ("institution", "定点医药机构"),
                            ("partner", "协作部门"),
                            ("third_party", "第三方机构"),
                        ],
                        max_length=20,
                        verbose_name="单位类别",
                    ),
                ),
                ("institution", models.CharField(blank=True, max_length=40, verbose_name="定点机构编码")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                        verbose_name="行政区划",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["institution"], name="org_of_institution")]},
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=30, verbose_name="岗位")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.division",
                        verbose_name="管辖区划",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="postings", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "role", "division"), name="posted_once")],
            },
        ),
        migrations.AddField("user", "expires", models.DateField(blank=True, null=True, verbose_name="有效期至")),
        migrations.AddField(
            "user",
            "organisation",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.organisation",
                verbose_name="单位",
            ),
        ),
        migrations.RunPython(post_all, migrations.RunPython.noop),
    ]
