"""The recovery ledger: what each doubtful thing came to at each stage, entry by entry, and the money that came in."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from yijian.web.frame.indexes import Falling

ZERO = Decimal(0)


class Stage(models.TextChoices):
    """How far a yuan has come. Each column of `Recovery` of this name is the sum of its entries."""

    IDENTIFIED = "identified", "发现"
    NOTIFIED = "notified", "告知"
    ADMITTED = "admitted", "机构认可"
    CONFIRMED = "confirmed", "认定"
    ORDERED = "ordered", "责令退回"
    REPAID = "repaid", "已退回"
    WRITTEN_OFF = "written_off", "核销"


class Order(models.Model):
    """A letter that orders an institution to repay what was confirmed, by a day."""

    number = models.CharField("文号", max_length=60, unique=True)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    at = models.DateTimeField("责令时间")
    due = models.DateField("退回期限")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    pledged = models.DateField("机构承诺退回日", null=True)

    def __str__(self) -> str:
        return self.number


class Letter(models.Model):
    """What an order said when it was sent (`documents.order.Order` as data); its file is made from it when asked for."""

    order = models.OneToOneField(Order, models.PROTECT, primary_key=True, related_name="letter")
    said = models.JSONField("内容")

    def __str__(self) -> str:
        return str(self.order)


class Payment(models.Model):
    """Money that came in. reference: the bank's or treasury's number, never taken twice. left: not yet set against orders."""

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    day = models.DateField("到账日")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2)
    left = models.DecimalField("未冲抵", max_digits=18, decimal_places=2)
    reference = models.CharField("流水号", max_length=80, unique=True)
    payer = models.CharField("付款单位", max_length=200, blank=True)
    note = models.CharField("摘要", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间")

    class Meta:
        indexes = [models.Index(fields=["area", "-day"], name="payment_newest")]  # queries.payments_for

    def __str__(self) -> str:
        return self.reference


class Recovery(models.Model):
    """One doubtful thing on one bill (`about`: `reviews.line:33`): fund yuan at each stage. In the ledger once."""

    about = models.CharField("来源", max_length=80, unique=True)
    review = models.PositiveBigIntegerField("审核单")
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    area = models.CharField("行政区划", max_length=6)
    rule = models.CharField("规则", max_length=100, blank=True)
    rule_title = models.CharField("规则名称", max_length=200, blank=True)
    fund_type = models.CharField("险种", max_length=10, blank=True)
    month = models.DateField("发现月份")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="recoveries")
    identified = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)
    notified = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)
    admitted = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)
    confirmed = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)
    ordered = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)
    repaid = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)
    written_off = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)

    class Meta:
        indexes = [
            # queries.recoveries_for, and the sums by month, institution and rule in an area
            models.Index(fields=["area", "month"], name="recovery_by_month"),
            models.Index(fields=["institution", "order"], name="recovery_of_institution"),
            models.Index(fields=["review"], name="recovery_of_review"),
            # the list as it opens
            Falling(fields=["-confirmed", "area"], name="recovery_biggest"),
        ]
        constraints = [
            # A yuan comes back once, and only one that was ordered.
            models.CheckConstraint(
                condition=models.Q(ordered__gte=models.F("repaid") + models.F("written_off")), name="repaid_within_ordered"
            ),
            models.CheckConstraint(condition=models.Q(confirmed__gte=models.F("ordered")), name="ordered_within_confirmed"),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def record(self) -> tuple[str, str]:
        """Words for what it comes from, and the address of its page."""
        kind, _, key = self.about.partition(":")
        if kind == "campaigns.selfinspection":
            return ("自查报告", f"/campaigns/returns/{key.partition('.')[0]}/")
        return ("案件", f"/cases/{key}/") if kind == "cases.case" else (f"审核单 {self.review}", f"/reviews/{self.review}/")

    @property
    def open(self) -> Decimal:
        """Ordered and neither repaid nor written off."""
        return self.ordered - self.repaid - self.written_off


class Particulars(models.Model):
    """What a letter says of a row of the ledger, as it was confirmed. Apart from the row, whose sums must be read fast."""

    recovery = models.OneToOneField(Recovery, models.PROTECT, primary_key=True, related_name="particulars")
    bill = models.CharField("结算", max_length=64, blank=True)
    day = models.DateField("结算日期", null=True)
    what = models.TextField("问题")
    basis = models.TextField("依据", blank=True)
    counted = models.DecimalField("疑点金额", max_digits=16, decimal_places=2)
    """Its yuan on the bill, of which the fund paid a part."""

    def __str__(self) -> str:
        return self.what[:40]


class Entry(models.Model):
    """One booking: only ever added."""

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="entries")
    stage = models.CharField("阶段", max_length=12, choices=Stage.choices)
    amount = models.DecimalField("金额", max_digits=16, decimal_places=2)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="entries")
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["stage", "at"], name="entry_by_stage")]  # queries.by_month

    def __str__(self) -> str:
        return f"{self.stage} {self.amount}"
