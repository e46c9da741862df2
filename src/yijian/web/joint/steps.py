"""What may be done to a drawn transfer, a joint inspection, a consultation, in which state, by which right. Data."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class ItemState(TextChoices):
    """Where a drawn transfer stands."""

    WAITING = "waiting", "待抽查"
    CLEAN = "clean", "未发现问题"
    FOUND = "found", "有问题，待整改"
    CORRECTED = "corrected", "已整改"


class PlanState(TextChoices):
    """Where a joint inspection stands."""

    DRAFTED = "drafted", "待审批"
    CIRCULATED = "circulated", "待会签"
    AGREED = "agreed", "待实施"
    HELD = "held", "已实施"
    CLOSED = "closed", "办结"
    DROPPED = "dropped", "取消"


class MeetingState(TextChoices):
    """Where a consultation stands."""

    CALLED = "called", "待召开"
    MINUTED = "minuted", "纪要待确认"
    CONFIRMED = "confirmed", "待落实"
    CLOSED = "closed", "办结"
    DROPPED = "dropped", "取消"


ITEM_WORDS = {str(value): str(word) for value, word in ItemState.choices}
PLAN_WORDS = {str(value): str(word) for value, word in PlanState.choices}
MEETING_WORDS = {str(value): str(word) for value, word in MeetingState.choices}

RIGHTS = (Right.KEEP_JOINT, Right.APPROVE_JOINT, Right.ANSWER_JOINT)
"""Who takes steps of inspections and consultations at all."""

ITEM_STEPS = {
    step.word: step
    for step in (
        Step("pass", "未发现问题", ("waiting",), "clean", Right.CHECK_TRANSFERS),
        Step("object", "指出问题", ("waiting",), "found", Right.CHECK_TRANSFERS, needs_reason=True),
        Step("correct", "报告整改", ("found",), "corrected", Right.KEEP_TRANSFERS, needs_reason=True),
    )
}
PLAN_STEPS = {
    step.word: step
    for step in (
        Step("approve", "同意方案，送会签", ("drafted",), "circulated", Right.APPROVE_JOINT),
        Step("return", "退回修改", ("drafted",), "drafted", Right.APPROVE_JOINT, needs_reason=True),
        Step("object", "提出意见，退回修改", ("circulated",), "drafted", Right.ANSWER_JOINT, needs_reason=True),
        Step("agree", "会签同意", ("circulated",), "agreed", Right.ANSWER_JOINT),
        Step("hold", "登记实施", ("agreed",), "held", Right.KEEP_JOINT, needs_reason=True),
        Step("close", "办结", ("held",), "closed", Right.APPROVE_JOINT),
        Step("drop", "取消", ("drafted", "circulated", "agreed"), "dropped", Right.KEEP_JOINT, needs_reason=True),
    )
}
"""The plan becomes “agreed” with the last partner's word; until then `agree` leaves it where it is."""
MEETING_STEPS = {
    step.word: step
    for step in (
        Step("minute", "记录会商纪要", ("called",), "minuted", Right.KEEP_JOINT, needs_reason=True),
        Step("amend", "提出更正", ("minuted",), "called", Right.ANSWER_JOINT, needs_reason=True),
        Step("confirm", "确认纪要", ("minuted",), "confirmed", Right.ANSWER_JOINT),
        Step("close", "全部落实，办结", ("confirmed",), "closed", Right.KEEP_JOINT),
        Step("drop", "取消会商", ("called",), "dropped", Right.KEEP_JOINT, needs_reason=True),
    )
}
"""Confirmed with the last participant's word; a correction opens the minutes again."""
