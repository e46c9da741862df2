"""Closed months, what people typed, why figures changed after closing."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change
from yijian.web.statistics.periods import Month
from yijian.web.statistics.steps import State

USER = settings.AUTH_USER_MODEL


class MonthTable(models.Model):
    """The figures of an office's month as they were when it was closed: its own, and those that the offices below handed in."""

    area = models.CharField("区划", max_length=6)
    month = models.DateField("月份")
    """Its first day."""
    cells = models.JSONField("当月数", default=dict)
    """division → kind of subject → column → number; yuan as text."""
    corrections = models.JSONField("更正以前月份", default=dict)
    """The same: what earlier months of the year have changed by since they were reported."""
    opening = models.BooleanField("首次关账", default=False)
    """Nothing was reported before: `corrections` are then the earlier months of the year."""
    missing = models.JSONField("未报送的区划", default=list)
    """Divisions below that had handed in nothing when it was closed."""
    digest = models.CharField("哈希", max_length=64)
    """SHA-256 of all of the above (`cells.digest`)."""
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CLOSED)
    closed = models.DateTimeField("关账时间")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    """Who closed it; None where it came as a file."""
    reporter = models.CharField("填表人", max_length=100, blank=True)
    due = models.DateField("报送期限")
    handed = models.DateTimeField("报送时间", null=True)
    handed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    head = models.CharField("单位负责人", max_length=100, blank=True)
    to = models.CharField("上级区划", max_length=6, blank=True)
    proof = models.JSONField(default=list)
    """Head, signature and manifest of the file that it came as: three texts."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "month"], name="month_closed_once"),
            models.CheckConstraint(condition=~models.Q(state="handed") | models.Q(handed__isnull=False), name="handed_in_when"),
        ]
        indexes = [
            # queries.tables_for: newest first, of a state
            Falling(fields=["-month", "area", "state"], name="month_table_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.of}"

    @property
    def of(self) -> Month:
        """Its month."""
        return Month(self.month.year, self.month.month)

    @property
    def late(self) -> bool:
        """Whether it was handed in after its day."""
        return self.handed is not None and timezone.localdate(self.handed) > self.due


class TableChange(Change):
    """A change of state of a month's table."""

    record = models.ForeignKey(MonthTable, models.PROTECT, related_name="changes")


class TypedFigure(models.Model):
    """A number that no ledger knows, as the reporter typed it; until the month is closed it may be typed anew."""

    area = models.CharField("区划", max_length=6)
    month = models.DateField("月份")
    column = models.CharField("栏", max_length=40)
    kind = models.CharField("对象", max_length=12)
    value = models.DecimalField("数", max_digits=18, decimal_places=2)
    note = models.CharField("来源", max_length=200)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "month", "column", "kind"], name="typed_once_a_cell")]

    def __str__(self) -> str:
        return f"{self.area} {self.month} {self.column} {self.kind}"


class Explanation(models.Model):
    """Why the ledgers say of a closed month something else now. Only added to; the newest of a cell counts."""

    table = models.ForeignKey(MonthTable, models.PROTECT, related_name="explanations")
    cells = models.JSONField("各格", default=list)
    """[division, kind of subject, column, reported, now], numbers as text."""
    reason = models.CharField("原因", max_length=300)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.reason
