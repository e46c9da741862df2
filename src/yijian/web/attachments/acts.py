"""What the log says of attachments."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    ATTACH = "attachments.attach", "上传附件"
    FETCH = "attachments.fetch", "下载附件"
