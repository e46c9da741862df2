"""Campaigns with their phases and duties, the returns that they ask for with their rows, and the changes of state of both."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yijian.web.campaigns.kinds import DUTIES, PHASES, SUBJECTS, TARGETS, TO
from yijian.web.campaigns.steps import Filed, State
from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change

ZERO = Decimal(0)


class Campaign(models.Model):
    """One 专项治理 of one division. One below that makes its own plan of it names it as its parent."""

    number = models.CharField("文号", max_length=100, blank=True, db_index=True)
    """Of its notice; '' until it is issued."""
    title = models.CharField("名称", max_length=100)
    basis = models.CharField("依据", max_length=200, blank=True)
    text = models.TextField("治理内容")
    area = models.CharField("区划", max_length=6)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="below")
    template = models.CharField("模板", max_length=40, blank=True)
    kinds = models.JSONField("对象", default=list)
    """Words of `kinds.SUBJECTS`."""
    focuses = models.JSONField("重点", default=list)
    """One or two families of rules."""
    targets = models.JSONField("目标", default=dict)
    """Word of `kinds.TARGETS` → share as text, 0–1."""
    data_begin = models.DateField("数据期间自")
    data_end = models.DateField("数据期间至")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PREPARING)
    opened = models.DateTimeField("拟定时间")
    issued = models.DateField("印发日期", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(data_end__gte=F("data_begin")), name="campaign_data_ends_later")]
        indexes = [
            # queries.campaigns_for: newest first; of a state; of an area
            Falling(fields=["-opened"], name="campaign_newest"),
            Falling(fields=["state", "-opened"], name="campaign_by_state"),
            Falling(fields=["area", "state", "-opened"], name="campaign_by_area"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subjects(self) -> str:
        """Its subject kinds in words."""
        return "、".join(SUBJECTS[word] for word in self.kinds)

    @property
    def aims(self) -> list[tuple[str, str, Decimal]]:
        """(word, title, share) of each target."""
        return [(word, TARGETS[word][0], Decimal(share)) for word, share in self.targets.items()]


class CampaignPhase(models.Model):
    """One phase of a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    kind = models.CharField("阶段", max_length=16, choices=list(PHASES.items()))
    title = models.CharField("名称", max_length=60)
    begin = models.DateField("自")
    end = models.DateField("至")
    tasks = models.TextField("任务", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("begin")), name="campaign_phase_ends_later")]
        ordering = ["begin", "end", "pk"]

    def __str__(self) -> str:
        return self.title


class CampaignDuty(models.Model):
    """Something that an office owes by a day. area: whose; '' until the campaign is issued."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="duties", db_index=False)
    kind = models.CharField("类别", max_length=10, choices=list(DUTIES.items()))
    to = models.CharField("由谁", max_length=6, choices=list(TO.items()))
    area = models.CharField("区划", max_length=6, blank=True)
    title = models.CharField("事项", max_length=100)
    due = models.DateField("期限")
    done = models.DateField("完成日期", null=True)
    note = models.CharField("完成情况", max_length=500, blank=True)
    reminded = models.DateField("最近催办", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "due"], name="campaign_duties_of"),  # the page of a campaign
            models.Index(fields=["area", "campaign"], name="campaign_duty_by_area"),  # queries.campaigns_for
        ]

    def __str__(self) -> str:
        return self.title


class CampaignChange(Change):
    """A change of state of a campaign."""

    record = models.ForeignKey(Campaign, models.PROTECT, related_name="changes")


class SelfInspection(models.Model):
    """The return (自查报告) that one institution or one agency owes to a campaign."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="returns", db_index=False)
    form = models.CharField("表", max_length=10, choices=list(SUBJECTS.items()))
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, db_index=False, related_name="+")
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, db_index=False, related_name="+")
    name = models.CharField("填报单位", max_length=200)
    area = models.CharField("区划", max_length=6)
    due = models.DateField("期限")
    state = models.CharField("状态", max_length=10, choices=Filed.choices, default=Filed.ASKED)
    head = models.JSONField("表头", default=dict)
    zero = models.BooleanField("零报告", default=False)
    statement = models.TextField("零报告说明", blank=True)
    from_excel = models.BooleanField("由 Excel 导入", default=False)
    declared = models.DecimalField("自查金额", max_digits=16, decimal_places=2, default=ZERO)
    pledged = models.DecimalField("承诺退回", max_digits=16, decimal_places=2, default=ZERO)
    returned = models.DateField("报送日期", null=True)
    accepted = models.DateField("受理日期", null=True)
    reminded = models.DateField("最近催报", null=True)
    admitted = models.JSONField("已认可的审核单", default=list)
    """Reviews that were named when it was delivered: their yuan stand in the ledger already, so it goes on naming them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "institution"], name="one_return_of_institution"),
            models.UniqueConstraint(fields=["campaign", "agency"], name="one_return_of_agency"),
            models.CheckConstraint(
                condition=Q(institution=None, agency__isnull=False) | Q(institution__isnull=False, agency=None),
                name="return_of_one",
            ),
            models.CheckConstraint(condition=Q(zero=False) | Q(declared=0, pledged=0), name="zero_return_of_nothing"),
        ]
        indexes = [
            # queries.returns_for: soonest due first, all or of a state; of an area; of an institution, an agency
            models.Index(fields=["due", "state", "area"], name="return_soonest"),
            models.Index(fields=["area", "state", "due"], name="return_by_area"),
            models.Index(fields=["institution", "due"], name="return_of_institution", condition=Q(institution__isnull=False)),
            models.Index(fields=["agency", "due"], name="return_of_agency", condition=Q(agency__isnull=False)),
            # the counts of a campaign
            models.Index(fields=["campaign", "state", "due"], name="return_of_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.name}自查报告"

    @property
    def late(self) -> bool:
        """Whether it came after its day."""
        return self.returned is not None and self.returned > self.due


class SelfInspectionRow(models.Model):
    """One row of a return: what its form says, as text by column; with the money that is added up."""

    filed = models.ForeignKey(SelfInspection, models.CASCADE, related_name="rows", db_index=False)
    place = models.PositiveIntegerField("序号")
    said = models.JSONField("内容")
    involved = models.DecimalField("涉及金额", max_digits=16, decimal_places=2, default=ZERO)
    refund = models.DecimalField("承诺退回", max_digits=16, decimal_places=2, default=ZERO)
    reviews = models.JSONField("审核单", default=list)
    """Reviews that the row names: its yuan stand in the ledger under them."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filed", "place"], name="return_row_place")]

    def __str__(self) -> str:
        return f"{self.filed_id} {self.place}"  # type: ignore[attr-defined]


class SelfInspectionChange(Change):
    """A change of state of a return."""

    record = models.ForeignKey(SelfInspection, models.PROTECT, related_name="changes")
