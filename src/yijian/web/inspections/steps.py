"""What may be done to an inspection, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where an inspection stands."""

    PLANNED = "planned", "已拟定"
    NOTIFIED = "notified", "已通知"
    ON_SITE = "on_site", "现场检查中"
    SIGNED = "signed", "现场结束"
    CONCLUDED = "concluded", "已认定"
    RECTIFYING = "rectifying", "整改中"
    RECTIFIED = "rectified", "待复查"
    CLOSED = "closed", "办结"
    CANCELLED = "cancelled", "已取消"


WORDS = {str(value): str(word) for value, word in State.choices}
OPEN = ("planned", "notified", "on_site", "signed", "concluded", "rectifying", "rectified")
AHEAD = ("planned", "notified")
"""States before anybody was there."""
THERE = ("on_site", "signed", "concluded", "rectifying", "rectified", "closed")
"""States in which, or after which, the subject was inspected."""

STEPS = {
    step.word: step
    for step in (
        Step("notify", "发出检查通知", ("planned",), "notified", Right.KEEP_INSPECTIONS),
        Step("cancel", "取消检查", AHEAD, "cancelled", Right.KEEP_INSPECTIONS, needs_reason=True),
        Step("begin", "开始现场检查", AHEAD, "on_site", Right.INSPECT),
        Step("sign", "结束现场检查", ("on_site",), "signed", Right.INSPECT, needs_reason=True),
        Step("resume", "退回补充检查", ("signed",), "on_site", Right.CONFIRM_INSPECTIONS, needs_reason=True),
        Step("clear", "认定没有问题", ("signed",), "closed", Right.CONFIRM_INSPECTIONS, needs_reason=True),
        Step("conclude", "认定存在问题", ("signed",), "concluded", Right.CONFIRM_INSPECTIONS, needs_reason=True),
        Step("order", "责令整改", ("concluded",), "rectifying", Right.CONFIRM_INSPECTIONS, needs_reason=True),
        Step("close", "不需整改，办结", ("concluded",), "closed", Right.KEEP_INSPECTIONS, needs_reason=True),
        Step("mend", "报告整改情况", ("rectifying",), "rectified", Right.ANSWER, needs_reason=True),
        Step("mend_paper", "登记书面整改报告", ("rectifying",), "rectified", Right.KEEP_INSPECTIONS, needs_reason=True),
        Step("recheck", "复查通过，办结", ("rectified",), "closed", Right.INSPECT, needs_reason=True),
        Step("again", "复查未通过，继续整改", ("rectified",), "rectifying", Right.INSPECT, needs_reason=True),
    )
}
