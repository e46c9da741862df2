"""What the log says of reviews."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    OPEN = "reviews.open", "建立审核单"
    SAMPLE = "reviews.sample", "抽取复审样本"
    SEND = "reviews.send", "发送审核疑点"
    LETTER = "reviews.letter", "下载告知书"
    WITHDRAW = "reviews.withdraw", "撤销审核单"
    ACCEPT = "reviews.accept", "机构认可"
    APPEAL = "reviews.appeal", "机构申诉"
    LAPSE = "reviews.lapse", "逾期未答复"
    DECIDE = "reviews.decide", "审核认定"
    PASS = "reviews.pass", "复审通过"
    OBJECT = "reviews.object", "复审发现问题"
