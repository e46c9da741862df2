"""Tips and the keys that open them. Every binary column is ciphertext or a public key."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from yijian.web.frame.indexes import Falling
from yijian.web.frame.states import Change
from yijian.web.tips.sealing import Locked, fingerprint
from yijian.web.tips.steps import Outcome, State

USER = settings.AUTH_USER_MODEL


class TipKey(models.Model):
    """A pair of keys of a person, or a recovery key of an office; its private half is locked by a passphrase."""

    class Part(models.TextChoices):
        """What is sealed to it."""

        OFFICER = "officer", "受理人员"
        HEAD = "head", "负责人"
        RECOVERY_ONE = "recovery_one", "恢复密钥甲"
        RECOVERY_TWO = "recovery_two", "恢复密钥乙"

    class State(models.TextChoices):
        """Whether anything is sealed to it."""

        WAITING = "waiting", "待核认"
        ACTIVE = "active", "在用"
        ENDED = "ended", "已停用"

    user = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    """None: a recovery key, whose passphrase lies on paper in a safe."""
    part = models.CharField("用途", max_length=12, choices=Part.choices)
    area = models.CharField("区划", max_length=6)
    public = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16)
    locked = models.BinaryField(max_length=100)
    """Empty once it has ended."""
    ops = models.PositiveIntegerField()
    mem = models.PositiveBigIntegerField()
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    made = models.DateTimeField("生成时间")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "part", "area"], condition=~Q(state="ended") & Q(user__isnull=False), name="one_tip_key_in_use"
            ),
            models.UniqueConstraint(
                fields=["part", "area"], condition=~Q(state="ended") & Q(user__isnull=True), name="one_recovery_key_in_use"
            ),
        ]
        indexes = [models.Index(fields=["area", "state"], name="tip_keys_of_area")]  # keyring.recipients

    def __str__(self) -> str:
        return f"{self.area} {self.part} {self.pk}"

    @property
    def kept(self) -> Locked:
        """As `sealing` unlocks it."""
        return Locked(bytes(self.public), bytes(self.salt), bytes(self.locked), self.ops, self.mem)

    @property
    def fingerprint(self) -> str:
        """See `sealing.fingerprint`."""
        return fingerprint(bytes(self.public))


class Tip(models.Model):
    """A tip. What it says and who gave it are ciphertext; what stands here in clear is what the ledger needs."""

    class Channel(models.TextChoices):
        """How it came."""

        WEB = "web", "网页"
        TELEPHONE = "telephone", "电话"
        LETTER = "letter", "来信"
        VISIT = "visit", "来访"
        MAIL = "mail", "电子邮件"

    number = models.CharField("编号", max_length=60, unique=True)
    handle = models.CharField(max_length=8, unique=True)
    """The first signs of the receipt code; the secret is not kept."""
    token = models.CharField(max_length=64, unique=True)
    """The form it came on, which is taken once."""
    area = models.CharField("受理区划", max_length=6)
    channel = models.CharField("途径", max_length=10, choices=Channel.choices)
    named = models.BooleanField("实名")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    received = models.DateTimeField("收到时间")
    decided = models.DateTimeField("决定时间", null=True)
    receipt_salt = models.BinaryField(max_length=16)
    receipt_public = models.BinaryField(max_length=32)
    commitment = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    identity = models.BinaryField(null=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    """Who wrote it down; None where it came by the page."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="erased") | Q(content__isnull=True, identity__isnull=True), name="erased_tip_is_empty"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "closed"]) | ~Q(outcome=""), name="decided_tip_has_outcome"
            ),
        ]
        indexes = [
            # queries.tips_for: of a state, of an area, newest first
            Falling(fields=["state", "-received"], name="tip_by_state"),
            Falling(fields=["area", "state", "-received"], name="tip_by_area"),
            Falling(fields=["-received", "state", "area"], name="tip_newest"),
            models.Index(fields=["channel", "-received"], name="tip_by_channel"),  # limits.demand
        ]

    def __str__(self) -> str:
        return self.number


class TipChange(Change):
    """A change of state of a tip."""

    record = models.ForeignKey(Tip, models.PROTECT, related_name="changes")


