"""Inspections: whom, by whom, what was looked at, what was seen, what was written and signed, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change
from yijian.web.inspections.kinds import ANSWERS, SUBJECTS, Kind, kinds
from yijian.web.inspections.steps import State


class Inspection(models.Model):
    """One inspection of one institution or agency."""

    number = models.CharField("编号", max_length=60, unique=True)
    title = models.CharField("名称", max_length=100)
    kind = models.CharField("检查方式", max_length=12)
    area = models.CharField("区划", max_length=6)
    """Of the office that inspects."""
    subject_kind = models.CharField("对象类别", max_length=10, choices=list(SUBJECTS.items()))
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+", db_index=False)
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+", db_index=False)
    focuses = models.JSONField("检查清单", default=list)
    """Keys of `checklists.toml`."""
    begin = models.DateField("计划自")
    end = models.DateField("至")
    period_begin = models.DateField("检查数据自", null=True)
    period_end = models.DateField("检查数据至", null=True)
    draw = models.ForeignKey("draws.Draw", models.PROTECT, null=True, related_name="+")
    """The draw that the subject comes from."""
    about = models.CharField("所属行动", max_length=80, blank=True)
    """The record above it, as `campaigns.campaign:17`; '' for none."""
    sealed_until = models.DateTimeField("密封至", null=True)
    """Before it, only who planned it and the head know of it."""
    unsealed = models.BooleanField("已通知检查组", default=True)
    """False until the team of a sealed one is told (`planning.unseal`)."""
    told = models.DateTimeField("对象知悉", null=True)
    """When the subject was told: by the notice, or when the team stood at the door."""
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PLANNED)
    arrived = models.DateTimeField("到场时间", null=True)
    left = models.DateTimeField("离场时间", null=True)
    problem = models.BooleanField("存在问题", null=True)
    found = models.TextField("检查情况", blank=True)
    amount = models.DecimalField("涉及金额", max_digits=18, decimal_places=2, null=True)
    ordered = models.DateField("责令整改日期", null=True)
    mended = models.TextField("整改情况", blank=True)
    opened = models.DateTimeField("拟定时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_kind="agency", institution=None, agency__isnull=False)
                | (~Q(subject_kind="agency") & Q(institution__isnull=False, agency=None)),
                name="inspection_of_one_subject",
            )
        ]
        indexes = [
            # queries.inspections_for: newest first; of a state; of an area
            Falling(fields=["-opened", "state", "area"], name="inspection_newest"),
            Falling(fields=["state", "-opened"], name="inspection_by_state"),
            Falling(fields=["area", "state", "-opened"], name="inspection_by_area"),
            # coverage: who was inspected in a year; the history of a subject
            models.Index(fields=["arrived", "kind", "institution"], name="inspection_arrived"),
            Falling(fields=["institution", "-opened"], name="inspection_of_institution"),
            models.Index(fields=["agency"], name="inspection_of_agency"),
            models.Index(fields=["about"], name="inspection_of_record"),
            models.Index(fields=["sealed_until"], name="inspection_sealed", condition=Q(unsealed=False)),  # planning.unseal
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def how(self) -> Kind:
        """Its line of `kinds.toml`."""
        return kinds()[self.kind]

    @property
    def kind_title(self) -> str:
        """Its kind in words."""
        return self.how.title

    @property
    def who(self) -> str:
        """The subject's name."""
        one = self.institution or self.agency
        return one.name if one else ""


class InspectionMember(models.Model):
    """Somebody of the team; recused or taken out, the row stays."""

    class Duty(models.TextChoices):
        """What one does there."""

        LEADER = "leader", "组长"
        INSPECTOR = "inspector", "检查人员"
        EXPERT = "expert", "专家"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="members", db_index=False)
    code = models.CharField("人员库编号", max_length=20)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=100)
    unit = models.CharField("单位", max_length=200)
    certificate = models.CharField("证件编号", max_length=60, blank=True)
    duty = models.CharField("分工", max_length=10, choices=Duty.choices)
    recused = models.CharField("回避理由", max_length=200, blank=True)
    left = models.DateTimeField("退出时间", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "code"], name="inspection_member_once")]

    def __str__(self) -> str:
        return self.name


