"""What the log says of training, promises and publicity."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    RECORD = "training.record", "登记宣传培训"
    WITHDRAW = "training.withdraw", "撤销宣传培训登记"