class TipMessage(models.Model):
    """What was said after the receipt, either way; read by the officers, and by the holder of the receipt if it is for him."""

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="messages")
    incoming = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    body = models.BinaryField()
    for_tipster = models.BinaryField(null=True)
    """Its key, sealed to the receipt; None of incoming ones: a stolen receipt does not show what its owner wrote."""

    class Meta:
        indexes = [models.Index(fields=["tip", "at"], name="tip_messages")]


class TipShare(models.Model):
    """A key, or half of one, sealed to one pair of keys."""

    class Part(models.TextChoices):
        """What it opens."""

        CONTENT = "content", "内容"
        IDENTITY_ONE = "identity_one", "身份（受理一半）"
        IDENTITY_TWO = "identity_two", "身份（负责人一半）"

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="shares")
    message = models.ForeignKey(TipMessage, models.CASCADE, null=True, related_name="shares")
    part = models.CharField(max_length=12, choices=Part.choices)
    key = models.ForeignKey(TipKey, models.PROTECT, related_name="shares")
    sealed = models.BinaryField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip", "part", "key"], condition=Q(message=None), name="one_share_of_a_tip"),
            models.UniqueConstraint(fields=["message", "key"], condition=Q(message__isnull=False), name="one_share_of_a_message"),
        ]


class TipFile(models.Model):
    """An attachment without its metadata, encrypted with the tip's key; its kind and size stand in the content."""

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="files")
    place = models.PositiveSmallIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tip", "place"], name="tip_file_place")]


class Unsealing(models.Model):
    """An officer asks to see who gave a tip; a head agrees, which seals the head's half to that officer for a day."""

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="unsealings")
    officer = models.ForeignKey(USER, models.PROTECT, related_name="+")
    reason = models.CharField("理由", max_length=500)
    asked = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(default=False)
    half = models.BinaryField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked"]
        constraints = [
            models.UniqueConstraint(fields=["tip", "officer"], condition=Q(decided_at=None), name="one_unsealing_asked"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=models.F("officer")), name="unsealed_by_two"),
        ]


class Erasure(models.Model):
    """One asks that a closed tip be destroyed, another does it; what stays is the tip's row without content: a tombstone."""

    tip = models.OneToOneField(Tip, models.PROTECT, related_name="erasure")
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    asked = models.DateTimeField()
    reason = models.CharField("理由", max_length=500)
    done_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    done = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(done_by=None) | ~Q(done_by=models.F("asked_by")), name="erased_by_two"),
        ]


class Reward(models.Model):
    """What is paid for a tip that was proved, by the rule in force when it came; it names nobody."""

    class State(models.TextChoices):
        """How far it has come."""

        PROPOSED = "proposed", "待审批"
        ONCE = "once", "待第二人审批"
        APPROVED = "approved", "待申领"
        CLAIMED = "claimed", "待发放"
        PAID = "paid", "已发放"
        REFUSED = "refused", "不予奖励"

    tip = models.OneToOneField(Tip, models.PROTECT, related_name="reward")
    rule = models.CharField("依据", max_length=10)
    grade = models.PositiveSmallIntegerField("等级")
    insider = models.BooleanField("内部人员举报")
    proved = models.DecimalField("查实金额", max_digits=18, decimal_places=2)
    share = models.DecimalField("比例", max_digits=8, decimal_places=6)
    amount = models.DecimalField("奖励金额", max_digits=18, decimal_places=2)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed = models.DateTimeField("提出时间")
    first_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    claim_until = models.DateField("申领期限", null=True)
    claimed = models.DateTimeField("申领时间", null=True)
    paid_on = models.DateField("发放日期", null=True)
    reference = models.CharField("支付凭证号", max_length=60, blank=True)
    paid_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "claimed", "paid"])
                | Q(first_by__isnull=False, second_by__isnull=False) & ~Q(first_by=models.F("second_by")),
                name="reward_approved_by_two",
            ),
            models.CheckConstraint(condition=~Q(first_by=models.F("proposed_by")), name="reward_first_is_another"),
            models.CheckConstraint(condition=~Q(second_by=models.F("proposed_by")), name="reward_second_is_another"),
            models.CheckConstraint(condition=~Q(state="paid") | ~Q(reference=""), name="paid_reward_has_reference"),
        ]
        indexes = [models.Index(fields=["state", "-proposed"], name="reward_by_state")]  # rewards.rewards_for

    @property
    def grade_words(self) -> str:
        """The grade in words."""
        return f"{'一二三'[self.grade - 1]}级{'（内部人员）' if self.insider else ''}"
