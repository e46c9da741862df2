"""What the log says of institutions."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    LOAD = "institutions.load", "装入机构"
