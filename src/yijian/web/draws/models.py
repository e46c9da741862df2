"""Draws: what is drawn from, who takes part, what was drawn; and the register of those who can be drawn."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from yijian.draws.frozen import KINDS, WHOLE
from yijian.web.draws.steps import State
from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change


class Draw(models.Model):
    """One draw. A redraw is a new one that names the one before."""

    number = models.CharField("文号", max_length=100, blank=True, db_index=True)
    """Of the notice of its list; '' until it is frozen."""
    title = models.CharField("名称", max_length=100)
    kind = models.CharField("对象", max_length=16, choices=list(KINDS.items()))
    area = models.CharField("区划", max_length=6)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PREPARING)
    sealed_until = models.DateTimeField("密封至", null=True)
    """No secret is taken before this moment, so that the result does not exist anywhere."""
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="after")
    before_hash = models.CharField("前次记录的哈希", max_length=64, blank=True)
    reason = models.CharField("重新抽取的理由", max_length=200, blank=True)
    list_hash = models.CharField("名单的哈希", max_length=64, blank=True)
    record_hash = models.CharField("记录的哈希", max_length=64, blank=True)
    opened = models.DateTimeField("拟定时间")
    frozen_at = models.DateTimeField("冻结时间", null=True)
    drawn_at = models.DateTimeField("抽取时间", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            # queries.draws_for: newest first; of a state; of an area
            Falling(fields=["-opened"], name="draw_newest"),
            Falling(fields=["state", "-opened"], name="draw_by_state"),
            Falling(fields=["area", "state", "-opened"], name="draw_by_area"),
        ]

    def __str__(self) -> str:
        return self.title


class DrawBody(models.Model):
    """A body that takes part: an organisation with accounts, or one that hands in papers (`organisation` None)."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="bodies")
    place = models.PositiveSmallIntegerField()
    name = models.CharField("名称", max_length=200)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    commitment = models.CharField("承诺", max_length=64, blank=True)
    committed_at = models.DateTimeField("承诺时间", null=True)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    secret = models.CharField("秘密", max_length=64, blank=True)
    """'' until it is shown: what is not shown is not kept."""
    revealed_at = models.DateTimeField("揭示时间", null=True)
    revealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "place"], name="draw_body_place"),
            models.UniqueConstraint(fields=["draw", "name"], name="draw_body_name"),
        ]

    def __str__(self) -> str:
        return self.name


class DrawStratum(models.Model):
    """How many of a stratum are drawn: at least `number`, at least `share` ten-thousandths. Neither: it stays out."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="strata")
    name = models.CharField("分层", max_length=100)
    number = models.PositiveIntegerField("至少", default=0)
    share = models.PositiveIntegerField("比例", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "name"], name="draw_stratum_once"),
            models.CheckConstraint(condition=Q(share__lte=WHOLE), name="draw_share_at_most_all"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> str:
        """20 for 2000, 12.5 for 1250."""
        return f"{self.share / 100:g}"


class DrawObject(models.Model):
    """Who may be drawn. code: an institution's code, `R7` of the register; place: in the result, None for not drawn."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="objects_of", db_index=False)
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=200)
    stratum = models.CharField("分层", max_length=100)
    weight = models.PositiveSmallIntegerField("权重", default=1)
    recused = models.CharField("回避理由", max_length=200, blank=True)
    cooling = models.CharField("冷却", max_length=200, blank=True)
    place = models.PositiveIntegerField("次序", null=True)
    drawn_on = models.DateField("抽中日期", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "code"], name="draw_object_once")]
        indexes = [
            models.Index(fields=["draw", "place"], name="draw_objects_drawn"),  # views: who was drawn, in their order
            models.Index(fields=["drawn_on"], condition=Q(drawn_on__isnull=False), name="draw_objects_lately"),  # sources
        ]

    def __str__(self) -> str:
        return self.name


class DrawFile(models.Model):
    """The list as it was frozen, the record as it was drawn: the exact text of the file."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="files")
    form = models.CharField(max_length=6, choices=[("list", "名单"), ("record", "记录")])
    content = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "form"], name="draw_file_once")]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.form}"  # type: ignore[attr-defined]


class DrawMember(models.Model):
    """Somebody who can be drawn: an inspector with an account, an expert, an assessor. Ended, never deleted."""

    class Kind(models.TextChoices):
        """The kinds of a draw that draw people."""

        INSPECTORS = "inspectors", "检查人员"
        EXPERTS = "experts", "专家"
        ASSESSORS = "assessors", "评估人员"

    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    area = models.CharField("区划", max_length=6)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=100)
    unit = models.CharField("单位", max_length=200)
    field = models.CharField("专业", max_length=50, blank=True)
    certificate = models.CharField("证件编号", max_length=60, blank=True)
    until = models.DateField("证件有效期至", null=True)
    ended = models.DateField("退出日期", null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "area", "name"], name="draw_members_of")]  # queries.members_for

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """How lists name the person: no name leaves with a record."""
        return f"R{self.pk}"


class DrawChange(Change):
    """A change of state of a draw."""

    record = models.ForeignKey(Draw, models.PROTECT, related_name="changes")
