"""What goes out, until it is sent: draft, head's approval, letter."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.attachments.actions import attach, attach_same
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.transfers import letters, taking
from yijian.web.transfers.acts import Act
from yijian.web.transfers.given import Given
from yijian.web.transfers.models import Transfer, TransferChange
from yijian.web.transfers.sources import DUE, files_of, known_of
from yijian.web.transfers.steps import WORDS


@transaction.atomic
def draft(
    about: str, given: Given, *, files: "Sequence[UploadedFile[bytes]]" = (), with_evidence: bool = False,
    who: User, when: datetime, where: str | None,
) -> Transfer:  # fmt: skip
    """Draft a transfer of a record that is to go to another authority; the seven working days are counted from `given.since`.

    with_evidence: the files of the case's evidence go with it.

    Http404 where the record is none of these, ValidationError where something is missing, PermissionDenied for another office's.
    """
    need(who, Right.KEEP_TRANSFERS)
    known = known_of(who, about)
    area = known["area"]
    if area not in who.scope(Right.KEEP_TRANSFERS).areas:
        raise PermissionDenied
    partner, copied = given.check("out", area, timezone.localdate(when))
    made = Transfer.objects.create(
        direction="out", body=given.body, category=given.category, area=area, partner=partner, copy_to=copied, about=about,
        institution=given.institution, subject=given.subject.strip(), title=given.title.strip(), facts=given.facts.strip(),
        amount=given.amount, since=given.since, state="drafted", opened=when, by=who,
    )  # fmt: skip
    taking.items(made, given)
    TransferChange.objects.create(record=made, step="draft", old="", new="drafted", at=when, by=who)
    clocks.stop(f"{DUE}{about}", when=when)
    taking.clock(taking.OUT, made, f"移送{partner.name}：{made.title}", given.since)
    letters.report(made, who=who, when=when, where=where)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    if with_evidence:
        attach_same(taking.about_of(made), files_of(who, about), who=who, when=when, where=where)
    taking.log(Act.DRAFT, made, "", who=who, when=when, where=where, purpose=f"{known['of']} → {partner.name}")
    return made


@transaction.atomic
def waive(about: str, *, reason: str, who: User, when: datetime, where: str | None) -> None:
    """What was to be transferred need not be: the penalty concerns no other authority.

    ValidationError where the decision itself says that it is transferred, or nothing is due; Http404 as `known_of`.
    """
    need(who, Right.KEEP_TRANSFERS)
    known, why = known_of(who, about), reason_given(reason)
    if known["area"] not in who.scope(Right.KEEP_TRANSFERS).areas:
        raise PermissionDenied
    if not known["may_waive"]:
        raise ValidationError(f"{known['of']} 已经决定移送，不能登记为不需移送")
    if not clocks.stop(f"{DUE}{about}", when=when, dropped=True):
        raise ValidationError(f"{known['of']} 没有待办的移送，或已经拟了移送书")
    record(Act.WAIVE, who=who, when=when, where=where, kind="移送", about=known["of"], purpose=why, area=known["area"])


@transaction.atomic
def edit(
    transfer_id: int, given: Given, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """Write a draft anew; its drafter is now whoever wrote it last, and does not approve it."""
    need(who, Right.KEEP_TRANSFERS)
    made = taking.locked(who, transfer_id)
    if made.area not in who.scope(Right.KEEP_TRANSFERS).areas:
        raise PermissionDenied
    if made.state != "drafted":
        raise ValidationError(f"现在的状态是“{WORDS[made.state]}”，不能修改；需要修改的，请负责人退回")
    made.partner, made.copy_to = given.check("out", made.area, timezone.localdate(when))
    told = {"body": "部门", "category": "类别", "amount": "涉及金额", "since": "送达或发现之日"}
    changes = {title: (getattr(made, name), getattr(given, name)) for name, title in told.items()}
    made.body, made.category, made.institution, made.subject = (
        given.body,
        given.category,
        given.institution,
        given.subject.strip(),
    )
    made.title, made.facts, made.amount, made.by = given.title.strip(), given.facts.strip(), given.amount, who
    if made.since != given.since:
        made.since = given.since
        clocks.stop(taking.about_of(made), taking.OUT, when=when, dropped=True)
        taking.clock(taking.OUT, made, f"移送{made.partner.name}：{made.title}", given.since)
    made.save()
    made.items.all().delete()  # type: ignore[attr-defined]
    taking.items(made, given)
    letters.report(made, who=who, when=when, where=where)
    attach(taking.about_of(made), files, who=who, when=when, where=where)
    said = {name: (str(old), str(new)) for name, (old, new) in changes.items() if old != new}
    record(Act.EDIT, who=who, when=when, where=where, kind="移送", about=str(made.pk), area=made.area, changes=said)
    return made


@transaction.atomic
def approve(transfer_id: int, *, who: User, when: datetime, where: str | None) -> Transfer:
    """The head, who did not draft it, agrees."""
    made, old = taking.step(transfer_id, "approve", who=who, when=when)
    clocks.tell([made.by], f"移送稿已审批，请发出：{made.title}"[:300], link=taking.link(made), when=when)
    taking.log(Act.APPROVE, made, old, who=who, when=when, where=where, purpose=made.partner.name)
    return made


@transaction.atomic
def send_back(transfer_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Transfer:
    """The head wants it written differently."""
    made, old = taking.step(transfer_id, "return", who=who, when=when, reason=reason)
    clocks.tell([made.by], f"移送稿退回修改：{reason.strip()}"[:300], link=taking.link(made), when=when)
    taking.log(Act.RETURN, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def drop(transfer_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Transfer:
    """It does not go out after all."""
    made, old = taking.step(transfer_id, "drop", who=who, when=when, reason=reason)
    clocks.stop(taking.about_of(made), when=when, dropped=True)
    taking.log(Act.DROP, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def send(transfer_id: int, *, who: User, when: datetime, where: str | None) -> Transfer:
    """It goes out: a numbered letter with both lists; the other authority, and the one that is copied, are told."""
    made, old = taking.step(transfer_id, "send", who=who, when=when)
    today = timezone.localdate(when)
    made.number, made.sent_on = letters.letter(made, who=who, when=when, where=where).number, today
    made.save(update_fields=["number", "sent_on"])
    clocks.stop(taking.about_of(made), taking.OUT, when=when)
    taking.clock(taking.RECEIPT, made, f"等待{made.partner.name}回执：{made.number}", today)
    taking.tell(made.partner, made, f"{who.organisation.name}移送案件，请签收：{made.number}", when)
    if made.copy_to is not None:
        taking.tell(made.copy_to, made, f"{who.organisation.name}通报移送{made.body_title}的案件：{made.number}", when)
    taking.log(Act.SEND, made, old, who=who, when=when, where=where, purpose=made.number)
    return made
