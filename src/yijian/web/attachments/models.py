"""What was attached to which record; the file itself lies in `Home.attachments` under its hash."""

from django.conf import settings
from django.db import models


class Attachment(models.Model):
    """A file of a record. about: `reviews.review:17` (app, kind, key); kind: its extension, as its content was found to be."""

    sha256 = models.CharField("哈希", max_length=64)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节数")
    kind = models.CharField("类型", max_length=10)
    about = models.CharField("所属", max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    class Meta:
        indexes = [
            models.Index(fields=["about", "at"], name="attachment_of_record"),  # queries.attachments_of
            models.Index(fields=["sha256"], name="attachment_by_hash"),  # store.sweep
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.sha256[:12]}"
