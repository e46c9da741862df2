"""What the log says of extrapolations."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    DRAW = "extrapolation.draw", "抽取推算样本"
    REVIEW = "extrapolation.review", "登记样本审核结果"
    STEP = "extrapolation.step", "办理抽样推算"
