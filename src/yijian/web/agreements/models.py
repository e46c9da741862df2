"""Measures under service agreements, and their changes of state."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yijian.web.agreements.kinds import Kind, kinds
from yijian.web.agreements.steps import State
from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change


class AgreementMeasure(models.Model):
    """One thing done to one institution because it broke its agreement."""

    number = models.CharField("文号", max_length=100, blank=True, db_index=True)
    """Of its letter; '' until it is decided."""
    kind = models.CharField("处理措施", max_length=24)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    area = models.CharField("区划", max_length=6)
    about = models.CharField("来源记录", max_length=80, blank=True)
    """`cases.case:…` or `leads.lead:…`; '' for none."""
    reason = models.TextField("违约事实")
    clause = models.CharField("协议条款", max_length=300)
    target = models.CharField("科室或人员代码", max_length=100, blank=True)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2, null=True)
    points = models.PositiveSmallIntegerField("记分", null=True)
    due = models.DateField("日期", null=True)
    begin = models.DateField("起", null=True)
    end = models.DateField("止", null=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    opened = models.DateTimeField("提请时间")
    decided = models.DateField("决定日期", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("begin")), name="agreement_measure_ends_later")
        ]
        indexes = [
            # queries.measures_for: of a state, of an area, newest first; of an institution; of a record
            Falling(fields=["state", "-opened"], name="agreement_by_state"),
            Falling(fields=["area", "state", "-opened"], name="agreement_by_area"),
            Falling(fields=["-opened", "state", "area"], name="agreement_newest"),
            Falling(fields=["institution", "-opened"], name="agreement_of_institution"),
            models.Index(fields=["about"], name="agreement_of_record"),
        ]

    def __str__(self) -> str:
        return self.number or f"协议处理 {self.pk}"

    @property
    def what(self) -> Kind:
        """Its line of `measures.toml`."""
        return kinds()[self.kind]

    @property
    def title(self) -> str:
        """The measure in words."""
        return self.what.title


class AgreementChange(Change):
    """A change of state of a measure."""

    record = models.ForeignKey(AgreementMeasure, models.PROTECT, related_name="changes")
