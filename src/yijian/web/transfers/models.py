"""Transfers, the lines of their lists, their changes of state; keys of other offices, and files that went to them or came."""

from django.conf import settings
from django.db import models

from yijian.trust.office import FORM, OfficeKey, fingerprint
from yijian.trust.parcel import KINDS
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


class PartnerKey(models.Model):
    """The public keys of another office that has nobody in the system, as a head entered them and compared the fingerprint."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    body = models.CharField("部门类别", max_length=20)
    """What kind of authority it is where something comes from it."""
    key_id = models.CharField("公钥标识", max_length=64)
    algorithm = models.CharField(max_length=10)
    signing = models.CharField(max_length=128)
    sealing = models.CharField(max_length=64)
    area = models.CharField("登记区划", max_length=6)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended = models.DateTimeField("停用时间", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=models.Q(ended=None), name="one_key_of_partner"),
            models.UniqueConstraint(fields=["key_id"], condition=models.Q(ended=None), name="partner_key_of_one"),
        ]

    def __str__(self) -> str:
        return self.key_id[:16]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key_id)

    @property
    def body_title(self) -> str:
        return bodies()[self.body].title

    @property
    def public(self) -> OfficeKey:
        """As `trust` takes it."""
        return OfficeKey(FORM, self.organisation.name, self.algorithm, self.signing, self.sealing)


class Parcel(models.Model):
    """A sealed file that left for another office, or came from it. Its head, signature and manifest are kept: they prove it."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="parcels")
    way = models.CharField("方向", max_length=3, choices=Transfer.Direction.choices)
    kind = models.CharField("内容", max_length=10)
    number = models.CharField("文号", max_length=100)
    key = models.ForeignKey(PartnerKey, models.PROTECT, related_name="+")
    digest = models.CharField("清单哈希", max_length=64, unique=True)
    """SHA-256 of the manifest; it holds a nonce, so that no two files share it: one that comes twice is known by it."""
    proof = models.JSONField(default=list)
    """Head, signature, manifest: three texts."""
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["key", "way", "kind", "number"], name="parcel_of_number")
        ]  # opening: a letter comes twice

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def title(self) -> str:
        return KINDS[self.kind]


class Escalation(models.Model):
    """Those above were told that something is overdue: once for each clock and day."""

    about = models.CharField("事项", max_length=80)
    kind = models.CharField("期限", max_length=60)
    due = models.DateField("到期日")
    to = models.CharField("上级区划", max_length=6)
    at = models.DateTimeField("时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "kind", "due"], name="escalated_once")]

    def __str__(self) -> str:
        return f"{self.about} {self.kind} {self.due}"


class YearStatement(models.Model):
    """What an office sent upward about the transfers of a year, as it was then."""

    area = models.CharField("区划", max_length=6)
    year = models.PositiveSmallIntegerField("年度")
    lines = models.JSONField("各行", default=list)
    to = models.CharField("上级区划", max_length=6, blank=True)
    sent = models.DateTimeField("报送时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="stated_once")]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"
