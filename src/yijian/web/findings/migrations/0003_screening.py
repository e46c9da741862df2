"""Groups of findings, states and decisions. Findings that are there already get their group and division."""

from decimal import Decimal
from hashlib import blake2b

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def group_all(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    finding, group = apps.get_model("findings", "Finding"), apps.get_model("findings", "FindingGroup")
    keys = ("rule", "institution_id", "first_run_id", "verdict", "institution__area")
    groups = []
    for rule, institution, run, verdict, area in finding.objects.order_by().values_list(*keys).distinct().iterator():
        text = "|".join((rule, institution or "", run, verdict))
        group_id, area = blake2b(text.encode(), digest_size=16).hexdigest(), (area or "000000")[:6]
        same = finding.objects.filter(rule=rule, institution_id=institution, first_run_id=run, verdict=verdict)
        same.update(group_id=group_id, area=area)
        sums = same.filter(gone_in=None).aggregate(
            n=models.Count("pk"), yuan=models.Sum("amount"), title=models.Max("rule_title")
        )
        groups.append(
            group(
                id=group_id,
                rule=rule,
                rule_title=sums["title"] or rule,
                verdict=verdict,
                institution_id=institution,
                batch_id=run,
                area=area,
                n_new=sums["n"],
                yuan_new=sums["yuan"] or Decimal(0),
            )
        )
    group.objects.bulk_create(groups, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0002_mapping_error"),
        ("institutions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Screened",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "old",
                    models.CharField(
                        choices=[
                            ("new", "待筛查"),
                            ("confirmed", "属实"),
                            ("review", "审核中"),
                            ("rejected", "已排除"),
                            ("mapping", "对照错误"),
                            ("merged", "已合并"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "new",
                    models.CharField(
                        choices=[
                            ("new", "待筛查"),
                            ("confirmed", "属实"),
                            ("review", "审核中"),
                            ("rejected", "已排除"),
                            ("mapping", "对照错误"),
                            ("merged", "已合并"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("new", "待筛查"),
                            ("confirmed", "属实"),
                            ("review", "审核中"),
                            ("rejected", "已排除"),
                            ("mapping", "对照错误"),
                            ("merged", "已合并"),
                        ],
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("findings", models.PositiveIntegerField(verbose_name="疑点数")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="金额")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
            ],
        ),
        migrations.AddField(
            model_name="finding",
            name="area",
            field=models.CharField(default="", max_length=6, verbose_name="行政区划"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="finding",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="findings.finding"
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "待筛查"),
                    ("confirmed", "属实"),
                    ("review", "审核中"),
                    ("rejected", "已排除"),
                    ("mapping", "对照错误"),
                    ("merged", "已合并"),
                ],
                default="new",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.CreateModel(
            name="FindingGroup",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=100, verbose_name="规则")),
                ("rule_title", models.CharField(max_length=200, verbose_name="规则名称")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("violation", "明确违规"), ("suspicion", "可疑")], max_length=20, verbose_name="性质"
                    ),
                ),
                ("area", models.CharField(max_length=6, verbose_name="行政区划")),
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
                    "assigned_to",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="findings.run")),
                (
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding_groups",
                        to="institutions.institution",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="finding",
            name="group",
            field=models.ForeignKey(
                db_constraint=False,
                default="",
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="findings",
                to="findings.findinggroup",
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["setl_id"], name="finding_by_settlement"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["group", "gone_in", "state", "-amount"], name="finding_of_group"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["area", "gone_in", "-amount"], name="finding_by_area"),
        ),
        migrations.AddField(
            model_name="screened",
            name="finding",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="screened", to="findings.finding"),
        ),
        migrations.AddField(
            model_name="screening",
            name="by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="screening",
            name="undone_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="screened",
            name="screening",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="findings.screening"),
        ),
        migrations.AddIndex(
            model_name="findinggroup",
            index=models.Index(fields=["-yuan_new"], name="group_biggest"),
        ),
        migrations.AddIndex(
            model_name="findinggroup",
            index=models.Index(fields=["institution", "rule"], name="group_by_institution"),
        ),
        migrations.AddIndex(
            model_name="findinggroup",
            index=models.Index(fields=["assigned_to", "-yuan_new"], name="group_of_screener"),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(fields=["by", "-at"], name="screening_newest"),
        ),
        migrations.AddConstraint(
            model_name="screened",
            constraint=models.UniqueConstraint(fields=("screening", "finding"), name="screened_once"),
        ),
        migrations.RunPython(group_all, migrations.RunPython.noop),
    ]
