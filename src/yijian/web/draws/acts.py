"""What the log says of draws."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    PREPARE = "draws.prepare", "拟定抽取名单"
    CHANGE = "draws.change", "修改抽取名单"
    STEP = "draws.step", "办理随机抽取"
    COMMIT = "draws.commit", "登记抽取承诺"
    REVEAL = "draws.reveal", "揭示抽取秘密"
    FETCH = "draws.fetch", "下载抽取文件"
    KEEP_MEMBER = "draws.keep_member", "登记检查人员、专家"
