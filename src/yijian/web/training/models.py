"""Activities, what was counted of them, and who took part."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yijian.web.frame.indexes import Falling
from yijian.web.training.kinds import Kind, kinds


class Activity(models.Model):
    """One training, one signing of promises, one publicity action. begin, end: its days, both included."""

    kind = models.CharField("种类", max_length=12)
    title = models.CharField("名称", max_length=100)
    area = models.CharField("区划", max_length=6)
    begin = models.DateField("日期")
    end = models.DateField("至")
    venue = models.CharField("场所", max_length=20, blank=True)
    topic = models.CharField("内容", max_length=1000)
    people = models.PositiveIntegerField("参加人数", default=0)
    """Sum of the attendances; of publicity 0."""
    opened = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn = models.DateTimeField("撤销时间", null=True)
    reason = models.CharField("撤销理由", max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gte=F("begin")), name="activity_ends_later")]
        indexes = [
            # queries.activities_for: newest first; of a kind; of an area
            Falling(fields=["-begin", "area"], name="activity_newest"),
            Falling(fields=["kind", "-begin"], name="activity_by_kind"),
            Falling(fields=["area", "kind", "-begin"], name="activity_by_area"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def what(self) -> Kind:
        """Its part of `kinds.toml`."""
        return kinds()[self.kind]


class ActivityCount(models.Model):
    """How many of one thing: leaflets, slogans, sessions."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="counts")
    what = models.CharField("计数项", max_length=12)
    number = models.PositiveIntegerField("数量")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "what"], name="activity_count_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.number}"


class Attendance(models.Model):
    """How many people of an institution or of an office took part, or signed."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="attended")
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    people = models.PositiveIntegerField("人数")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(institution=None, organisation__isnull=False) | Q(institution__isnull=False, organisation=None),
                name="attendance_of_one",
            ),
            models.UniqueConstraint(fields=["activity", "institution"], name="attendance_institution_once"),
            models.UniqueConstraint(fields=["activity", "organisation"], name="attendance_organisation_once"),
        ]
        indexes = [models.Index(fields=["institution", "activity"], name="attendance_of")]  # covering.covered

    def __str__(self) -> str:
        return f"{self.institution or self.organisation} {self.people}"
