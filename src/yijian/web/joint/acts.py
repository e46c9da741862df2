"""What the log says of working together."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    DRAW = "joint.draw", "抽取移送案件"
    PASS = "joint.pass", "抽查移送：未发现问题"
    OBJECT = "joint.object", "抽查移送：指出问题"
    CORRECT = "joint.correct", "报告抽查整改"
