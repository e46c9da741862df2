"""What all writes to a case share: taking a step, its log line, its papers, its clocks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.cases.acts import Act
from yijian.web.cases.models import Case, CaseChange
from yijian.web.cases.queries import case_for, clash, duties_in, has_it, may_take, officers_of
from yijian.web.cases.steps import DUTIES, STEPS, WORDS
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.papers import actions as papers
from yijian.web.papers.layout import Table

DECISION = "case_decision"


def about(case: Case) -> str:
    """As clocks, papers and attachments name it."""
    return f"cases.case:{case.pk}"


def link(case: Case) -> str:
    """Its page."""
    return reverse("cases:detail", args=[case.pk])


def held(case_id: int, who: User) -> Case:
    """The case, which nobody else may change until the transaction ends. Http404 outside the door."""
    case = case_for(who, case_id)
    Case.objects.select_for_update().get(pk=case.pk)
    case.refresh_from_db()
    return case


def step(case: Case, word: str, *, who: User, when: datetime, reason: str = "") -> str:
    """Take a step; the state before.

    ValidationError where it is not the person's, or not the state's; PermissionDenied without the right.
    """
    right = Right(STEPS[word].right)
    need(who, right)
    duties = duties_in(who, case)
    if case.state in STEPS[word].frm and not may_take(who, case, word, duties, {one.user_id for one in officers_of(case)}):  # type: ignore[attr-defined]  # fmt: skip
        if other := clash(duties, DUTIES[right]):
            raise ValidationError(f"您在本案中是{other}，不能再办理“{STEPS[word].title}”")
        raise ValidationError(f"“{STEPS[word].title}”不由您办理：须由承办单位的本案相应人员办理")
    old = case.state
    move(case, STEPS[word], CaseChange, who=who, when=when, reason=reason, words=WORDS)
    return old


def as_officer(case: Case, who: User) -> None:
    """PermissionDenied or ValidationError unless the person handles the case now."""
    need(who, Right.HANDLE_CASES)
    if not has_it(who, case, Right.HANDLE_CASES):
        raise PermissionDenied
    if who.pk not in {one.user_id for one in officers_of(case)}:  # type: ignore[attr-defined]
        raise ValidationError("这项工作只能由本案现在的办案人员办理")


def as_head(case: Case, who: User) -> None:
    """PermissionDenied or ValidationError unless the person may approve things in this case."""
    need(who, Right.DECIDE_CASES)
    if not has_it(who, case, Right.DECIDE_CASES):
        raise PermissionDenied
    if other := clash(duties_in(who, case), "head"):
        raise ValidationError(f"您在本案中是{other}，不能审批")


def in_state(case: Case, *states: str) -> None:
    """ValidationError unless the case is in one of these."""
    if case.state not in states:
        raise ValidationError(f"案件现在的状态是“{WORDS[case.state]}”，不能办理这一项；请刷新页面")


def log(act: Act, case: Case, *, old: str = "", who: User | None, when: datetime, where: str | None, purpose: str = "") -> None:
    """The line about it. Names, certificates and texts stay out of it."""
    changes = {"状态": (WORDS[old], WORDS[case.state])} if old and old != case.state else {}
    record(act, who=who, when=when, where=where, kind="案件", about=case.number, purpose=purpose, area=case.area, changes=changes)


def start(case: Case, kind: str, title: str, right: Right, begun: date, person: User | None = None) -> date:
    """Start a clock of the case; its day."""
    return clocks.start(
        kind, about(case), title=f"{title}：{case.number} {case.title}"[:200], link=link(case), area=case.area,
        right=right, person=person, begun=begun,
    ).due  # fmt: skip


def write(
    kind: str,
    case: Case,
    words: dict[str, Any],
    *,
    tables: Sequence[Table] = (),
    who: User,
    when: datetime,
    where: str | None,
) -> None:
    """A document of the case: its kind's words, and what all of them may say."""
    known = {
        "case": case.number, "lead": case.lead.number, "subject": case.who, "title": case.title, "cause": case.basis.text,
        "article": case.basis.article or "（无）", "loss": case.loss, "established": case.established, "grounds": case.grounds,
        "officers": "、".join(f"{one.user.display_name}（执法证号 {one.certificate}）" for one in officers_of(case)),
    }  # fmt: skip
    papers.write(
        kind, about(case), known | words, area=case.area, organ=who.organisation.name, tables=tables,
        who=who, when=when, where=where,
    )  # fmt: skip
