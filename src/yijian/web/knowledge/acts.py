"""What the log says of knowledge lists."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    SETTLE_POINT = "knowledge.settle_point", "确认知识点"
