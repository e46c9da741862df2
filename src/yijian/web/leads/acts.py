"""What the log says of leads."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    REGISTER = "leads.register", "登记线索"
    GRADE = "leads.grade", "线索定级"
    ASSIGN = "leads.assign", "分派线索"
    HAND_DOWN = "leads.hand_down", "交办线索"
    ESCALATE = "leads.escalate", "上报线索"
    EXTEND = "leads.extend", "延长核查"
    REPORT = "leads.report", "报告核查结果"
    SEND_BACK = "leads.send_back", "退回补充核查"
    CONFIRM = "leads.confirm", "审定核查结果"
    ACCEPT = "leads.accept", "接受下级核查结果"
    MERGE = "leads.merge", "并入线索"
