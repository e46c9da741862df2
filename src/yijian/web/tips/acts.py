"""What the log says of tips: never what a tip says, nor who gave it."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    RECEIVE = "tips.receive", "收到举报"
    OPEN = "tips.open", "打开举报内容"
    FILE = "tips.file", "打开举报附件"
    ACCEPT = "tips.accept", "受理举报"
    PASS_ON = "tips.pass_on", "转出举报"
    REJECT = "tips.reject", "不予受理举报"
    CONCLUDE = "tips.conclude", "举报查结"
    FEEDBACK = "tips.feedback", "反馈举报人"
    MESSAGE = "tips.message", "给举报人留言"
    REPLY = "tips.reply", "举报人补充"
    KEY_MADE = "tips.key_made", "生成举报密钥"
    KEY_CONFIRMED = "tips.key_confirmed", "核认举报密钥"
    KEY_ENDED = "tips.key_ended", "停用举报密钥"
    KEY_LOCKED = "tips.key_locked", "更换举报密钥口令"
    SHARED = "tips.shared", "补发举报密钥"
    ASK_IDENTITY = "tips.ask_identity", "申请查看举报人身份"
    GRANT_IDENTITY = "tips.grant_identity", "同意查看举报人身份"
    REFUSE_IDENTITY = "tips.refuse_identity", "不同意查看举报人身份"
    SEE_IDENTITY = "tips.see_identity", "查看举报人身份"
    ASK_ERASURE = "tips.ask_erasure", "申请销毁举报"
    ERASE = "tips.erase", "销毁举报"
    PROPOSE_REWARD = "tips.propose_reward", "提出举报奖励"
    APPROVE_REWARD = "tips.approve_reward", "审批举报奖励"
    CLAIM_REWARD = "tips.claim_reward", "举报人申领奖励"
    PAY_REWARD = "tips.pay_reward", "登记发放举报奖励"