class LakeList(models.Model):
    """A list for one of the five verifications, as the data had it: `commit` is the state of the lake it was read from."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="lists")
    kind = models.CharField("核实", max_length=12)
    moment = models.DateTimeField("数据时点")
    commit = models.PositiveIntegerField("数据版本")
    total = models.PositiveIntegerField("全部行数")
    said = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("提取时间")

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.kind}"  # type: ignore[attr-defined]


class InspectionItem(models.Model):
    """One thing that is looked at: a question of a checklist, or a row of a list of the data."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="items", db_index=False)
    place = models.PositiveIntegerField("次序")
    group = models.CharField("清单", max_length=60)
    what = models.CharField("事项", max_length=300)
    how = models.CharField("方法", max_length=300, blank=True)
    of_list = models.ForeignKey(LakeList, models.PROTECT, null=True, related_name="items")
    answer = models.CharField("结果", max_length=6, choices=list(ANSWERS.items()), blank=True)
    contested = models.BooleanField("两人填写不一致", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "place"], name="inspection_item_place")]

    def __str__(self) -> str:
        return self.what


class InspectionEntry(models.Model):
    """What somebody answered to an item, and noted. Nothing is overwritten: the newest counts, all are shown.

    id: made where it was written, on a phone perhaps, so that sending it twice enters it once. seen: the newest entry that its
    writer had before him; where another one stood between and said something else, the item is contested.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(InspectionItem, models.PROTECT, related_name="entries", db_index=False)
    answer = models.CharField("结果", max_length=6, choices=list(ANSWERS.items()))
    note = models.TextField("说明", blank=True)
    seen = models.UUIDField(null=True)
    place = models.PositiveIntegerField()
    """1 for the item's first, one more with each."""
    at = models.DateTimeField("填写时间")
    """By the clock of whoever wrote it."""
    received = models.DateTimeField("收到时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "place"], name="inspection_entry_place")]

    def __str__(self) -> str:
        return str(self.id)


class InspectionEvidence(models.Model):
    """A photograph or file from the spot, with time and place; the file is attached to `inspections.evidence:<id>`."""

    id = models.UUIDField(primary_key=True, editable=False)
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="evidence")
    item = models.ForeignKey(InspectionItem, models.PROTECT, null=True, related_name="evidence")
    taken = models.DateTimeField("取得时间")
    place = models.CharField("取得地点", max_length=200)
    note = models.CharField("说明", max_length=500, blank=True)
    received = models.DateTimeField("收到时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.id)


class SiteRecord(models.Model):
    """A record made on the spot, of the inspection or of an interview. Its paper is written with each version."""

    class Kind(models.TextChoices):
        """Which record."""

        RECORD = "record", "现场检查笔录"
        INTERVIEW = "interview", "询问笔录"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="records")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    person = models.CharField("在场或被询问人", max_length=100)
    post = models.CharField("职务", max_length=100)
    place = models.CharField("地点", max_length=200)
    begun = models.DateTimeField("开始时间")
    ended = models.DateTimeField("结束时间")
    text = models.TextField("内容")
    version = models.PositiveSmallIntegerField("版本", default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("制作时间")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"  # type: ignore[attr-defined]


class SiteSignature(models.Model):
    """Who signed a version of a record, or why he did not; picture or scan are attached to `inspections.signature:<id>`."""

    class Role(models.TextChoices):
        """As what somebody signs."""

        INSPECTOR = "inspector", "检查人员"
        SUBJECT = "subject", "被检查方"
        WITNESS = "witness", "见证人"

    record = models.ForeignKey(SiteRecord, models.PROTECT, related_name="signatures")
    version = models.PositiveSmallIntegerField("笔录版本")
    role = models.CharField("身份", max_length=10, choices=Role.choices)
    name = models.CharField("姓名", max_length=100)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    """Of an inspector who signed for himself."""
    refused = models.CharField("拒签理由", max_length=200, blank=True)
    at = models.DateTimeField("签名时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "version", "role", "name"], name="signed_once_a_version")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.role}"  # type: ignore[attr-defined]


class InspectionChange(Change):
    """A change of state of an inspection."""

    record = models.ForeignKey(Inspection, models.PROTECT, related_name="changes")
