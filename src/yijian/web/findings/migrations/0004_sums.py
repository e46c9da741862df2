"""Sums by rule and by institution, counted from the groups that are there; indexes in the order of the lists."""

from decimal import Decimal

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import yijian.web.frame.indexes

STATES = ("new", "confirmed", "review", "rejected", "mapping", "merged")


def sum_up(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    group = apps.get_model("findings", "FindingGroup")
    figures = {name: models.Sum(name) for state in STATES for name in (f"n_{state}", f"yuan_{state}")}
    to_screen = models.Count("pk", filter=models.Q(n_new__gt=0))
    by_rule = group.objects.order_by().values("rule", "rule_title", "verdict", "area").annotate(groups=to_screen, **figures)
    by_institution = group.objects.order_by().exclude(institution=None).values("institution_id", "verdict", "area")
    for name, rows in (("RuleSum", by_rule), ("InstitutionSum", by_institution.annotate(**figures))):
        model = apps.get_model("findings", name)
        model.objects.bulk_create((model(**row) for row in rows), batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0003_screening"),
        ("institutions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstitutionSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n_new", models.PositiveIntegerField(default=0, verbose_name="待筛查")),
                ("n_confirmed", models.PositiveIntegerField(default=0, verbose_name="属实")),
                ("n_review", models.PositiveIntegerField(default=0, verbose_name="审核中")),
                ("n_rejected", models.PositiveIntegerField(default=0, verbose_name="已排除")),
                ("n_mapping", models.PositiveIntegerField(default=0, verbose_name="对照错误")),
                ("n_merged", models.PositiveIntegerField(default=0, verbose_name="已合并")),
                ("yuan_new", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_confirmed", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_review", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_rejected", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_mapping", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_merged", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("violation", "明确违规"), ("suspicion", "可疑")], max_length=20, verbose_name="性质"
                    ),
                ),
                ("area", models.CharField(max_length=6, verbose_name="行政区划")),
            ],
        ),
        migrations.CreateModel(
            name="RuleSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n_new", models.PositiveIntegerField(default=0, verbose_name="待筛查")),
                ("n_confirmed", models.PositiveIntegerField(default=0, verbose_name="属实")),
                ("n_review", models.PositiveIntegerField(default=0, verbose_name="审核中")),
                ("n_rejected", models.PositiveIntegerField(default=0, verbose_name="已排除")),
                ("n_mapping", models.PositiveIntegerField(default=0, verbose_name="对照错误")),
                ("n_merged", models.PositiveIntegerField(default=0, verbose_name="已合并")),
                ("yuan_new", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_confirmed", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_review", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_rejected", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_mapping", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("yuan_merged", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=18)),
                ("rule", models.CharField(max_length=100, verbose_name="规则")),
                ("rule_title", models.CharField(max_length=200, verbose_name="规则名称")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("violation", "明确违规"), ("suspicion", "可疑")], max_length=20, verbose_name="性质"
                    ),
                ),
                ("area", models.CharField(max_length=6, verbose_name="行政区划")),
                ("groups", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_biggest",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_by_rule",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_by_institution",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_by_day",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_of_group",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_by_area",
        ),
        migrations.RemoveIndex(
            model_name="findinggroup",
            name="group_biggest",
        ),
        migrations.RemoveIndex(
            model_name="findinggroup",
            name="group_of_screener",
        ),
        migrations.AlterField(
            model_name="finding",
            name="first_run",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.run"
            ),
        ),
        migrations.AlterField(
            model_name="finding",
            name="gone_in",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.run"
            ),
        ),
        migrations.AlterField(
            model_name="finding",
            name="group",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="findings",
                to="findings.findinggroup",
            ),
        ),
        migrations.AlterField(
            model_name="finding",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="institutions.institution",
            ),
        ),
        migrations.AlterField(
            model_name="findinggroup",
            name="assigned_to",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="findinggroup",
            name="batch",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.run"
            ),
        ),
        migrations.AlterField(
            model_name="findinggroup",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="institutions.institution",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["group", "state", "-amount"], name="finding_of_group"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["area", "-amount"], name="finding_by_area"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)),
                fields=["-amount", "state", "area"],
                name="finding_biggest",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["-day", "state", "area"], name="finding_by_day"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["state", "-amount"], name="finding_by_state"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["rule", "-amount"], name="finding_by_rule"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["institution", "-amount"], name="finding_by_institution"
            ),
        ),
        migrations.AddIndex(
            model_name="findinggroup",
            index=yijian.web.frame.indexes.Falling(fields=["-yuan_new"], name="group_biggest"),
        ),
        migrations.AddIndex(
            model_name="findinggroup",
            index=models.Index(fields=["rule"], name="group_by_rule"),
        ),
        migrations.AddIndex(
            model_name="findinggroup",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("assigned_to", None), _negated=True),
                fields=["assigned_to", "-yuan_new"],
                name="group_of_screener",
            ),
        ),
        migrations.AddField(
            model_name="institutionsum",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="finding_sums",
                to="institutions.institution",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulesum",
            constraint=models.UniqueConstraint(fields=("rule", "rule_title", "verdict", "area"), name="one_sum_a_rule"),
        ),
        migrations.AddConstraint(
            model_name="institutionsum",
            constraint=models.UniqueConstraint(fields=("institution", "verdict", "area"), name="one_sum_an_institution"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=yijian.web.frame.indexes.Falling(
                condition=models.Q(("gone_in", None)), fields=["mapping_error", "-amount"], name="finding_by_mapping"
            ),
        ),
        migrations.RunPython(sum_up, migrations.RunPython.noop),
    ]
