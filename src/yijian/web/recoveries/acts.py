"""What the log says of recoveries."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    ORDER = "recoveries.order", "责令退回"
    LETTER = "recoveries.letter", "下载退回通知书"
    PAY = "recoveries.pay", "登记退回款"
    IMPORT = "recoveries.import", "导入到账流水"
    WRITE_OFF = "recoveries.write_off", "核销"
    PLEDGE = "recoveries.pledge", "承诺退回"
