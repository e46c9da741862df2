"""Reports of major cases: due within a week of the end, prepared, sent to the authority above, received there."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, division_above, division_name, need, people_with
from yijian.web.cases import taking
from yijian.web.cases.acts import Act
from yijian.web.cases.models import Case, MajorReport
from yijian.web.cases.queries import reports_for
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given

CLOCK = "major_report"
LEAST = 10
"""Characters that each part of a report must have."""


def due(case: Case, reasons: Sequence[str], *, when: datetime) -> MajorReport:
    """A part of an action: the case is to be reported; a report that there is gets the reason too."""
    today = timezone.localdate(when)
    made = getattr(case, "decision", None)
    report, fresh = MajorReport.objects.get_or_create(
        case=case,
        defaults={
            "reasons": "、".join(reasons), "since": today, "found": f"{case.lead.get_source_display()}：{case.lead.facts}",
            "facts": case.established or case.facts, "grounds": f"{case.basis.article}。{case.grounds}",
            "result": f"{made.get_outcome_display()}：责令退回 {made.repay:,.2f} 元，罚款 {made.fine:,.2f} 元" if made else "",
        },
    )  # fmt: skip
    if fresh:
        taking.start(case, CLOCK, "重大案情报告", Right.KEEP_CASES, today)
    elif new := [one for one in reasons if one not in report.reasons]:
        report.reasons = "、".join([report.reasons, *new])[:200]
        report.save(update_fields=["reasons"])
    return report


@transaction.atomic
def flag(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> MajorReport:
    """The head says that a case that was decided is likely to draw public attention."""
    case = taking.held(case_id, who)
    taking.as_head(case, who)
    taking.in_state(case, "executing", "closing", "closed")
    report = due(case, [f"可能引起舆论关注（{reason_given(reason)[:60]}）"], when=when)
    taking.log(Act.REPORT_UP, case, who=who, when=when, where=where, purpose="列为重大案情")
    return report


@transaction.atomic
def send(
    case_id: int, found: str, facts: str, result: str, grounds: str, *, who: User, when: datetime, where: str | None
) -> MajorReport:
    """Send the report upward. ValidationError where one of its four parts is missing, or nobody is above."""
    need(who, Right.KEEP_CASES)
    case = taking.held(case_id, who)
    if case.area not in who.scope(Right.KEEP_CASES).areas:
        raise PermissionDenied
    report = MajorReport.objects.select_for_update().filter(case=case, sent=None).first()
    if report is None:
        raise ValidationError("这件案件没有待上报的重大案情报告")
    parts = {"发现过程": found, "违法违规事实": facts, "处理结果": result, "处理依据": grounds}
    if missing := [title for title, text in parts.items() if len(text.strip()) < LEAST]:
        raise ValidationError(f"请写明{'、'.join(missing)}，各至少 {LEAST} 个字")
    above = division_above(case.area)
    if above is None:
        raise ValidationError(f"系统里没有 {division_name(case.area)} 的上级区划，不能上报")
    report.found, report.facts, report.result, report.grounds = (text.strip() for text in parts.values())
    report.to, report.sent = above.code, when
    report.save(update_fields=["found", "facts", "result", "grounds", "to", "sent"])
    clocks.stop(taking.about(case), CLOCK, when=when)
    words = {
        "receiver": above.name,
        "reasons": report.reasons,
        "found": found,
        "facts": facts,
        "result": result,
        "basis": grounds,
    }
    taking.write("case_major_report", case, words, who=who, when=when, where=where)
    people = people_with(Right.KEEP_CASES, above.code)
    clocks.tell(people, f"收到重大案情报告：{case.number}", link=taking.link(case), when=when)
    taking.log(Act.REPORT_UP, case, who=who, when=when, where=where, purpose=f"上报 {above.code}")
    return report


@transaction.atomic
def receive(case_id: int, *, who: User, when: datetime, where: str | None) -> MajorReport:
    """The authority above has it. Http404 where none was sent to the person's office."""
    need(who, Right.KEEP_CASES)
    areas = who.scope(Right.KEEP_CASES).areas
    report = reports_for(who).filter(case=case_id, to__in=areas).exclude(sent=None).first()
    if report is None:
        raise Http404("没有报送到您单位的重大案情报告。")
    if report.received:
        raise ValidationError("这份报告已经签收")
    report.received, report.received_by = when, who
    report.save(update_fields=["received", "received_by"])
    taking.log(Act.REPORT_UP, report.case, who=who, when=when, where=where, purpose="上级签收")
    return report
