"""What the log says of working together."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    DRAW = "joint.draw", "抽取移送案件"
    PASS = "joint.pass", "抽查移送：未发现问题"
    OBJECT = "joint.object", "抽查移送：指出问题"
    CORRECT = "joint.correct", "报告抽查整改"
    PLAN = "joint.plan", "拟联合检查方案"
    EDIT_PLAN = "joint.edit_plan", "修改联合检查方案"
    APPROVE = "joint.approve", "同意联合检查方案"
    RETURN = "joint.return", "退回联合检查方案"
    AGREE = "joint.agree", "会签联合检查方案"
    DISAGREE = "joint.disagree", "对联合检查方案提出意见"
    VISIT = "joint.visit", "登记联合检查情况"
    HOLD = "joint.hold", "登记联合检查实施"
    CLOSE = "joint.close", "办结联合检查"
    DROP = "joint.drop", "取消联合检查"
    CALL = "joint.call", "召集会商"
    MINUTE = "joint.minute", "记录会商纪要"
    AMEND = "joint.amend", "更正会商纪要"
    CONFIRM = "joint.confirm", "确认会商纪要"
    DO = "joint.do", "落实会商事项"
    CLOSE_MEETING = "joint.close_meeting", "办结会商"
    DROP_MEETING = "joint.drop_meeting", "取消会商"
    TELL = "joint.tell", "通报处罚信息"
    WITHDRAW = "joint.withdraw", "撤回处罚信息"
