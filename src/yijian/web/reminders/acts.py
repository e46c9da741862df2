"""What the log says of reminders."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    LOAD = "reminders.load", "装入提醒"
    EXPORT = "reminders.export", "导出提醒"
