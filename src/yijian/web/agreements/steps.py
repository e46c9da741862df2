"""What may be done to a measure, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a measure stands."""

    PROPOSED = "proposed", "待审批"
    DECIDED = "decided", "执行中"
    DONE = "done", "已落实"
    LIFTED = "lifted", "提前解除"
    DROPPED = "dropped", "不予处理"


WORDS = {str(value): str(word) for value, word in State.choices}
INNER = ("proposed", "dropped")
"""States that the institution does not see."""

STEPS = {
    step.word: step
    for step in (
        Step("decide", "同意处理", ("proposed",), "decided", Right.DECIDE_AGREEMENTS),
        Step("drop", "不予处理", ("proposed",), "dropped", Right.DECIDE_AGREEMENTS, needs_reason=True),
        Step("finish", "登记落实情况", ("decided",), "done", Right.KEEP_AGREEMENTS, needs_reason=True),
        Step("lift", "提前解除", ("decided",), "lifted", Right.DECIDE_AGREEMENTS, needs_reason=True),
    )
}
