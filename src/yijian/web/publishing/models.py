"""Publications of cases, their editions, and their changes of state."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change
from yijian.web.publishing.steps import Decline, Kind, State, Withdrawal


class Publication(models.Model):
    """A penalty decision or a typical case on its way to the public page, or the decision that it does not go there."""

    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    area = models.CharField("区划", max_length=6)
    organ = models.CharField("机关", max_length=200)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.DRAFTED)
    current = models.ForeignKey("Edition", models.PROTECT, null=True, related_name="+")
    """What the public reads while it is published; None before the first approval."""
    published = models.DateField("公开日期", null=True)
    until = models.DateField("公示截止日", null=True)
    """The last day on the public page; after it nothing stands there."""
    changed = models.DateTimeField("公众所见的最后变动", null=True)
    """When what the public reads last changed: approved, found wrong, corrected, withdrawn."""
    withdrawn = models.DateField("撤回日期", null=True)
    withdrawal = models.CharField("撤回原因", max_length=12, choices=Withdrawal.choices, blank=True)
    decline = models.CharField("不予公开的情形", max_length=12, choices=Decline.choices, blank=True)
    opened = models.DateTimeField("起草时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "case"], condition=~models.Q(state="withdrawn"), name="published_once_a_case"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("published", "flagged", "corrected", "withdrawn"))
                | models.Q(current__isnull=False, published__isnull=False, until__isnull=False, changed__isnull=False),
                name="public_has_edition",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") | ~models.Q(withdrawal=""), name="withdrawn_has_reason"
            ),
            models.CheckConstraint(condition=~models.Q(state="declined") | ~models.Q(decline=""), name="declined_has_ground"),
        ]
        indexes = [
            # queries.publications_for: of a state, of an area, newest first
            Falling(fields=["state", "-opened"], name="publication_by_state"),
            Falling(fields=["area", "state", "-opened"], name="publication_by_area"),
            Falling(fields=["-opened", "state", "area"], name="publication_newest"),
            # public.changes: what changed last
            models.Index(fields=["-changed"], name="publication_by_change", condition=models.Q(published__isnull=False)),
            # public.shown: newest first, of a kind
            models.Index(fields=["-published"], name="publication_by_day", condition=models.Q(published__isnull=False)),
            models.Index(fields=["kind", "-published"], name="publication_by_kind", condition=models.Q(published__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"  # type: ignore[attr-defined]

    @property
    def over(self) -> bool:
        """Whether its last day on the public page has passed."""
        return self.until is not None and self.until < timezone.localdate()

    @property
    def about(self) -> str:
        """As clocks name it."""
        return f"publishing.publication:{self.pk}"


class Edition(models.Model):
    """One wording of a publication; what is corrected gets another one. Texts stand here as the public reads them."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="editions")
    title = models.CharField("标题", max_length=200)
    party = models.CharField("当事人", max_length=200, blank=True)
    """An institution's or firm's name; a person's shortened one."""
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    number = models.CharField("决定书文号", max_length=100, blank=True)
    text = models.TextField("违法事实或案情")
    basis = models.CharField("依据", max_length=500, blank=True)
    penalty = models.CharField("处罚种类与内容", max_length=500, blank=True)
    fine = models.DecimalField("罚款", max_digits=18, decimal_places=2, null=True)
    repay = models.DecimalField("责令退回", max_digits=18, decimal_places=2, null=True)
    decided = models.DateField("决定日期", null=True)
    note = models.CharField("更正说明", max_length=300, blank=True)
    keeps_name = models.BooleanField("保留机构名称", default=True)
    original_title = models.CharField("去标识前的标题", max_length=200)
    original = models.TextField("去标识前")
    """What was written; it never leaves the office."""
    person = models.CharField("当事人姓名", max_length=40, blank=True)
    """Of a party that is a person; like `names` it never leaves the office."""
    names = models.JSONField("另列的人员姓名", default=list)
    """Names that the author adds to those of the record."""
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [  # whoever wrote it does not approve it
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("by")), name="edition_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PublicationChange(Change):
    """A change of state of a publication."""

    record = models.ForeignKey(Publication, models.PROTECT, related_name="changes")
