"""Official documents as they were written."""

from django.conf import settings
from django.db import models


class Paper(models.Model):
    """One version of a document. about: the record (`cases.case:17`); said: `layout.Said` as data; its file is made from it."""

    kind = models.CharField("文书", max_length=40)
    title = models.CharField("名称", max_length=100)
    about = models.CharField("所属", max_length=80)
    area = models.CharField("行政区划", max_length=6)
    number = models.CharField("文号", max_length=80, blank=True)
    version = models.PositiveSmallIntegerField("版本", default=1)
    said = models.JSONField("内容")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("制作时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "kind", "version"], name="one_paper_a_version")]
        indexes = [models.Index(fields=["number"], name="paper_by_number")]  # queries.paper_numbered

    def __str__(self) -> str:
        return self.number or f"{self.title} {self.pk}"
