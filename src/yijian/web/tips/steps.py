"""What may be done to a tip, in which state, by which right."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a tip stands."""

    RECEIVED = "received", "待受理"
    ACCEPTED = "accepted", "核查中"
    DECIDED = "decided", "待反馈"
    CLOSED = "closed", "办结"
    ERASED = "erased", "已销毁"


class Outcome(TextChoices):
    """What came of it."""

    PROVED = "proved", "查实"
    UNPROVED = "unproved", "未查实"
    PASSED_ON = "passed_on", "转其他部门处理"
    REJECTED = "rejected", "不予受理"


WORDS = {str(value): str(word) for value, word in State.choices}
OUTCOMES = {str(value): str(word) for value, word in Outcome.choices}
OPEN = ("received", "accepted", "decided")

STEPS = {
    step.word: step
    for step in (
        Step("accept", "受理并转为线索", ("received",), "accepted", Right.HANDLE_TIPS),
        Step("pass_on", "转其他部门", ("received",), "decided", Right.HANDLE_TIPS, needs_reason=True),
        Step("reject", "不予受理", ("received",), "decided", Right.HANDLE_TIPS, needs_reason=True),
        Step("conclude", "线索办结", ("accepted",), "decided", Right.HANDLE_TIPS),
        Step("feedback", "反馈举报人并办结", ("decided",), "closed", Right.HANDLE_TIPS),
        Step("erase", "销毁", ("closed",), "erased", Right.APPROVE_TIPS, needs_reason=True),
    )
}
"""`conclude` is what the end of the lead does; nobody is offered it."""
