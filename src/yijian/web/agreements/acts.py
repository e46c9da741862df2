"""What the log says of measures under agreements."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    PROPOSE = "agreements.propose", "提请协议处理"
    STEP = "agreements.step", "办理协议处理"
