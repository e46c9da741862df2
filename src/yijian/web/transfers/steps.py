"""What may be done to a transfer, in which state, by which side. Data: pages, actions and tests read it.

There is no step that refuses a transfer: where the material is incomplete, it is asked for (N3 三（二）).
"""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a transfer stands."""

    DRAFTED = "drafted", "待审批"
    APPROVED = "approved", "待发出"
    SENT = "sent", "待签收"
    RECEIVED = "received", "已签收"
    INCOMPLETE = "incomplete", "待补正"
    ACCEPTED = "accepted", "已受理"
    REPORTED = "reported", "已反馈"
    CLOSED = "closed", "办结"
    DROPPED = "dropped", "不再移送"


class Result(TextChoices):
    """What the authority did."""

    PENALTY = "penalty", "行政处罚"
    SANCTION = "sanction", "处分"
    CRIMINAL = "criminal", "刑事立案"
    CORRECTED = "corrected", "责令改正"
    PASSED_ON = "passed_on", "转其他部门"
    NONE = "none", "不予立案或处理"
    LEAD = "lead", "医保部门办结"
    """Of what came in: the result of its lead, in words."""


WORDS = {str(value): str(word) for value, word in State.choices}
INNER = ("drafted", "approved", "dropped")
"""States that the other authority does not see."""
OPEN = ("drafted", "approved", "sent", "received", "incomplete", "accepted", "reported")

RIGHTS = (Right.KEEP_TRANSFERS, Right.APPROVE_TRANSFERS, Right.ANSWER_TRANSFERS)
"""Who takes steps at all."""

KEEP = Right.KEEP_TRANSFERS
STEPS = {
    step.word: step
    for step in (
        Step("approve", "同意移送", ("drafted",), "approved", Right.APPROVE_TRANSFERS),
        Step("return", "退回修改", ("drafted", "approved"), "drafted", Right.APPROVE_TRANSFERS, needs_reason=True),
        Step("drop", "不再移送", ("drafted", "approved"), "dropped", KEEP, needs_reason=True),
        Step("send", "发出移送书", ("approved",), "sent", KEEP),
        Step("receive", "签收并出具回执", ("sent",), "received", KEEP),
        Step("ask", "通知补正", ("received",), "incomplete", KEEP, needs_reason=True),
        Step("supply", "补正材料", ("incomplete",), "received", KEEP, needs_reason=True),
        Step("accept", "受理", ("received", "incomplete"), "accepted", KEEP),
        Step("report", "反馈处理结果", ("accepted",), "reported", KEEP, needs_reason=True),
        Step("close", "确认结果，办结", ("reported",), "closed", KEEP),
    )
}
BY_RECEIVER = ("receive", "ask", "accept", "report")
BY_GIVER = ("supply", "close")


def theirs(word: str, direction: str) -> bool:
    """Whether the step is the other authority's: it receives what goes out, and gives what comes in."""
    return word in (BY_RECEIVER if direction == "out" else BY_GIVER)


def right_of(word: str, direction: str, state: str) -> Right:
    """The right that the step takes. What the head has approved, the head alone undoes."""
    if word == "drop" and state == "approved":
        return Right.APPROVE_TRANSFERS
    return Right.ANSWER_TRANSFERS if theirs(word, direction) else Right(STEPS[word].right)
