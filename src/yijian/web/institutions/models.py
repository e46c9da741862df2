"""Designated institutions."""

from django.db import models


class Institution(models.Model):
    """One institution of the newest load; figures are of all valid settlements in the lake, refunds taken off."""

    class Kind(models.TextChoices):
        """`fixmedins_type`."""

        MEDICAL = "1", "医疗机构"
        PHARMACY = "2", "零售药店"

    code = models.CharField("机构编码", max_length=40, primary_key=True)
    name = models.CharField("机构名称", max_length=200)
    kind = models.CharField("类别", max_length=2, choices=Kind.choices, blank=True)
    level = models.PositiveSmallIntegerField("级别", null=True)
    level_code = models.CharField("等级代码", max_length=10, blank=True)
    beds = models.PositiveIntegerField("床位", null=True)
    area = models.CharField("行政区划", max_length=12, blank=True)
    settlements = models.PositiveBigIntegerField("结算笔数", default=0)
    fees = models.DecimalField("医疗费总额", max_digits=18, decimal_places=2, default=0)
    fund = models.DecimalField("基金支付", max_digits=18, decimal_places=2, default=0)

    class Meta:
        indexes = [models.Index(fields=["kind", "level"], name="inst_peers")]  # queries.peers_of

    def __str__(self) -> str:
        return self.name
