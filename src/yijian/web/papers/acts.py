"""What the log says of official documents."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    WRITE = "papers.write", "制作文书"
    FETCH = "papers.fetch", "下载文书"
