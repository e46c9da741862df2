"""What may be done to a review, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a review stands."""

    SAMPLED = "sampled", "待复审"
    DRAFTED = "drafted", "待发送"
    SENT = "sent", "待机构答复"
    ACCEPTED = "accepted", "机构认可"
    APPEALED = "appealed", "机构申诉"
    SILENT = "silent", "逾期未答复"
    DECIDED = "decided", "已认定"
    PASSED = "passed", "复审通过"
    WITHDRAWN = "withdrawn", "已撤销"


WORDS = {str(value): str(word) for value, word in State.choices}

STEPS = {
    step.word: step
    for step in (
        Step("pass", "复审通过", ("sampled",), "passed", Right.REVIEW),
        Step("object", "复审有问题", ("sampled",), "drafted", Right.REVIEW, needs_reason=True),
        Step("send", "发送机构", ("drafted",), "sent", Right.REVIEW),
        Step("withdraw", "撤销", ("drafted",), "withdrawn", Right.REVIEW, needs_reason=True),
        Step("accept", "认可", ("sent",), "accepted", Right.ANSWER),
        Step("appeal", "申诉", ("sent",), "appealed", Right.ANSWER),
        Step("lapse", "记为逾期未答复", ("sent",), "silent", Right.REVIEW),
        Step("decide", "认定", ("accepted", "appealed", "silent"), "decided", Right.REVIEW, needs_reason=True),
    )
}

TO_INSTITUTION = ("sent", "accepted", "appealed", "silent", "decided")
"""States in which the institution sees the review."""
