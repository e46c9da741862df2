"""Leads and their changes of state."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change
from yijian.web.leads.steps import Result, State


class Lead(models.Model):
    """Something that may be wrong, from whatever source, until it has a result."""

    class Source(models.TextChoices):
        """Where it comes from."""

        FINDING = "finding", "智能监控疑点"
        REVIEW = "review", "审核转办"
        TIP = "tip", "举报"
        INSPECTION = "inspection", "监督检查"
        TRANSFER = "transfer", "部门移送"
        SUPERIOR = "superior", "上级交办"
        MEDIA = "media", "媒体曝光"
        SELF_REPORT = "self_report", "自查自报"

    class Grade(models.TextChoices):
        """How much it is worth looking into; '' until somebody has said so."""

        A = "A", "重点"
        B = "B", "一般"
        C = "C", "参考"

    class Subject(models.TextChoices):
        """Whom it is about."""

        INSTITUTION = "institution", "定点医药机构"
        PERSON = "person", "参保人员"
        AGENCY = "agency", "经办机构"
        OTHER = "other", "其他单位"

    number = models.CharField("线索编号", max_length=60, unique=True)
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    about = models.CharField("来源记录", max_length=80, blank=True)
    """The record that it was made from: `findings.group:…`, `tips.tip:…`; '' for what came on paper."""
    reference = models.CharField("来源文号", max_length=100, blank=True)
    received = models.DateField("收到日期")
    subject_kind = models.CharField("对象类别", max_length=12, choices=Subject.choices)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+")
    subject = models.CharField("对象", max_length=200, blank=True)
    """A firm's or agency's name, or a person's number; '' where it is the institution."""
    title = models.CharField("线索", max_length=200)
    facts = models.TextField("内容")
    amount = models.DecimalField("估计金额", max_digits=18, decimal_places=2, null=True)
    begin = models.DateField("行为发生自", null=True)
    end = models.DateField("至", null=True)
    grade = models.CharField("价值", max_length=1, choices=Grade.choices, blank=True)
    area = models.CharField("承办区划", max_length=6)
    handed_by = models.CharField("交办区划", max_length=6, blank=True)
    """The division above that handed it down and accepts the result."""
    raised_by = models.CharField("上报区划", max_length=6, blank=True)
    """The division below that passed it up last, and goes on seeing it."""
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    extended = models.BooleanField("已延期", default=False)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.REGISTERED)
    result = models.CharField("核查结果", max_length=12, choices=Result.choices, blank=True)
    established = models.TextField("查明情况", blank=True)
    proved_amount = models.DecimalField("查实金额", max_digits=18, decimal_places=2, null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    opened = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about"], condition=~Q(about=""), name="one_lead_of_a_record"),
            models.CheckConstraint(condition=~Q(state="closed") | ~Q(result=""), name="closed_lead_has_result"),
            models.CheckConstraint(condition=~Q(state="merged") | Q(merged_into__isnull=False), name="merged_lead_into_what"),
        ]
        indexes = [
            # queries.leads_for: of a state, of an area, newest first; of an officer
            Falling(fields=["state", "-opened"], name="lead_by_state"),
            Falling(fields=["area", "state", "-opened"], name="lead_by_area"),
            models.Index(fields=["handed_by", "state"], name="lead_handed_by", condition=Q(handed_by__gt="")),
            models.Index(fields=["raised_by", "state"], name="lead_raised_by", condition=Q(raised_by__gt="")),
            models.Index(fields=["officer", "state"], name="lead_of_officer"),
            Falling(fields=["-opened", "state", "area", "source", "grade"], name="lead_newest"),
            Falling(fields=["-amount"], name="lead_biggest"),
            # alike.alike
            models.Index(fields=["institution", "-opened"], name="lead_of_institution"),
            models.Index(fields=["subject"], name="lead_of_subject"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def who(self) -> str:
        """Whom it is about, in words; a person's number is not shown."""
        if self.institution is not None:
            return self.institution.name
        return "参保人员（编号见详情）" if self.subject_kind == self.Subject.PERSON else self.subject or "不明"


class LeadChange(Change):
    """A change of state of a lead."""

    record = models.ForeignKey(Lead, models.PROTECT, related_name="changes")
