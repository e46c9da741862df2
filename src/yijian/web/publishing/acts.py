"""What the log says of publications."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    DRAFT = "publishing.draft", "起草公开信息"
    APPROVE = "publishing.approve", "批准公开"
    RETURN = "publishing.return", "退回公开稿"
    DECLINE = "publishing.decline", "决定不予公开"
    FLAG = "publishing.flag", "登记公开信息错误或变更"
    CORRECT = "publishing.correct", "起草更正"
    APPROVE_CORRECTION = "publishing.approve_correction", "批准更正"
    WITHDRAW = "publishing.withdraw", "撤回公开信息"
