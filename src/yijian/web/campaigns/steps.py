"""What may be done to a campaign and to a return, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a campaign stands."""

    PREPARING = "preparing", "拟定中"
    WAITING = "waiting", "待审批"
    RUNNING = "running", "进行中"
    ENDED = "ended", "已结束"
    DISCARDED = "discarded", "已取消"


WORDS = {str(value): str(word) for value, word in State.choices}
OUT = ("running", "ended")
"""States that other divisions, institutions and agencies see."""

STEPS = {
    step.word: step
    for step in (
        Step("submit", "报负责人审批", ("preparing",), "waiting", Right.KEEP_CAMPAIGNS),
        Step("back", "退回修改", ("waiting",), "preparing", Right.APPROVE_CAMPAIGNS, needs_reason=True),
        Step("issue", "同意印发", ("waiting",), "running", Right.APPROVE_CAMPAIGNS),
        Step("end", "结束专项治理", ("running",), "ended", Right.KEEP_CAMPAIGNS, needs_reason=True),
        Step("discard", "取消", ("preparing", "waiting"), "discarded", Right.KEEP_CAMPAIGNS, needs_reason=True),
    )
}


class Filed(TextChoices):
    """Where a return stands."""

    ASKED = "asked", "待填报"
    SUBMITTED = "submitted", "已报送"
    CORRECTING = "correcting", "退回更正"
    ACCEPTED = "accepted", "已受理"
    DROPPED = "dropped", "不再报送"


FILED = {str(value): str(word) for value, word in Filed.choices}
OWED = ("asked", "correcting")
"""States in which a return is owed."""
RETURNED = ("submitted", "accepted")

RETURN_STEPS = {
    step.word: step
    for step in (
        Step("submit", "报送", OWED, "submitted", Right.FILL_RETURNS),
        Step("correct", "退回更正", ("submitted",), "correcting", Right.KEEP_CAMPAIGNS, needs_reason=True),
        Step("accept", "受理", ("submitted",), "accepted", Right.KEEP_CAMPAIGNS),
        Step("drop", "不再要求报送", OWED, "dropped", Right.KEEP_CAMPAIGNS, needs_reason=True),
    )
}
