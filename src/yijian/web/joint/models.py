"""Spot checks of transfers, joint inspections, consultations, and what authorities tell each other of penalties."""

from django.conf import settings
from django.db import models

from yijian.web.frame.states import Change
from yijian.web.joint.steps import ItemState, MeetingState, PlanState


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


class Party(models.Model):
    """Another authority's part in something: whether it has agreed, by whom. The own model adds the record."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    opinion = models.TextField("意见", blank=True)
    agreed = models.DateTimeField("同意时间", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Of the authority itself; of our office where it agreed on paper."""

    class Meta:
        abstract = True


class JointPlan(models.Model):
    """A joint inspection: planned with other authorities, agreed by each, held, with its result."""

    number = models.CharField("文号", max_length=100, blank=True, db_index=True)
    area = models.CharField("区划", max_length=6)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("方案", max_length=200)
    focus = models.TextField("检查重点")
    work = models.TextField("组织与分工")
    begin = models.DateField("检查日期自")
    end = models.DateField("至")
    state = models.CharField("状态", max_length=12, choices=PlanState.choices)
    outcome = models.TextField("检查情况", blank=True)
    opened = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["area", "-opened"], name="joint_plan_by_area")]  # planning.plans_for

    def __str__(self) -> str:
        return self.number or f"联合检查方案 {self.pk}"


class PlanPartner(Party):
    """An authority that inspects with us."""

    plan = models.ForeignKey(JointPlan, models.PROTECT, related_name="partners")

    class Meta(Party.Meta):
        constraints = [models.UniqueConstraint(fields=["plan", "organisation"], name="partner_once_a_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.organisation_id}"  # type: ignore[attr-defined]


class Visit(models.Model):
    """An institution of a joint inspection, and what was found there; a lead may be made from it (`joint.visit:…`)."""

    plan = models.ForeignKey(JointPlan, models.PROTECT, related_name="visits")
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    day = models.DateField("检查日期", null=True)
    found = models.TextField("检查情况", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "institution"], name="visited_once_a_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.institution_id}"  # type: ignore[attr-defined]


class PlanChange(Change):
    """A change of state of a joint inspection."""

    record = models.ForeignKey(JointPlan, models.PROTECT, related_name="changes")


class YearlyDuty(models.Model):
    """That an office's clock of the yearly joint inspection was started: once a year, by whichever worker comes first."""

    area = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="one_duty_a_year")]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"


class Consultation(models.Model):
    """Authorities talk about a case, a lead or a transfer: called, minuted, confirmed by each, and done."""

    number = models.CharField("纪要文号", max_length=100, blank=True, db_index=True)
    area = models.CharField("区划", max_length=6)
    about = models.CharField("事项", max_length=80)
    """`cases.case:…`, `leads.lead:…`, `transfers.transfer:…`"""
    matter = models.CharField("事项编号", max_length=120)
    """The same in words, as all participants see it."""
    title = models.CharField("议题", max_length=200)
    agenda = models.TextField("会商内容")
    day = models.DateField("日期")
    place = models.CharField("地点", max_length=200)
    state = models.CharField("状态", max_length=12, choices=MeetingState.choices)
    minutes = models.TextField("会商情况", blank=True)
    ours = models.TextField("医保部门意见", blank=True)
    conclusion = models.TextField("会商结论", blank=True)
    opened = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            # consulting.meetings_for, consulting.meetings_about
            models.Index(fields=["area", "-opened"], name="consultation_by_area"),
            models.Index(fields=["about"], name="consultation_of_record"),
        ]

    def __str__(self) -> str:
        return self.number or f"会商 {self.pk}"


class Participant(Party):
    """An authority that takes part."""

    meeting = models.ForeignKey(Consultation, models.PROTECT, related_name="participants")

    class Meta(Party.Meta):
        constraints = [models.UniqueConstraint(fields=["meeting", "organisation"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.organisation_id}"  # type: ignore[attr-defined]


class Task(models.Model):
    """What was agreed that somebody does by a day."""

    meeting = models.ForeignKey(Consultation, models.PROTECT, related_name="tasks")
    what = models.CharField("事项", max_length=300)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    due = models.DateField("期限")
    done = models.DateField("完成日", null=True)
    said = models.TextField("完成情况", blank=True)

    def __str__(self) -> str:
        return self.what


class ConsultationChange(Change):
    """A change of state of a consultation."""

    record = models.ForeignKey(Consultation, models.PROTECT, related_name="changes")


class Penalised(models.Model):
    """An institution or a doctor that an authority has penalised, as it tells the others. Our decisions stand in the cases."""

    class Kind(models.TextChoices):
        """Whom."""

        INSTITUTION = "institution", "机构"
        DOCTOR = "doctor", "医务人员"

    area = models.CharField("区划", max_length=6)
    giver = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField("对象", max_length=12, choices=Kind.choices)
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+")
    """The institution itself, or where the doctor works."""
    name = models.CharField("名称", max_length=200)
    """A doctor's shortened: 王某某."""
    role = models.CharField("职务", max_length=50, blank=True)
    measure = models.CharField("处理", max_length=200)
    number = models.CharField("文号", max_length=100)
    day = models.DateField("决定日期")
    reason = models.CharField("事由", max_length=300)
    withdrawn = models.CharField("撤回原因", max_length=300, blank=True)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            # exchange.told_to
            models.Index(fields=["area", "-day"], name="penalised_by_area"),
            models.Index(fields=["giver", "-day"], name="penalised_by_giver"),
        ]

    def __str__(self) -> str:
        return self.number
