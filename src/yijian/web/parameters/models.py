"""An area's own values and days, each for a time, never overwritten."""

from django.conf import settings
from django.db import models


class LegalParameter(models.Model):
    """What an area set a parameter to, from a day on. The newest row of the nearest division that is in force counts."""

    key = models.CharField("参数", max_length=60)
    division = models.CharField("行政区划", max_length=6)
    value = models.DecimalField("值", max_digits=16, decimal_places=4, default=0)
    text = models.CharField("文字", max_length=200, blank=True)
    """What it is where it is no number."""
    source = models.TextField("依据")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("设置时间")

    class Meta:
        indexes = [models.Index(fields=["key", "division", "-valid_from"], name="parameter_in_force")]  # queries.value_of

    def __str__(self) -> str:
        return f"{self.key} {self.division} {self.text or self.value}"


class SettledDay(models.Model):
    """A day that an area works or does not, whatever the national calendar says. Its newest row of a day counts.

    A row that withdraws another says neither: the day is again as the divisions above and the national calendar have it.
    """

    division = models.CharField("行政区划", max_length=6)
    day = models.DateField("日期")
    works = models.BooleanField("上班", null=True)
    source = models.TextField("依据")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField("设置时间")
    withdraws = models.OneToOneField("self", models.PROTECT, null=True, related_name="withdrawn_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(works=None, withdraws__isnull=False) | models.Q(works__isnull=False, withdraws=None),
                name="day_settled_or_withdrawn",
            )
        ]
        indexes = [models.Index(fields=["division", "day", "-id"], name="day_settled")]  # the newest row of a day

    def __str__(self) -> str:
        return f"{self.division} {self.day} {self.said}"

    @property
    def said(self) -> str:
        """What it says, in a word."""
        return {True: "上班", False: "休息", None: "撤销"}[self.works]


class Numbering(models.Model):
    """The last number given to documents of one kind, division and year."""

    kind = models.CharField("文书", max_length=40)
    division = models.CharField("行政区划", max_length=6)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "division", "year"], name="numbered_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.division} {self.year} {self.last}"
