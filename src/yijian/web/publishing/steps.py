"""What may be done to a publication, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a publication stands."""

    DRAFTED = "drafted", "待审批"
    RETURNED = "returned", "退回修改"
    PUBLISHED = "published", "已公开"
    FLAGGED = "flagged", "待更正"
    CORRECTED = "corrected", "更正待审批"
    WITHDRAWN = "withdrawn", "已撤回"
    DECLINED = "declined", "不予公开"


class Kind(TextChoices):
    """What is published."""

    PENALTY = "penalty", "行政处罚决定"
    TYPICAL = "typical", "典型案例"


class Decline(TextChoices):
    """Why a decision or case is not made public."""

    IMPACT = "impact", "不具有一定社会影响"
    STATE_SECRET = "state_secret", "涉及国家秘密"
    TRADE_SECRET = "trade_secret", "涉及商业秘密"
    PRIVACY = "privacy", "涉及个人隐私，去标识后仍能认出本人"
    MINOR = "minor", "当事人是未成年人"
    SAFETY = "safety", "公开可能危及国家安全、公共安全、经济安全、社会稳定"
    OTHER = "other", "其他依法不予公开的情形"


class Withdrawal(TextChoices):
    """Why something is no longer public: these words are, and no others."""

    CHANGED = "changed", "行政处罚决定被依法变更"
    REVOKED = "revoked", "行政处罚决定被依法撤销"
    UNLAWFUL = "unlawful", "行政处罚决定被确认违法"
    VOID = "void", "行政处罚决定被确认无效"
    WRONG = "wrong", "公开的信息有误"
    NOT_PUBLIC = "not_public", "经复核不应公开"
    REPAIRED = "repaired", "信用修复，提前终止公示"


WORDS = {str(value): str(word) for value, word in State.choices}
WAITING = ("drafted", "corrected")
"""States in which an approver is waited for."""
ON_PAGE = ("published", "flagged", "corrected", "withdrawn")
"""States in which the public page has at least a line."""
ENDED = ("withdrawn", "declined")

KEEP, APPROVE = Right.KEEP_PUBLISHING, Right.APPROVE_PUBLISHING
STEPS = {
    step.word: step
    for step in (
        Step("approve", "批准公开", ("drafted",), "published", APPROVE),
        Step("return", "退回修改", ("drafted",), "returned", APPROVE, needs_reason=True),
        Step("write", "重新起草，报审批", ("drafted", "returned"), "drafted", KEEP),
        Step("decline", "不予公开", ("drafted", "returned"), "declined", APPROVE, needs_reason=True),
        Step("flag", "登记错误或变更", ("published",), "flagged", KEEP, needs_reason=True),
        Step("correct", "起草更正，报审批", ("flagged", "corrected"), "corrected", KEEP),
        Step("approve_correction", "批准更正", ("corrected",), "published", APPROVE),
        Step("return_correction", "退回更正", ("corrected",), "flagged", APPROVE, needs_reason=True),
        Step("withdraw", "撤回", ("published", "flagged", "corrected"), "withdrawn", APPROVE, needs_reason=True),
    )
}
WRITING = ("write", "correct")
"""Steps that write a new edition; whoever took the last of them does not approve it."""
