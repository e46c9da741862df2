"""Extrapolations: what was drawn from, what was drawn, and what the review of each bill said."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yijian.web.extrapolation.steps import State
from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change


class Extrapolation(models.Model):
    """One sample of the bills of one institution. begin, end: days of settlement, both included."""

    class Bills(models.TextChoices):
        """Which bills are drawn from."""

        STAYS = "stays", "住院结算"
        OTHERS = "others", "门诊和购药结算"

    number = models.CharField("编号", max_length=100, unique=True)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    area = models.CharField("区划", max_length=6)
    bills = models.CharField("抽取范围", max_length=8, choices=Bills.choices)
    begin = models.DateField("起")
    end = models.DateField("止")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.REVIEWING)
    snapshot = models.PositiveIntegerField("数据版本")
    seed = models.CharField("种子", max_length=64)
    list_hash = models.CharField("名单的哈希", max_length=64)
    expected = models.DecimalField("预计违规占比", max_digits=5, decimal_places=4)
    precision = models.DecimalField("期望误差", max_digits=5, decimal_places=4)
    opened = models.DateTimeField("抽取时间")
    concluded = models.DateTimeField("结论时间", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("begin")), name="extrapolation_ends_later")]
        indexes = [
            # queries.extrapolations_for: newest first; of a state; of an area; of an institution
            Falling(fields=["-opened"], name="extrapolation_newest"),
            Falling(fields=["state", "-opened"], name="extrapolation_by_state"),
            Falling(fields=["area", "state", "-opened"], name="extrapolation_by_area"),
            Falling(fields=["institution", "-opened"], name="extrapolation_of"),
        ]

    def __str__(self) -> str:
        return self.number


class ExtrapolationStratum(models.Model):
    """Bills of about the same cost: above `above` yuan of the fund up to `most`."""

    extrapolation = models.ForeignKey(Extrapolation, models.PROTECT, related_name="strata")
    place = models.PositiveSmallIntegerField("次序")
    above = models.DecimalField("超过", max_digits=18, decimal_places=2)
    most = models.DecimalField("不超过", max_digits=18, decimal_places=2)
    units = models.PositiveIntegerField("总份数")
    amount = models.DecimalField("总金额", max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["extrapolation", "place"], name="extrapolation_stratum_once")]

    def __str__(self) -> str:
        return f"{self.above:,.2f} 至 {self.most:,.2f} 元"


class SampledBill(models.Model):
    """A bill that was drawn. wrong: yuan of the fund that the review found wrong, None until it is reviewed."""

    extrapolation = models.ForeignKey(Extrapolation, models.PROTECT, related_name="sampled")
    stratum = models.ForeignKey(ExtrapolationStratum, models.PROTECT, related_name="sampled")
    place = models.PositiveIntegerField("序号")
    setl_id = models.CharField("结算号", max_length=40)
    mdtrt_id = models.CharField("就诊号", max_length=40, blank=True)
    day = models.DateField("结算日期")
    cost = models.DecimalField("基金支付", max_digits=18, decimal_places=2)
    wrong = models.DecimalField("违规金额", max_digits=18, decimal_places=2, null=True)
    reason = models.CharField("违规事实", max_length=300, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["extrapolation", "place"], name="sampled_bill_place"),
            models.UniqueConstraint(fields=["extrapolation", "setl_id"], name="sampled_bill_once"),
            models.CheckConstraint(condition=Q(wrong=None) | Q(wrong__gte=0, wrong__lte=F("cost")), name="sampled_bill_wrong"),
        ]

    def __str__(self) -> str:
        return self.setl_id


class ExtrapolationChange(Change):
    """A change of state of an extrapolation."""

    record = models.ForeignKey(Extrapolation, models.PROTECT, related_name="changes")
