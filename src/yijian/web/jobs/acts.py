"""What the log says of jobs."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    START = "jobs.start", "提交后台任务"
    FETCH = "jobs.fetch", "取走任务文件"
