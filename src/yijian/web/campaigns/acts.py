"""What the log says of campaigns and self-inspections."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    PREPARE = "campaigns.prepare", "拟定专项治理方案"
    STEP = "campaigns.step", "办理专项治理"
    DUTY = "campaigns.duty", "登记专项治理任务完成"
    REMIND = "campaigns.remind", "催报"
    ASK = "campaigns.ask", "下发自查"
    FILL = "campaigns.fill", "填报自查"
    RETURN = "campaigns.return", "办理自查报告"
