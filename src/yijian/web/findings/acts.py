"""What the log says of findings."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    LOAD = "findings.load", "装入审核结果"
    SHOW_IDENTITY = "findings.show_identity", "查看身份"
    EXPORT = "findings.export", "导出疑点"
    SCREEN = "findings.screen", "筛查疑点"
    UNDO = "findings.undo", "撤回筛查"
    ASSIGN = "findings.assign", "分派疑点组"
