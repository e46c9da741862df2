"""What the log says of inspections."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    PLAN = "inspections.plan", "拟定检查"
    TEAM = "inspections.team", "调整检查组"
    DOSSIER = "inspections.dossier", "制作检查对象风险档案"
    STEP = "inspections.step", "办理检查"
    DRAW_LIST = "inspections.draw_list", "从数据取现场核实清单"
    ANSWER = "inspections.answer", "填写检查清单"
    EVIDENCE = "inspections.evidence", "登记现场证据"
    RECORD = "inspections.record", "制作检查笔录"
    SIGN = "inspections.sign", "登记笔录签名"
    CARRY = "inspections.carry", "把检查带到手机"
    LEAD = "inspections.lead", "检查发现登记为线索"
