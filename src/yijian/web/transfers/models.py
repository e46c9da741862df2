"""Transfers, the lines of their lists, and their changes of state."""

from django.conf import settings
from django.db import models

from yijian.web.frame.states import Change
from yijian.web.transfers.bodies import bodies, categories
from yijian.web.transfers.steps import Result, State


class Transfer(models.Model):
    """A case or lead that goes to another authority, or comes from one, until its result is known."""

    class Direction(models.TextChoices):
        """Which way."""

        OUT = "out", "移出"
        IN = "in", "移入"

    direction = models.CharField("方向", max_length=3, choices=Direction.choices)
    number = models.CharField("移送书文号", max_length=100, blank=True, db_index=True)
    """Ours when sent; theirs, if they said one, where it comes in."""
    body = models.CharField("部门", max_length=20)
    category = models.CharField("类别", max_length=20)
    area = models.CharField("区划", max_length=6)
    """The division of our office."""
    partner = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    copy_to = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    """The health authority that is told of what goes to another; it may read."""
    about = models.CharField("来源记录", max_length=80, blank=True)
    """What goes out was made from: `leads.lead:…`; '' for what comes in."""
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+")
    subject = models.CharField("其他当事人", max_length=200, blank=True)
    title = models.CharField("案由", max_length=200)
    facts = models.TextField("主要事实")
    amount = models.DecimalField("涉及金额", max_digits=18, decimal_places=2, null=True)
    since = models.DateField("处罚决定送达或发现之日")
    """The seven working days are counted from here."""
    state = models.CharField("状态", max_length=20, choices=State.choices)
    result = models.CharField("处理结果", max_length=12, choices=Result.choices, blank=True)
    outcome = models.TextField("处理情况", blank=True)
    opened = models.DateTimeField("登记时间")
    sent_on = models.DateField("移送日期", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=("reported", "closed")) | ~models.Q(result=""), name="answered_transfer_has_result"
            ),
        ]
        indexes = [
            # queries.transfers_for: of a state, of an area, newest first; of an authority
            models.Index(fields=["state", "-opened"], name="transfer_by_state"),
            models.Index(fields=["area", "state", "-opened"], name="transfer_by_area"),
            models.Index(fields=["partner", "-opened"], name="transfer_of_partner"),
            models.Index(fields=["about"], name="transfer_of_record"),  # queries.transfers_of, sources.waiting
            models.Index(fields=["sent_on", "area"], name="transfer_by_day"),  # statement.statement
        ]

    def __str__(self) -> str:
        return self.number or f"移送稿 {self.pk}"

    @property
    def who(self) -> str:
        """Whom it is about, in words."""
        return self.institution.name if self.institution is not None else self.subject or "不明"

    @property
    def body_title(self) -> str:
        return bodies()[self.body].title

    @property
    def category_title(self) -> str:
        return categories()[self.category].title

    @property
    def out(self) -> bool:
        return self.direction == self.Direction.OUT


class TransferItem(models.Model):
    """A line of the list of problems (with yuan) or of the list of evidence (with pages)."""

    class Kind(models.TextChoices):
        """Of which list."""

        PROBLEM = "problem", "违法违规问题"
        EVIDENCE = "evidence", "证据材料"

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField("内容", max_length=300)
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2, null=True)
    pages = models.PositiveIntegerField("页数", null=True)

    def __str__(self) -> str:
        return self.what


class TransferChange(Change):
    """A change of state of a transfer."""

    record = models.ForeignKey(Transfer, models.PROTECT, related_name="changes")
