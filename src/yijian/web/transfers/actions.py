"""Every write to a transfer: draft, approve, send, receive, ask for what is missing, accept, report, close."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Organisation, Right, User, need, people_of, people_with
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.leads import actions as leads
from yijian.web.leads.queries import Lead
from yijian.web.transfers import letters
from yijian.web.transfers.acts import Act
from yijian.web.transfers.given import Given
from yijian.web.transfers.models import Transfer, TransferChange, TransferItem
from yijian.web.transfers.queries import may_take, on_paper, transfer_for
from yijian.web.transfers.sources import known_of
from yijian.web.transfers.steps import RIGHTS, STEPS, WORDS, Result, theirs

OUT, RECEIPT, SUPPLEMENT, RESULT = "transfer_out", "transfer_receipt", "transfer_supplement", "transfer_result"


@transaction.atomic
def draft(
    about: str, given: Given, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """Draft a transfer of a record that is to go to another authority; the seven working days are counted from `given.since`.

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
    _items(made, given)
    TransferChange.objects.create(record=made, step="draft", old="", new="drafted", at=when, by=who)
    clocks.stop(f"transfers.due:{about}", when=when)
    _clock(OUT, made, f"移送{partner.name}：{made.title}", given.since)
    letters.report(made, who=who, when=when, where=where)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.DRAFT, made, "", who=who, when=when, where=where, purpose=f"{known['of']} → {partner.name}")
    return made


@transaction.atomic
def edit(
    transfer_id: int, given: Given, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """Write a draft anew; its drafter is now whoever wrote it last, and does not approve it."""
    need(who, Right.KEEP_TRANSFERS)
    made = _locked(who, transfer_id)
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
        clocks.stop(_about(made), OUT, when=when, dropped=True)
        _clock(OUT, made, f"移送{made.partner.name}：{made.title}", given.since)
    made.save()
    made.items.all().delete()  # type: ignore[attr-defined]
    _items(made, given)
    letters.report(made, who=who, when=when, where=where)
    attach(_about(made), files, who=who, when=when, where=where)
    said = {name: (str(old), str(new)) for name, (old, new) in changes.items() if old != new}
    record(Act.EDIT, who=who, when=when, where=where, kind="移送", about=str(made.pk), area=made.area, changes=said)
    return made


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
    _items(made, given)
    TransferChange.objects.create(record=made, step="hand_over", old="", new="sent", at=when, by=who)
    _clock(RECEIPT, made, f"签收{giver.name}移送：{made.title}", timezone.localdate(when))
    clocks.tell(people_with(Right.KEEP_TRANSFERS, area), f"{giver.name}移送：{made.title}"[:300], link=_link(made), when=when)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.HAND_OVER, made, "", who=who, when=when, where=where, purpose=giver.name)
    return made


@transaction.atomic
def approve(transfer_id: int, *, who: User, when: datetime, where: str | None) -> Transfer:
    """The head, who did not draft it, agrees."""
    made, old = _step(transfer_id, "approve", who=who, when=when)
    clocks.tell([made.by], f"移送稿已审批，请发出：{made.title}"[:300], link=_link(made), when=when)
    _log(Act.APPROVE, made, old, who=who, when=when, where=where, purpose=made.partner.name)
    return made


