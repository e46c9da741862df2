"""What the log says of transfers."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    DRAFT = "transfers.draft", "拟移送"
    WAIVE = "transfers.waive", "不需移送"
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
    ENTER_KEY = "transfers.enter_key", "登记协作部门公钥"
    END_KEY = "transfers.end_key", "停用协作部门公钥"
    PACK = "transfers.pack", "制作移送加密文件"
    OPEN = "transfers.open", "打开移送加密文件"
    REFUSE = "transfers.refuse", "拒收移送加密文件"
    ESCALATE = "transfers.escalate", "逾期报上级"
    STATE = "transfers.state", "报送年度移送情况"
    CLOSE = "transfers.close", "办结移送"
