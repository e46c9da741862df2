"""What may be done to a draw, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a draw stands."""

    PREPARING = "preparing", "拟定名单"
    FROZEN = "frozen", "已冻结"
    DRAWN = "drawn", "已抽取"
    VOID = "void", "已作废"
    REPLACED = "replaced", "已重新抽取"
    DISCARDED = "discarded", "已取消"


WORDS = {str(value): str(word) for value, word in State.choices}
INNER = ("preparing", "discarded")
"""States that another body does not see."""

STEPS = {
    step.word: step
    for step in (
        Step("freeze", "冻结名单", ("preparing",), "frozen", Right.KEEP_DRAWS),
        Step("discard", "取消抽取", ("preparing",), "discarded", Right.KEEP_DRAWS, needs_reason=True),
        Step("void", "作废", ("frozen",), "void", Right.KEEP_DRAWS, needs_reason=True),
        Step("redraw", "重新抽取", ("drawn", "void"), "replaced", Right.KEEP_DRAWS, needs_reason=True),
    )
}
"""What a page offers."""
DRAW = Step("draw", "抽取", ("frozen",), "drawn", "")
"""Happens by itself when the last secret is shown."""