@transaction.atomic
def send_back(transfer_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Transfer:
    """The head wants it written differently."""
    made, old = _step(transfer_id, "return", who=who, when=when, reason=reason)
    clocks.tell([made.by], f"移送稿退回修改：{reason.strip()}"[:300], link=_link(made), when=when)
    _log(Act.RETURN, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def drop(transfer_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Transfer:
    """It does not go out after all."""
    made, old = _step(transfer_id, "drop", who=who, when=when, reason=reason)
    clocks.stop(_about(made), when=when, dropped=True)
    _log(Act.DROP, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def send(transfer_id: int, *, who: User, when: datetime, where: str | None) -> Transfer:
    """It goes out: a numbered letter with both lists; the other authority, and the one that is copied, are told."""
    made, old = _step(transfer_id, "send", who=who, when=when)
    today = timezone.localdate(when)
    made.number, made.sent_on = letters.letter(made, who=who, when=when, where=where).number, today
    made.save(update_fields=["number", "sent_on"])
    clocks.stop(_about(made), OUT, when=when)
    _clock(RECEIPT, made, f"等待{made.partner.name}回执：{made.number}", today)
    _tell(made.partner, made, f"{who.organisation.name}移送案件，请签收：{made.number}", when)
    if made.copy_to is not None:
        _tell(made.copy_to, made, f"{who.organisation.name}通报移送{made.body_title}的案件：{made.number}", when)
    _log(Act.SEND, made, old, who=who, when=when, where=where, purpose=made.number)
    return made


@transaction.atomic
def receive(
    transfer_id: int, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """The receiver signs for it. What came in becomes a lead at once: it may not be refused.

    ValidationError where the other authority answers on paper and its receipt is not attached.
    """
    made, old = _step(transfer_id, "receive", who=who, when=when, files=files)
    today = timezone.localdate(when)
    clocks.stop(_about(made), RECEIPT, when=when)
    if made.out:
        _clock(RESULT, made, f"等待{made.partner.name}处理结果：{made.number}", today)
        _tell_us(made, f"{made.partner.name}已签收 {made.number}", when)
    else:
        _make_lead(made, who=who, when=when, where=where)
        _tell(made.partner, made, f"您单位移送的案件已签收：{made.title}", when)
    if not _for_them(made, who):
        letters.receipt(made, who=who, when=when, where=where)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.RECEIVE, made, old, who=who, when=when, where=where, purpose=made.number)
    return made


@transaction.atomic
def ask(
    transfer_id: int, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """The receiver says what is missing; it is to come within three days."""
    made, old = _step(transfer_id, "ask", who=who, when=when, reason=reason, files=files)
    title = f"补正移送材料：{made}" if made.out else f"等待{made.partner.name}补正：{made}"
    _clock(SUPPLEMENT, made, title, timezone.localdate(when))
    words = f"{made} 须补正材料：{reason.strip()}"
    if made.out:
        _tell_us(made, words, when)
    else:
        _tell(made.partner, made, words, when)
    if not _for_them(made, who):
        letters.supplement(made, reason.strip(), who=who, when=when, where=where)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.ASK, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def supply(
    transfer_id: int, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """What was missing comes. reason: what it is. ValidationError without a file."""
    if not files:
        raise ValidationError("请上传补正的材料，至少一个文件")
    made, old = _step(transfer_id, "supply", who=who, when=when, reason=reason, files=files)
    clocks.stop(_about(made), SUPPLEMENT, when=when)
    words = f"{made} 的材料已补正"
    if made.out:
        _tell(made.partner, made, words, when)
    else:
        _tell_us(made, words, when)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.SUPPLY, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def accept(
    transfer_id: int, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Transfer:
    """The receiver takes the matter up, whether or not all that was asked for has come."""
    made, old = _step(transfer_id, "accept", who=who, when=when, files=files)
    clocks.stop(_about(made), SUPPLEMENT, when=when)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.ACCEPT, made, old, who=who, when=when, where=where, purpose=made.number)
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
    if result not in Result.values or result == "lead":
        raise ValidationError("请选择处理结果")
    _answered(_locked(who, transfer_id), result, reason.strip())
    made, old = _step(transfer_id, "report", who=who, when=when, reason=reason, files=files)
    clocks.stop(_about(made), RESULT, when=when)
    if made.out:
        _tell_us(made, f"{made.partner.name}反馈了 {made.number} 的处理结果", when)
    else:
        _tell(made.partner, made, f"您单位移送的案件有了处理结果：{made.title}", when)
    if not _for_them(made, who):
        letters.result(made, who=who, when=when, where=where)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.REPORT, made, old, who=who, when=when, where=where, purpose=result)
    return made


@transaction.atomic
def close(transfer_id: int, *, who: User, when: datetime, where: str | None) -> Transfer:
    """The giver has seen the result."""
    made, old = _step(transfer_id, "close", who=who, when=when)
    _log(Act.CLOSE, made, old, who=who, when=when, where=where, purpose=made.result)
    return made


def answer_from_lead(transfer: Transfer, lead: Lead, *, when: datetime) -> None:
    """The lead of what came in has ended: its result is the answer. A part of the action that ended the lead."""
    old = transfer.state
    if old not in ("received", "incomplete", "accepted"):
        return
    if old != "accepted":
        move(transfer, STEPS["accept"], TransferChange, who=None, when=when, reason="线索已办结", words=WORDS)
    reason = f"核查结果：{lead.get_result_display()}。{lead.established}"  # type: ignore[attr-defined]
    _answered(transfer, Result.LEAD, reason)
    move(transfer, STEPS["report"], TransferChange, who=None, when=when, reason=reason, words=WORDS)
    clocks.stop(_about(transfer), when=when)
    letters.result(transfer, who=None, when=when, where=None)
    _tell(transfer.partner, transfer, f"您单位移送的案件有了处理结果：{transfer.title}", when)
    _log(Act.REPORT, transfer, old, who=None, when=when, where=None, purpose=lead.number)


def expect(lead: Lead, *, when: datetime) -> None:
    """A lead has ended with a transfer: seven working days to make it. A part of the action that ended the lead."""
    about = f"leads.lead:{lead.pk}"
    clocks.start(
        OUT, f"transfers.due:{about}", title=f"移送其他部门：{lead.number}", link=f"{reverse('transfers:new')}?about={about}",
        area=lead.area, right=Right.KEEP_TRANSFERS, begun=timezone.localdate(when),
    )  # fmt: skip


def _make_lead(made: Transfer, *, who: User, when: datetime, where: str | None) -> None:
    given = leads.Given(
        source="transfer", title=made.title, facts=made.facts, reference=made.number, received=timezone.localdate(when),
        subject_kind="institution" if made.institution else "other", institution=made.institution, subject=made.subject,
        about=_about(made), amount=made.amount,
    )  # fmt: skip
    # receiving it takes no other right than that for transfers, so the lead is registered by the system
    leads.register(given, made.area, who=None, when=when, where=where)


def _items(made: Transfer, given: Given) -> None:
    kinds = [("problem", one) for one in given.problems] + [("evidence", one) for one in given.evidence]
    TransferItem.objects.bulk_create(
        TransferItem(transfer=made, kind=kind, what=one.what, amount=one.amount, pages=one.pages) for kind, one in kinds
    )


def _answered(made: Transfer, result: str, outcome: str) -> None:
    """Before the step: the database takes no answered transfer without a result. Where the step is refused, so is this."""
    made.result, made.outcome = result, outcome
    made.save(update_fields=["result", "outcome"])


def _locked(who: User, transfer_id: int) -> Transfer:
    """Through the door; nobody else changes it until this action ends."""
    made = transfer_for(who, transfer_id)
    list(Transfer.objects.select_for_update().filter(pk=made.pk).values_list("pk"))
    return made


def _for_them(made: Transfer, who: User) -> bool:
    """Whether our office enters what the other authority did on paper: then no paper is written in its name."""
    return made.out and who.organisation != made.partner


def _step(
    transfer_id: int, word: str, *, who: User, when: datetime, reason: str = "", files: "Sequence[UploadedFile[bytes]]" = ()
) -> tuple[Transfer, str]:
    """Take it through a step; the transfer and its state before."""
    made = transfer_for(who, transfer_id)
    old, paper = made.state, on_paper(made)
    if not may_take(who, made, word, paper=paper):
        if not any(who.may(right) for right in RIGHTS):
            raise PermissionDenied
        whose = made.partner.name if theirs(word, made.direction) else "承办单位的相应岗位"
        raise ValidationError(f"“{STEPS[word].title}”不由您办理：须由{whose}办理，拟稿与审批须是不同的人")
    if made.out and paper and word in ("receive", "report") and not files:
        raise ValidationError(f"{made.partner.name}没有账号，代为登记须上传对方的回执或复函")
    move(made, STEPS[word], TransferChange, who=who, when=when, reason=reason, words=WORDS)
    return made, old


def _about(made: Transfer) -> str:
    return f"transfers.transfer:{made.pk}"


def _link(made: Transfer) -> str:
    return reverse("transfers:detail", args=[made.pk])


def _clock(kind: str, made: Transfer, title: str, begun: date) -> None:
    """All clocks are our office's: the other authority has its list; ours asks after what does not come."""
    clocks.start(kind, _about(made), title=title[:200], link=_link(made), area=made.area, right=Right.KEEP_TRANSFERS, begun=begun)


def _tell(organisation: Organisation, made: Transfer, text: str, when: datetime) -> None:
    clocks.tell(people_of(organisation, Right.ANSWER_TRANSFERS), text[:300], link=_link(made), when=when)


def _tell_us(made: Transfer, text: str, when: datetime) -> None:
    clocks.tell(people_with(Right.KEEP_TRANSFERS, made.area), text[:300], link=_link(made), when=when)


def _log(act: Act, made: Transfer, old: str, *, who: User | None, when: datetime, where: str | None, purpose: str) -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[made.state])}
    about = made.number or str(made.pk)
    record(act, who=who, when=when, where=where, kind="移送", about=about, purpose=purpose, area=made.area, changes=changes)
