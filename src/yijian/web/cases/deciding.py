"""From the final report to the decision: legal review, discussion, prior notice, defence, hearing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User
from yijian.web.cases import booking, filing, signals, taking, times
from yijian.web.cases.acts import Act
from yijian.web.cases.causes import check_penalty, factors
from yijian.web.cases.models import Case, Decision, Hearing, Legal
from yijian.web.cases.queries import candidates, large_fine, must_discuss, too_old, workdays_between
from yijian.web.cases.steps import OPINIONS, OUTCOMES
from yijian.web.clocks import actions as clocks
from yijian.web.parameters.queries import due, value_of

ZERO = Decimal(0)


@dataclass(frozen=True)
class Proposal:
    """What the officers propose in their final report. fine, loss in yuan; months of suspended service; factors: their words."""

    outcome: str
    established: str
    grounds: str
    loss: Decimal
    fine: Decimal = ZERO
    months: int = 0
    factors: Sequence[str] = ()
    refused: bool = False


@dataclass(frozen=True)
class Decided:
    """What the head decides. repay: to be repaid by this decision; before: repaid or ordered otherwise; to: the other office."""

    outcome: str
    reasons: str
    fine: Decimal = ZERO
    months: int = 0
    repay: Decimal = ZERO
    before: Decimal = ZERO
    to: str = ""


@transaction.atomic
def report(case_id: int, given: Proposal, *, who: User, when: datetime, where: str | None) -> Case:
    """The final report, which goes to legal review. ValidationError where its penalty is outside the article's range."""
    case = taking.held(case_id, who)
    if given.outcome not in OUTCOMES:
        raise ValidationError("请选择处理意见")
    if case.measures.filter(ended=None, kind="preservation").exists():  # type: ignore[attr-defined]
        raise ValidationError("先行登记保存的物品还没有作出处理决定，请先登记处理结果")
    _check(case, given.outcome, given.fine, given.months, given.factors, given.loss, refused=given.refused)
    old = taking.step(case, "report", who=who, when=when, reason=given.established)
    case.established, case.grounds, case.proposal = given.established.strip(), given.grounds.strip(), given.outcome
    case.loss, case.fine, case.months = given.loss, given.fine, given.months
    case.factors, case.refused = list(given.factors), given.refused
    case.save(update_fields=["established", "grounds", "proposal", "loss", "fine", "months", "factors", "refused"])
    taking.start(case, "legal_review", "法制审核", Right.EXAMINE_CASES, timezone.localdate(when))
    words = {
        "source": case.lead.get_source_display(), "facts": case.facts, "evidence": _evidence(case),
        "outcome": OUTCOMES[given.outcome],
        "fine": given.fine, "months": given.months, "factors": "；".join(factors()[one].title for one in given.factors),
    }  # fmt: skip
    taking.write("case_final_report", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose=f"送法制审核：{OUTCOMES[given.outcome]}")
    return case


def _evidence(case: Case) -> str:
    """The evidence in words."""
    found = case.evidence.order_by("pk")  # type: ignore[attr-defined]
    return "；".join(f"{n}. {one.get_kind_display()}：{one.title}" for n, one in enumerate(found, 1)) or "（未登记）"


def _check(case: Case, outcome: str, fine: Decimal, months: int, words: Sequence[str], loss: Decimal, *, refused: bool) -> None:
    if loss < 0 or fine < 0 or months < 0:
        raise ValidationError("金额和月数不能小于 0")
    if outcome != "penalty":
        if fine or months:
            raise ValidationError(f"“{OUTCOMES[outcome]}”不能有罚款或暂停服务")
        return
    check_penalty(case.basis, loss, fine, months, words, refused=refused)
    if not fine and not months:
        raise ValidationError("行政处罚须有罚款或暂停服务；没有的，请选择不予行政处罚")
    if last := too_old(case):
        raise ValidationError(f"违法行为终了已超过处罚时效，最迟须在 {last} 前发现，不能给予处罚；可以责令退回基金")


