"""What may be done to a case, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where a case stands."""

    PROPOSED = "proposed", "待批准立案"
    REFUSED = "refused", "不予立案"
    INVESTIGATING = "investigating", "调查中"
    SUSPENDED = "suspended", "中止调查"
    TERMINATED = "terminated", "终止调查"
    REVIEWING = "reviewing", "法制审核中"
    REVIEWED = "reviewed", "审核通过"
    NOTIFIED = "notified", "已事先告知"
    HEARING = "hearing", "听证中"
    DECIDED = "decided", "已决定，待送达"
    ON_SPOT = "on_spot", "当场处罚，待备案"
    EXECUTING = "executing", "执行中"
    CLOSING = "closing", "待批准结案"
    CLOSED = "closed", "结案"
    ARCHIVED = "archived", "已归档"


class Outcome(TextChoices):
    """The five decisions (令第4号 第四十三条)."""

    PENALTY = "penalty", "行政处罚"
    NO_PENALTY = "no_penalty", "不予行政处罚"
    UNFOUNDED = "unfounded", "违法事实不成立"
    TRANSFER = "transfer", "移送其他部门"
    JUDICIAL = "judicial", "移送司法机关"


class Opinion(TextChoices):
    """The five opinions of the legal review (令第4号 第四十条)."""

    AGREE = "agree", "同意处理意见"
    FACTS = "facts", "事实不清、证据不足，建议补充调查"
    LAW = "law", "定性不准、适用依据或裁量不当，建议改正"
    PROCEDURE = "procedure", "程序不合法，建议纠正"
    ELSEWHERE = "elsewhere", "超出管辖或涉嫌犯罪，建议移送"


WORDS = {str(value): str(word) for value, word in State.choices}
OUTCOMES = {str(value): str(word) for value, word in Outcome.choices}
OPINIONS = {str(value): str(word) for value, word in Opinion.choices}

ENDED = ("refused", "terminated", "closed", "archived")
OPEN = tuple(state for state in WORDS if state not in ENDED)
UNDECIDED = ("investigating", "suspended", "reviewing", "reviewed", "notified", "hearing")
"""States in which the time for the decision runs, or stands still."""

STEPS = {
    step.word: step
    for step in (
        Step("approve", "批准立案", ("proposed",), "investigating", Right.DECIDE_CASES),
        Step("refuse", "不予立案", ("proposed",), "refused", Right.DECIDE_CASES, needs_reason=True),
        Step("suspend", "中止调查", ("investigating",), "suspended", Right.DECIDE_CASES, needs_reason=True),
        Step("resume", "恢复调查", ("suspended",), "investigating", Right.DECIDE_CASES, needs_reason=True),
        Step("terminate", "终止调查", ("investigating", "suspended"), "terminated", Right.DECIDE_CASES, needs_reason=True),
        Step("report", "调查终结，送法制审核", ("investigating",), "reviewing", Right.HANDLE_CASES, needs_reason=True),
        Step("agree", "法制审核通过", ("reviewing",), "reviewed", Right.EXAMINE_CASES, needs_reason=True),
        Step("object", "法制审核退回", ("reviewing",), "investigating", Right.EXAMINE_CASES, needs_reason=True),
        Step("discuss", "记录集体讨论", ("reviewed",), "reviewed", Right.DECIDE_CASES, needs_reason=True),
        Step("notify", "事先告知", ("reviewed",), "notified", Right.HANDLE_CASES),
        Step("state", "记录陈述申辩与复核", ("notified",), "notified", Right.HANDLE_CASES, needs_reason=True),
        Step("ask_hearing", "登记听证申请", ("notified",), "hearing", Right.HANDLE_CASES),
        Step("call_hearing", "通知听证", ("hearing",), "hearing", Right.DECIDE_CASES),
        Step("hear", "记录听证", ("hearing",), "notified", Right.EXAMINE_CASES, needs_reason=True),
        Step("more", "退回补充调查", ("reviewed", "notified"), "investigating", Right.DECIDE_CASES, needs_reason=True),
        Step("decide", "作出决定", ("reviewed", "notified"), "decided", Right.DECIDE_CASES, needs_reason=True),
        Step("serve", "登记送达", ("decided",), "executing", Right.HANDLE_CASES),
        Step("take_note", "当场处罚备案", ("on_spot",), "executing", Right.DECIDE_CASES),
        Step("finish", "执行完毕，报请结案", ("executing",), "closing", Right.HANDLE_CASES, needs_reason=True),
        Step("return", "退回继续执行", ("closing",), "executing", Right.DECIDE_CASES, needs_reason=True),
        Step("close", "批准结案", ("closing",), "closed", Right.DECIDE_CASES),
        Step("archive", "归档", ("closed", "terminated", "refused"), "archived", Right.HANDLE_CASES),
    )
}

DUTIES = {
    Right.KEEP_CASES: "proposer",
    Right.HANDLE_CASES: "officer",
    Right.EXAMINE_CASES: "examiner",
    Right.DECIDE_CASES: "head",
}
"""What somebody is in a case who takes a step by this right."""

DUTY_WORDS = {"proposer": "提请立案人", "officer": "办案人员", "examiner": "法制审核或听证主持人", "head": "审批人"}

APART = (("officer", "examiner"), ("officer", "head"), ("examiner", "head"), ("proposer", "head"))
"""Duties of one case that no person holds together (条例第二十九条, 行政处罚法 第五十八、六十四条, 令第4号 第三十八条)."""
