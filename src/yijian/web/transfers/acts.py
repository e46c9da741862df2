"""What the log says of transfers."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    DRAFT = "transfers.draft", "拟移送"
    EDIT = "transfers.edit", "修改移送"
    APPROVE = "transfers.approve", "审批移送"
    RETURN = "transfers.return", "退回移送稿"
    DROP = "transfers.drop", "撤销移送稿"
    SEND = "transfers.send", "发出移送书"
    HAND_OVER = "transfers.hand_over", "接到部门移送"
    RECEIVE = "transfers.receive", "签收移送"
    ASK = "transfers.ask", "通知补正"
    SUPPLY = "transfers.supply", "补正材料"
    ACCEPT = "transfers.accept", "受理移送"
    REPORT = "transfers.report", "反馈处理结果"
    CLOSE = "transfers.close", "办结移送"
