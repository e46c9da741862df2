"""What the log says of parameters."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    SET = "parameters.set", "设置法定参数"
    SETTLE_DAY = "parameters.settle_day", "设置工作日"
    WITHDRAW_DAY = "parameters.withdraw_day", "撤销工作日设置"
