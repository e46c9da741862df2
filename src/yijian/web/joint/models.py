"""Spot checks of transfers, joint inspections, consultations, and what authorities tell each other of penalties."""

from django.conf import settings
from django.db import models

from yijian.web.frame.states import Change
from yijian.web.joint.steps import ItemState


class SpotCheck(models.Model):
    """A draw of handled transfers: anyone can draw it again from the seed, the share, and what was sent in its time."""

    area = models.CharField("区划", max_length=6)
    """Drawn from here and the divisions below."""
    begin = models.DateField("移送日期自")
    end = models.DateField("至")
    share = models.DecimalField("比例", max_digits=6, decimal_places=4)
    seed = models.CharField("种子", max_length=64)
    population = models.PositiveIntegerField("移送件数")
    digest = models.CharField("移送名单的 SHA-256", max_length=64)
    """Of the numbers of all transfers it was drawn from: a later draw from others shows."""
    strata = models.JSONField("分层", default=list)
    """[division, direction and body in words, transfers, drawn]."""
    drawn = models.PositiveIntegerField("抽中")
    at = models.DateTimeField("抽取时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["area", "-at"], name="spot_check_by_area")]  # queries.checks_for

    def __str__(self) -> str:
        return f"{self.area} {self.begin} – {self.end}"


class SpotItem(models.Model):
    """A drawn transfer, looked at by somebody who had no part in it."""

    check_of = models.ForeignKey(SpotCheck, models.PROTECT, related_name="items")
    transfer = models.ForeignKey("transfers.Transfer", models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=12, choices=ItemState.choices, default=ItemState.WAITING)
    answers = models.JSONField("检查情况", default=dict)
    """Question → yes, no, na."""
    said = models.TextField("说明", blank=True)
    corrected = models.TextField("整改情况", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "transfer"], name="drawn_once_a_check")]

    def __str__(self) -> str:
        return f"抽查 {self.pk}"


class ItemChange(Change):
    """A change of state of a drawn transfer."""

    record = models.ForeignKey(SpotItem, models.PROTECT, related_name="changes")
