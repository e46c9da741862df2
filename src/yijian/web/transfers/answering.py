"""From what comes in, or has gone out, to its result: receipt, supplement, acceptance, result."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.attachments.actions import attach
from yijian.web.clocks import actions as clocks
from yijian.web.leads import actions as leads
from yijian.web.transfers import letters, taking
from yijian.web.transfers.acts import Act
from yijian.web.transfers.given import Given
from yijian.web.transfers.models import Transfer, TransferChange
from yijian.web.transfers.steps import Result


@transaction.atomic
def hand_over(
    area: str, given: Given, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """Another authority hands something over to our office of the area; or our office enters what came on paper.

    ValidationError where something is missing; PermissionDenied where the area is not the person's.
    """
    partner_itself = who.may(Right.ANSWER_TRANSFERS)
    right = Right.ANSWER_TRANSFERS if partner_itself else Right.KEEP_TRANSFERS
    need(who, right)
    scope = who.scope(right)
    if not (scope.covers(area=area) if partner_itself else area in scope.areas):
        raise PermissionDenied
    giver, _ = given.check("in", area, timezone.localdate(when))
    if partner_itself and giver != who.organisation:
        raise PermissionDenied
    made = Transfer.objects.create(
        direction="in", number=given.reference.strip(), body=given.body, category=given.category, area=area, partner=giver,
        institution=given.institution, subject=given.subject.strip(), title=given.title.strip(), facts=given.facts.strip(),
        amount=given.amount, since=given.since, state="sent", opened=when, sent_on=timezone.localdate(when), by=who,
    )  # fmt: skip
    taking.items(made, given)
    TransferChange.objects.create(record=made, step="hand_over", old="", new="sent", at=when, by=who)
    taking.clock(taking.RECEIPT, made, f"签收{giver.name}移送：{made.title}", timezone.localdate(when))
    taking.tell_us(made, f"{giver.name}移送：{made.title}", when)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    taking.log(Act.HAND_OVER, made, "", who=who, when=when, where=where, purpose=giver.name)
    return made


@transaction.atomic
def receive(
    transfer_id: int, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """The receiver signs for it. What came in becomes a lead at once: it may not be refused.

    ValidationError where the other authority answers on paper and its receipt is not attached.
    """
    made, old = taking.step(transfer_id, "receive", who=who, when=when, files=files)
    today = timezone.localdate(when)
    clocks.stop(taking.about_of(made), taking.RECEIPT, when=when)
    if made.out:
        taking.clock(taking.RESULT, made, f"等待{made.partner.name}处理结果：{made.number}", today)
        taking.tell_us(made, f"{made.partner.name}已签收 {made.number}", when)
    else:
        _make_lead(made, who=who, when=when, where=where)
        taking.tell(made.partner, made, f"您单位移送的案件已签收：{made.title}", when)
    if not taking.for_them(made, who):
        letters.receipt(made, who=who, when=when, where=where)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    taking.log(Act.RECEIVE, made, old, who=who, when=when, where=where, purpose=made.number)
    return made


@transaction.atomic
def ask(
    transfer_id: int, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """The receiver says what is missing; it is to come within three days."""
    made, old = taking.step(transfer_id, "ask", who=who, when=when, reason=reason, files=files)
    title = f"补正移送材料：{made}" if made.out else f"等待{made.partner.name}补正：{made}"
    taking.clock(taking.SUPPLEMENT, made, title, timezone.localdate(when))
    words = f"{made} 须补正材料：{reason.strip()}"
    if made.out:
        taking.tell_us(made, words, when)
    else:
        taking.tell(made.partner, made, words, when)
    if not taking.for_them(made, who):
        letters.supplement(made, reason.strip(), who=who, when=when, where=where)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    taking.log(Act.ASK, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def supply(
    transfer_id: int, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """What was missing comes. reason: what it is. ValidationError without a file."""
    if not files:
        raise ValidationError("请上传补正的材料，至少一个文件")
    made, old = taking.step(transfer_id, "supply", who=who, when=when, reason=reason, files=files)
    clocks.stop(taking.about_of(made), taking.SUPPLEMENT, when=when)
    words = f"{made} 的材料已补正"
    if made.out:
        taking.tell(made.partner, made, words, when)
    else:
        taking.tell_us(made, words, when)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    taking.log(Act.SUPPLY, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def accept(
    transfer_id: int, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """The receiver takes the matter up, whether or not all that was asked for has come."""
    made, old = taking.step(transfer_id, "accept", who=who, when=when, files=files)
    clocks.stop(taking.about_of(made), taking.SUPPLEMENT, when=when)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    taking.log(Act.ACCEPT, made, old, who=who, when=when, where=where, purpose=made.number)
    return made


@transaction.atomic
def report(
    transfer_id: int,
    result: str,
    *,
    reason: str,
    files: "Sequence[UploadedFile[bytes]]" = (),
    who: User,
    when: datetime,
    where: str | None,
) -> Transfer:
    """The receiver says what it did. ValidationError without a result."""
    before = taking.locked(who, transfer_id)
    if result not in Result.values or (result == "lead" and before.body != "insurance"):
        raise ValidationError("请选择处理结果")
    taking.answered(before, result, reason.strip())
    made, old = taking.step(transfer_id, "report", who=who, when=when, reason=reason, files=files)
    clocks.stop(taking.about_of(made), taking.RESULT, when=when)
    if made.out:
        taking.tell_us(made, f"{made.partner.name}反馈了 {made.number} 的处理结果", when)
    else:
        taking.tell(made.partner, made, f"您单位移送的案件有了处理结果：{made.title}", when)
    if not taking.for_them(made, who):
        letters.result(made, who=who, when=when, where=where)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    taking.log(Act.REPORT, made, old, who=who, when=when, where=where, purpose=result)
    return made


@transaction.atomic
def close(transfer_id: int, *, who: User, when: datetime, where: str | None) -> Transfer:
    """The giver has seen the result."""
    made, old = taking.step(transfer_id, "close", who=who, when=when)
    taking.log(Act.CLOSE, made, old, who=who, when=when, where=where, purpose=made.result)
    return made


def _make_lead(made: Transfer, *, who: User, when: datetime, where: str | None) -> None:
    given = leads.Given(
        source="transfer", title=made.title, facts=made.facts, reference=made.number, received=timezone.localdate(when),
        subject_kind="institution" if made.institution else "other", institution=made.institution, subject=made.subject,
        about=taking.about_of(made), amount=made.amount,
    )  # fmt: skip
    # receiving it takes no other right than that for transfers, so the lead is registered by the system
    leads.register(given, made.area, who=None, when=when, where=where)
