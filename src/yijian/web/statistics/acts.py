"""What the log says of statistical tables."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    TYPE = "statistics.type", "填报统计数"
    CLOSE = "statistics.close", "统计月报关账"
    STEP = "statistics.step", "审核报送统计月报"
    EXPLAIN = "statistics.explain", "说明统计更正"
    FETCH = "statistics.fetch", "下载统计报表"
    PACK = "statistics.pack", "制作统计文件"
    TAKE = "statistics.take", "接收统计文件"
    REFUSE = "statistics.refuse", "拒收统计文件"
