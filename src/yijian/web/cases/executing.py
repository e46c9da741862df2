"""After the decision: service, fines and surcharges, deferral, closing; and penalties on the spot."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.cases import booking, reporting, signals, taking, times
from yijian.web.cases.acts import Act
from yijian.web.cases.causes import check_penalty
from yijian.web.cases.deciding import Decided, check_money, keep, write_decision
from yijian.web.cases.filing import Filing, create
from yijian.web.cases.models import Case, Decision, ToTreasury
from yijian.web.cases.queries import surcharge, too_old
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.leads.queries import lead_for
from yijian.web.parameters.queries import Book, value_of

ZERO = Decimal(0)


@transaction.atomic
def decide_on_spot(lead_id: int, filing: Filing, fine: Decimal, *, who: User, when: datetime, where: str | None) -> Case:
    """The summary procedure: two officers fine at once and hand over the decision; the office is told within days.

    ValidationError where the fine is more than the summary procedure allows, or outside the article's range.
    """
    need(who, Right.HANDLE_CASES)
    lead, today = lead_for(who, lead_id), timezone.localdate(when)
    if lead.area not in who.scope(Right.HANDLE_CASES).areas:
        raise PermissionDenied
    if who.username not in filing.officers:
        raise ValidationError("当场处罚由到场的办案人员办理，请把自己列为办案人员")
    key = "summary_fine_person" if lead.subject_kind == "person" else "summary_fine_other"
    most = value_of(key, lead.area, today).value
    if not ZERO < fine <= most:
        raise ValidationError(f"当场处罚的罚款应大于 0、不超过 {most:,.0f} 元；超过的请按普通程序立案")
    case = create(lead, filing, Case.Procedure.SUMMARY, "on_spot", who=who, when=when)
    check_penalty(case.basis, case.loss, fine, 0, (), refused=case.basis.yuan is not None)
    if last := too_old(case):
        raise ValidationError(f"违法行为终了已超过处罚时效，最迟须在 {last} 前发现，不能给予处罚")
    given = Decided("penalty", filing.facts, fine=fine, repay=filing.loss)
    check_money(case, given)
    made = keep(case, given, today)
    case.filed = case.decided = when
    case.established, case.proposal, case.fine = case.facts, "penalty", fine
    times.count(case)
    case.save(update_fields=["filed", "decided", "year", "days_decided", "established", "proposal", "fine"])
    _served(case, made, today, Decision.Service.ON_SPOT, when)
    taking.start(case, "summary_filing", "当场处罚备案", Right.DECIDE_CASES, today)
    booking.book(case, made, who=who, when=when)
    write_decision(case, made, who=who, when=when, where=where)
    taking.log(Act.DECIDE, case, who=who, when=when, where=where, purpose=f"当场处罚，罚款 {fine} 元")
    return case


@transaction.atomic
def take_note(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """The head takes note of a penalty on the spot."""
    case = taking.held(case_id, who)
    old = taking.step(case, "take_note", who=who, when=when)
    clocks.stop(taking.about(case), "summary_filing", when=when)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="当场处罚备案")
    return case


@transaction.atomic
def serve(case_id: int, method: str, day: date, *, who: User, when: datetime, where: str | None) -> Case:
    """How and when the decision reached the party; the time to pay begins."""
    case = taking.held(case_id, who)
    taking.in_state(case, "decided")
    made = case.decision  # type: ignore[attr-defined]
    if method not in Decision.Service.values:
        raise ValidationError("请选择送达方式")
    if not made.day <= day <= timezone.localdate(when):
        raise ValidationError(f"送达日期应在决定日 {made.day} 与今天之间")
    old = taking.step(case, "serve", who=who, when=when)
    clocks.stop(taking.about(case), "case_service", when=when)
    _served(case, made, day, method, when)
    words = {"day": day, "method": made.get_service_display()}
    taking.write("case_service_receipt", case, words, who=who, when=when, where=where)
    if made.outcome == "judicial":
        reporting.due(case, ["移送司法机关"], when=when)
    taking.log(Act.SERVE, case, old=old, who=who, when=when, where=where, purpose=f"{day} {method}")
    return case


def _served(case: Case, made: Decision, day: date, method: str, when: datetime) -> None:
    made.served, made.service = day, method
    if made.fine:
        made.fine_due = taking.start(case, "fine_payment", "缴纳罚款", Right.HANDLE_CASES, day)
    made.save(update_fields=["served", "service", "fine_due"])
    signals.served.send(Decision, case=case, decision=made, day=day, when=when)


@transaction.atomic
def pay_fine(
    case_id: int, kind: str, amount: Decimal, day: date, receipt: str, *, who: User, when: datetime, where: str | None
) -> ToTreasury:
    """Book a fine or surcharge that the treasury's bank took, or what somebody who is no institution repaid to the fund.

    ValidationError where the receipt is known, or it is more than is owed.
    """
    case = taking.held(case_id, who)
    taking.as_officer(case, who)
    taking.in_state(case, "executing", "on_spot")
    if kind not in ToTreasury.Kind.values or not receipt.strip():
        raise ValidationError("请选择款项，填写票据号")
    if not case.decision.served <= day <= timezone.localdate(when):  # type: ignore[attr-defined]
        raise ValidationError("入库日期应在送达之后、今天之前")
    open_now = owed(case, day)
    if not ZERO < amount <= open_now[kind]:
        raise ValidationError(f"{ToTreasury.Kind(kind).label}还应缴 {open_now[kind]:,.2f} 元，不能登记 {amount:,.2f} 元")
    if ToTreasury.objects.filter(receipt=receipt.strip()).exists():
        raise ValidationError(f"票据号 {receipt.strip()[:40]} 已经登记过")
    paid = ToTreasury.objects.create(case=case, kind=kind, day=day, amount=amount, receipt=receipt.strip()[:80], at=when, by=who)
    if not owed(case, day)["fine"]:
        clocks.stop(taking.about(case), "fine_payment", when=when)
    purpose = f"{ToTreasury.Kind(kind).label} {amount} 元"
    taking.log(Act.PAY_FINE, case, who=who, when=when, where=where, purpose=purpose)
    return paid


def owed(case: Case, on: date, book: Book | None = None) -> dict[str, Decimal]:
    """fine, surcharge, repayment: yuan that are open on a day; repayment is the fund's, of a party that is no institution."""
    made = case.decision  # type: ignore[attr-defined]
    paid = dict.fromkeys(ToTreasury.Kind.values, ZERO)
    for one in case.paid.all():  # type: ignore[attr-defined]  # prefetched on its page
        paid[one.kind] += one.amount
    share = (book or Book()).value_of("surcharge", case.area, made.day).value
    return {
        "fine": made.fine - paid["fine"],
        "surcharge": surcharge(made, on, share) - paid["surcharge"],
        "repayment": booking.owed(case, made) if case.institution is None else ZERO,
    }


