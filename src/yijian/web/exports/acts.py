"""What the log says of exports."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    EXPORT = "exports.export", "导出清单"