@transaction.atomic
def examine(case_id: int, opinion: str, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The opinion of the legal review, by somebody who did not handle the case; all but the agreement send it back."""
    case = taking.held(case_id, who)
    if opinion not in OPINIONS:
        raise ValidationError("请选择法制审核意见")
    old = taking.step(case, "agree" if opinion == "agree" else "object", who=who, when=when, reason=reason)
    Legal.objects.create(case=case, opinion=opinion, said=reason.strip(), at=when, by=who)
    clocks.stop(taking.about(case), "legal_review", when=when)
    words = {"opinion": OPINIONS[opinion], "reason": reason.strip()}
    taking.write("case_legal_opinion", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose=f"法制审核：{opinion}")
    return case


@transaction.atomic
def discuss(case_id: int, present: str, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """What the heads found together. present: who took part; reason: the minutes and the conclusion."""
    case = taking.held(case_id, who)
    if len(present.strip()) < 4:
        raise ValidationError("请写明参加集体讨论的人员")
    taking.step(case, "discuss", who=who, when=when, reason=reason)
    case.discussed = timezone.localdate(when)
    case.save(update_fields=["discussed"])
    words = {"present": present.strip(), "minutes": reason.strip(), "why": "、".join(must_discuss(case)) or "负责人提请"}
    taking.write("case_discussion", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, who=who, when=when, where=where, purpose="集体讨论")
    return case


def _discussed(case: Case) -> None:
    if not case.discussed and (why := must_discuss(case)):
        raise ValidationError(f"本案{'、'.join(why)}，须先经负责人集体讨论并记录")


@transaction.atomic
def notify(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """Tell the party what penalty is meant and what it may say; its time begins. ValidationError where no penalty is proposed."""
    case = taking.held(case_id, who)
    taking.in_state(case, "reviewed")
    if case.proposal != "penalty":
        raise ValidationError(f"处理意见是“{OUTCOMES[case.proposal]}”，不需要事先告知，由负责人直接决定")
    _discussed(case)
    old, today = taking.step(case, "notify", who=who, when=when), timezone.localdate(when)
    case.notified, case.may_hear, case.waived, case.heard = today, case.fine >= large_fine(case) or bool(case.months), False, None
    case.answer_by = due("hearing_request", case.area, today)  # the party's time, so no clock of the office
    case.save(update_fields=["notified", "may_hear", "waived", "heard", "answer_by"])
    period = str(value_of("hearing_request", case.area, today))
    words = {"fine": case.fine, "months": case.months, "period": period, "may_hear": case.may_hear}
    taking.write("case_prior_notice", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="事先告知")
    return case


@transaction.atomic
def state(case_id: int, reply: str, *, waives: bool, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """What the party says, and what became of it. waives: it gives up defence and hearing in writing: nothing is waited for."""
    case = taking.held(case_id, who)
    if not waives and len(reply.strip()) < 4:
        raise ValidationError("请写明对陈述申辩的复核意见：成立的应当采纳，不得因申辩加重处罚")
    taking.step(case, "state", who=who, when=when, reason=reason)
    if waives:
        case.waived = True
        case.save(update_fields=["waived"])
    words = {"said": reason.strip(), "reply": reply.strip(), "waives": waives}
    taking.write("case_statement", case, words, who=who, when=when, where=where)
    purpose = "放弃陈述申辩和听证" if waives else "陈述申辩"
    taking.log(Act.STEP, case, who=who, when=when, where=where, purpose=purpose)
    return case


@transaction.atomic
def ask_hearing(case_id: int, asked: date, *, who: User, when: datetime, where: str | None) -> Hearing:
    """The party asks for a hearing. One that comes late is written down and not granted: `late` says so.

    asked: the day on which it came in. ValidationError where no hearing is open to it, or there was one.
    """
    case, today = taking.held(case_id, who), timezone.localdate(when)
    taking.as_officer(case, who)
    taking.in_state(case, "notified")
    if not case.may_hear or case.waived or case.heard:
        why = "已放弃" if case.waived else "已经听证" if case.heard else "拟处罚款没有达到较大数额"
        raise ValidationError(f"当事人不能申请听证：{why}")
    if case.notified is None or not case.notified <= asked <= today:
        raise ValidationError(f"申请日期应在告知日 {case.notified} 与今天之间")
    late = case.answer_by is not None and asked > case.answer_by
    made = Hearing.objects.create(case=case, asked=asked, late=late)
    if late:
        purpose = f"{asked} 申请，截止 {case.answer_by}"
        taking.log(Act.LATE_HEARING, case, who=who, when=when, where=where, purpose=purpose)
        return made
    old = taking.step(case, "ask_hearing", who=who, when=when)
    filing.begin_excluded(case, "hearing", "当事人申请听证", who=who, when=when)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="申请听证")
    return made


@transaction.atomic
def call_hearing(case_id: int, host: str, day: date, place: str, *, who: User, when: datetime, where: str | None) -> Case:
    """The head names who hosts it, when and where: nobody who handles the case, and not sooner than the law lets."""
    case, today = taking.held(case_id, who), timezone.localdate(when)
    taking.in_state(case, "hearing")
    person = next((one for one in candidates(case, Right.EXAMINE_CASES) if one.username == host), None)
    if person is None:
        raise ValidationError("请从名单中选择听证主持人：不是本案办案和审批人员")
    least = int(value_of("hearing_notice", case.area, today).value)
    if day <= today or workdays_between(case, today, day) < least:
        raise ValidationError(f"听证须提前 {least} 个工作日通知，{day} 太早")
    if not place.strip():
        raise ValidationError("请写明听证地点")
    taking.step(case, "call_hearing", who=who, when=when)
    hearing = case.hearings.filter(late=False).latest("pk")  # type: ignore[attr-defined]
    hearing.host, hearing.told, hearing.day, hearing.place = person, today, day, place.strip()[:200]
    hearing.save(update_fields=["host", "told", "day", "place"])
    clocks.tell([person], f"{case.number} 于 {day} 听证，由您主持", link=taking.link(case), when=when)
    words = {"day": day, "place": hearing.place, "host": person.display_name}
    taking.write("case_hearing_notice", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, who=who, when=when, where=where, purpose=f"{day} 听证，主持 {person.username}")
    return case


@transaction.atomic
def hear(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The host's record of the hearing; the time for the decision runs again."""
    case, today = taking.held(case_id, who), timezone.localdate(when)
    taking.in_state(case, "hearing")
    hearing = case.hearings.filter(late=False).latest("pk")  # type: ignore[attr-defined]
    if hearing.host_id != who.pk:
        raise ValidationError("听证笔录由听证主持人记录")
    if hearing.day > today:
        raise ValidationError(f"听证定在 {hearing.day}，还没有举行")
    old = taking.step(case, "hear", who=who, when=when, reason=reason)
    hearing.record = reason.strip()
    hearing.save(update_fields=["record"])
    case.heard = hearing.day
    case.save(update_fields=["heard"])
    filing.end_excluded(case, when=when)
    words = {"day": hearing.day, "place": hearing.place, "host": who.display_name, "record": hearing.record}
    taking.write("case_hearing_record", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="听证")
    return case


@transaction.atomic
def more(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The head wants more: back to the investigation; review, discussion and notice come anew."""
    case = taking.held(case_id, who)
    old = taking.step(case, "more", who=who, when=when, reason=reason)
    case.discussed = case.notified = case.answer_by = case.heard = None
    case.may_hear = case.waived = False
    case.save(update_fields=["discussed", "notified", "answer_by", "heard", "may_hear", "waived"])
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="退回补充调查")
    return case


@transaction.atomic
def decide(case_id: int, given: Decided, *, who: User, when: datetime, where: str | None) -> Decision:
    """The head decides. ValidationError where a mandatory step is missing, or the decision lies outside what it may be."""
    case, today = taking.held(case_id, who), timezone.localdate(when)
    taking.in_state(case, "reviewed", "notified")
    if given.outcome not in OUTCOMES:
        raise ValidationError("请选择决定")
    _may_decide(case, given, today)
    old = taking.step(case, "decide", who=who, when=when, reason=given.reasons)
    made = keep(case, given, today)
    case.decided = when
    case.late = "late" in clocks.stop(taking.about(case), taking.DECISION, when=when)
    times.count(case)
    case.save(update_fields=["decided", "days_decided", "late"])
    taking.start(case, "case_service", "送达决定", Right.HANDLE_CASES, today)
    booking.book(case, made, who=who, when=when)
    write_decision(case, made, who=who, when=when, where=where)
    signals.decided.send(Case, case=case, decision=made, when=when)
    purpose = f"{given.outcome}，罚款 {given.fine} 元，退回 {given.repay} 元"
    taking.log(Act.DECIDE, case, old=old, who=who, when=when, where=where, purpose=purpose)
    return made


def _may_decide(case: Case, given: Decided, today: date) -> None:
    """ValidationError says which mandatory step is missing, or what is more than it may be."""
    _discussed(case)
    if running := case.excluded.filter(end=None).first():  # type: ignore[attr-defined]
        raise ValidationError(f"“{running.get_kind_display()}”还没有结束，不能决定")
    check_money(case, given)
    _check(case, given.outcome, given.fine, given.months, case.factors, case.loss, refused=case.refused)
    if given.outcome in ("transfer", "judicial") and len(given.to.strip()) < 2:
        raise ValidationError("请写明移送的机关")
    if given.outcome != "penalty":
        return
    if case.state != "notified" or case.answer_by is None:
        raise ValidationError("给予处罚前须先向当事人事先告知，听取陈述申辩")
    if not case.waived and today <= case.answer_by:
        raise ValidationError(f"当事人在 {case.answer_by} 前可以陈述申辩、申请听证，期满后才能决定")
    if given.fine > case.fine or given.months > case.months:
        raise ValidationError("决定不得重于事先告知的处罚；需要加重的，退回补充调查后重新告知")


def check_money(case: Case, given: Decided) -> None:
    """ValidationError where more is to be repaid than was lost, or something though nothing was proved."""
    if given.repay < 0 or given.before < 0 or given.repay + given.before > case.loss:
        raise ValidationError(f"责令退回与已另行追回之和不能超过基金损失 {case.loss:,.2f} 元，也不能小于 0")
    if given.outcome == "unfounded" and given.repay:
        raise ValidationError("违法事实不成立的，不能责令退回")


def keep(case: Case, given: Decided, today: date) -> Decision:
    """A part of an action: the decision's row."""
    return Decision.objects.create(
        case=case, outcome=given.outcome, fine=given.fine, months=given.months, repay=given.repay, before=given.before,
        reasons=given.reasons.strip(), to=given.to.strip()[:200], day=today,
    )  # fmt: skip


def write_decision(case: Case, made: Decision, *, who: User, when: datetime, where: str | None) -> None:
    """A part of an action: the decision's document; a penalty says how it is paid and how it may be fought."""
    kind = "case_penalty" if made.outcome == "penalty" else "case_decision"
    period = str(value_of("fine_payment", case.area, made.day))
    words = {
        "outcome": OUTCOMES[made.outcome], "fine": made.fine, "months": made.months, "repay": made.repay, "before": made.before,
        "reasons": made.reasons, "to": made.to, "period": period, "on_spot": case.procedure == Case.Procedure.SUMMARY,
        "factors": "；".join(factors()[one].title for one in case.factors),
    }  # fmt: skip
    taking.write(kind, case, words, who=who, when=when, where=where)
