"""What the log says of clocks; starting and stopping them is a part of what other apps log."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    RECOUNT = "clocks.recount", "重算到期日"
