"""Clocks, the times they stood still, and notices to people."""

from datetime import date

from django.conf import settings
from django.db import models

_OPEN = models.Q(ended="")


class Clock(models.Model):
    """One thing to be done by a day, by a person, or by whoever has a right for the area or the institution."""

    class End(models.TextChoices):
        """How it stopped."""

        DONE = "done", "已办"
        LATE = "late", "逾期办结"
        DROPPED = "dropped", "不再需要"

    kind = models.CharField("参数", max_length=60)
    """The parameter that is its length."""
    about = models.CharField("事项", max_length=80)
    """What it is about: `reviews.review:17`."""
    title = models.CharField("标题", max_length=200)
    link = models.CharField("页面", max_length=300)
    area = models.CharField("行政区划", max_length=6)
    institution = models.CharField("定点机构", max_length=40, blank=True)
    right = models.CharField("岗位权限", max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    begun = models.DateField("起算日")
    due = models.DateField("到期日")
    standing = models.BooleanField("中止中", default=False)
    ended = models.CharField("结果", max_length=10, choices=End.choices, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "kind"], condition=models.Q(ended=""), name="one_clock_running"),
        ]
        indexes = [
            # queries.inbox: what runs, soonest first: of a right, of an institution, of a person, of all
            models.Index(fields=["right", "standing", "due"], name="clock_of_right", condition=_OPEN & models.Q(person=None)),
            models.Index(
                fields=["right", "area", "standing", "due"], name="clock_of_area", condition=_OPEN & models.Q(person=None)
            ),
            models.Index(fields=["institution", "standing", "due"], name="clock_of_institution", condition=_OPEN),
            models.Index(fields=["person", "standing", "due"], name="clock_of_person", condition=_OPEN),
            models.Index(fields=["standing", "due"], name="clock_by_day", condition=_OPEN),
            models.Index(fields=["kind", "due"], name="clock_by_kind", condition=_OPEN),  # queries.soonest
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.kind} {self.due}"

    def overdue(self, today: date) -> bool:
        """Whether its day has passed and it still runs."""
        return not self.ended and not self.standing and today > self.due


class Suspension(models.Model):
    """A time in which a clock stood still."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="suspensions")
    begin = models.DateField("中止日")
    end = models.DateField("恢复日", null=True)
    reason = models.TextField("原因")

    def __str__(self) -> str:
        return f"{self.clock_id} {self.begin} {self.end}"  # pyright: ignore[reportAttributeAccessIssue]


class Digest(models.Model):
    """A person's mail of one day. A row is there before it is sent, so that it is never sent twice."""

    class State(models.TextChoices):
        """What became of it."""

        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        NOTHING = "nothing", "无事"
        FAILED = "failed", "未发出"

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField("日期")
    state = models.CharField("结果", max_length=10, choices=State.choices)
    tried_at = models.DateTimeField("尝试时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "to"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.to_id} {self.day} {self.state}"  # pyright: ignore[reportAttributeAccessIssue]


class Notice(models.Model):
    """Something happened that a person should know."""

    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.CharField("内容", max_length=300)
    link = models.CharField("页面", max_length=300)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读", null=True)

    class Meta:
        indexes = [models.Index(fields=["to", "read_at", "-at"], name="notice_unread")]  # queries.notices_for

    def __str__(self) -> str:
        return self.text