@transaction.atomic
def defer(case_id: int, until: date, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The head lets the fine be paid later, or in instalments until a day (行政处罚法第六十六条)."""
    case = taking.held(case_id, who)
    taking.as_head(case, who)
    taking.in_state(case, "executing")
    made, why = case.decision, reason_given(reason)  # type: ignore[attr-defined]
    if made.fine_due is None or until <= made.fine_due or until <= timezone.localdate(when):
        raise ValidationError(f"延期或分期的最后日期应晚于今天和现在的期限 {made.fine_due or '（没有罚款）'}")
    before, made.fine_due, made.deferred = made.fine_due, until, why[:300]
    made.save(update_fields=["fine_due", "deferred"])
    clocks.move(taking.about(case), "fine_payment", until)
    taking.write("case_deferral", case, {"before": before, "until": until, "reason": why}, who=who, when=when, where=where)
    taking.log(Act.DEFER, case, who=who, when=when, where=where, purpose=f"{before} → {until}")
    return case


@transaction.atomic
def give_up(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The head says why no more can be had: a court ended the execution, or the party is no more."""
    case = taking.held(case_id, who)
    taking.as_head(case, who)
    taking.in_state(case, "executing")
    made = case.decision  # type: ignore[attr-defined]
    made.given_up = reason_given(reason)[:300]
    made.save(update_fields=["given_up"])
    clocks.stop(taking.about(case), "fine_payment", when=when, dropped=True)
    taking.log(Act.DEFER, case, who=who, when=when, where=where, purpose="终结执行")
    return case


@transaction.atomic
def finish(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The officers report that it is carried out. ValidationError where something is still owed."""
    case, today = taking.held(case_id, who), timezone.localdate(when)
    taking.in_state(case, "executing")
    made = case.decision  # type: ignore[attr-defined]
    rest = owed(case, today)
    rest["repayment"] = booking.owed(case, made)
    open_now = {ToTreasury.Kind(kind).label.partition("（")[0]: yuan for kind, yuan in rest.items() if yuan > 0}
    if open_now and not made.given_up:
        said = "，".join(f"{title} {yuan:,.2f} 元" for title, yuan in open_now.items())
        raise ValidationError(f"还没有执行完：{said}")
    old = taking.step(case, "finish", who=who, when=when, reason=reason)
    words = {"outcome": made.get_outcome_display(), "fine": made.fine, "repay": made.repay, "reason": reason.strip()}
    taking.write("case_closing", case, words, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="报请结案")
    return case


@transaction.atomic
def send_back(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The head does not close it yet."""
    case = taking.held(case_id, who)
    old = taking.step(case, "return", who=who, when=when, reason=reason)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="退回继续执行")
    return case


@transaction.atomic
def close(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """The head closes the case; a major one is to be reported upward within a week."""
    case = taking.held(case_id, who)
    old = taking.step(case, "close", who=who, when=when)
    case.ended = when
    times.count(case)
    case.save(update_fields=["ended", "days_ended"])
    clocks.stop(taking.about(case), "fine_payment", when=when)
    if case.loss >= value_of("major_amount", case.area, timezone.localdate(when)).value:
        reporting.due(case, ["涉案金额重大"], when=when)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="结案")
    return case


@transaction.atomic
def archive(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """The volume is complete: nothing is added to it any more. ValidationError where things are still preserved or sealed."""
    case = taking.held(case_id, who)
    if case.measures.filter(ended=None).exists():  # type: ignore[attr-defined]
        raise ValidationError("还有登记保存或封存的物品没有处理，请先登记处理结果")
    old = taking.step(case, "archive", who=who, when=when)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="归档")
    return case
