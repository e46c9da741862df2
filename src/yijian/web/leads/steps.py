"""What may be done to a lead, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a lead stands."""

    REGISTERED = "registered", "待分派"
    VERIFYING = "verifying", "核查中"
    REPORTED = "reported", "待审定"
    ANSWERED = "answered", "待上级验收"
    CLOSED = "closed", "办结"
    MERGED = "merged", "已并入"


class Result(TextChoices):
    """What came of it."""

    CASE = "case", "立案"
    REVIEW = "review", "转审核追回"
    AGREEMENT = "agreement", "按服务协议处理"
    TRANSFER = "transfer", "移送其他部门"
    MINOR = "minor", "情节轻微，已责令改正"
    UNPROVED = "unproved", "证据不足"
    UNFOUNDED = "unfounded", "查无实据"


WORDS = {str(value): str(word) for value, word in State.choices}
RESULTS = {str(value): str(word) for value, word in Result.choices}
PROVED = ("case", "review", "agreement", "transfer", "minor")
"""Results that say there was something in it."""

OPEN = ("registered", "verifying", "reported", "answered")

STEPS = {
    step.word: step
    for step in (
        Step("hand_down", "交办下级", ("registered",), "registered", Right.KEEP_LEADS, needs_reason=True),
        Step("escalate", "上报上级", ("registered", "verifying"), "registered", Right.KEEP_LEADS, needs_reason=True),
        Step("assign", "分派核查", ("registered", "verifying"), "verifying", Right.KEEP_LEADS),
        Step("merge", "并入其他线索", ("registered", "verifying"), "merged", Right.KEEP_LEADS, needs_reason=True),
        Step("extend", "延长核查期限", ("verifying",), "verifying", Right.CONFIRM_LEADS, needs_reason=True),
        Step("report", "报告核查结果", ("verifying",), "reported", Right.VERIFY_LEADS, needs_reason=True),
        Step("send_back", "退回补充核查", ("reported", "answered"), "verifying", Right.CONFIRM_LEADS, needs_reason=True),
        Step("confirm", "审定结果", ("reported",), "closed", Right.CONFIRM_LEADS),
        Step("answer", "审定并报告上级", ("reported",), "answered", Right.CONFIRM_LEADS),
        Step("accept", "接受核查结果", ("answered",), "closed", Right.CONFIRM_LEADS),
    )
}
