"""Every write to a lead: register, grade, hand on, verify, confirm, merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, division_above, division_name, need, people_with, within
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.institutions.queries import Institution
from yijian.web.leads import signals
from yijian.web.leads.acts import Act
from yijian.web.leads.grading import proposal
from yijian.web.leads.models import Lead, LeadChange
from yijian.web.leads.queries import lead_for, leads_for, leads_of_officer, may_take
from yijian.web.leads.steps import RESULTS, STEPS, WORDS
from yijian.web.papers import actions as papers
from yijian.web.parameters.actions import next_number
from yijian.web.parameters.queries import value_of

CLOCK = "clue_verification"
MORE_TIME = "clue_verification_more"
LEAST_FACTS = 10
"""Characters that the facts must have: a sentence."""


@dataclass(frozen=True)
class Given:
    """What a lead says when it is registered. about: the record that it was made from; subject: see `Lead.subject`."""

    source: str
    title: str
    facts: str
    subject_kind: str
    received: date
    institution: Institution | None = None
    subject: str = ""
    reference: str = ""
    about: str = ""
    amount: Decimal | None = None
    begin: date | None = None
    end: date | None = None

    def check(self, today: date) -> None:
        """ValidationError says what is missing or cannot be."""
        if self.source not in Lead.Source.values or self.subject_kind not in Lead.Subject.values:
            raise ValidationError("请选择线索来源和对象类别")
        if not self.title.strip() or len(self.facts.strip()) < LEAST_FACTS:
            raise ValidationError(f"请写明线索标题和内容，内容至少 {LEAST_FACTS} 个字")
        if self.subject_kind == "institution" and self.institution is None:
            raise ValidationError("对象是定点医药机构的，请选择机构")
        if self.received > today:
            raise ValidationError(f"收到日期 {self.received} 还没有到")
        if self.end and (self.begin is None or self.begin > self.end):
            raise ValidationError("行为发生的起止日期前后颠倒，或没有写起始日期")


@transaction.atomic
def register(given: Given, area: str, *, who: User | None, when: datetime, where: str | None) -> Lead:
    """Put a lead into the book; the time for its verification begins. who: None where a tip or a transfer makes it by itself.

    ValidationError where something is missing, or the record has its lead already.
    """
    if who is not None:
        need(who, Right.KEEP_LEADS)
        if not who.scope(Right.KEEP_LEADS).covers(area=area):
            raise PermissionDenied
    today = timezone.localdate(when)
    given.check(today)
    before = Lead.objects.filter(about=given.about).first() if given.about else None
    if before is not None:
        raise ValidationError(f"这条记录已登记为线索 {before.number}")
    lead = Lead.objects.create(
        number=f"线索〔{today.year}〕{area}-{next_number('线索', area, today.year)}号",
        source=given.source, about=given.about, reference=given.reference.strip(), received=given.received,
        subject_kind=given.subject_kind, institution=given.institution, subject=given.subject.strip(),
        title=given.title.strip(), facts=given.facts.strip(), amount=given.amount, begin=given.begin, end=given.end,
        area=area, opened=when, by=who,
    )  # fmt: skip
    LeadChange.objects.create(record=lead, step="register", old="", new=lead.state, at=when, by=who)
    _start_clock(lead, today)
    _log(Act.REGISTER, lead, "", who=who, when=when, where=where, purpose=lead.get_source_display())  # type: ignore[attr-defined]
    return lead


@transaction.atomic
def grade(lead_id: int, value: str, *, who: User, when: datetime, where: str | None) -> Lead:
    """Say how much it is worth looking into."""
    lead = _own(lead_id, who, Right.KEEP_LEADS)
    if value not in Lead.Grade.values:
        raise ValidationError("请选择线索价值：重点、一般或参考")
    before, lead.grade = lead.grade, value
    lead.save(update_fields=["grade"])
    purpose = f"系统建议 {proposal(lead).words}"
    changes = {"grade": (before, value)}
    record(
        Act.GRADE,
        who=who,
        when=when,
        where=where,
        kind="线索",
        about=lead.number,
        purpose=purpose,
        area=lead.area,
        changes=changes,
    )
    return lead


@transaction.atomic
def assign(lead_id: int, username: str, *, who: User, when: datetime, where: str | None) -> Lead:
    """Give it to somebody of the office who verifies leads; the clock becomes his."""
    lead = lead_for(who, lead_id)
    officer = next((one for one in verifiers(who, lead) if one.username == username), None)
    if officer is None:
        raise ValidationError("请从名单中选择承办人：本单位有核查岗位且账号在用的人员")
    old = lead.state
    _step(lead, "assign", who=who, when=when, reason=officer.display_name)
    lead.officer = officer
    lead.save(update_fields=["officer"])
    clocks.give(_about(lead), CLOCK, officer, right=Right.VERIFY_LEADS)
    clocks.tell([officer], f"{lead.number} 已分派给您核查", link=_link(lead), when=when)
    _log(Act.ASSIGN, lead, old, who=who, when=when, where=where, purpose=officer.username)
    return lead


@transaction.atomic
def hand_down(lead_id: int, area: str, *, reason: str, who: User, when: datetime, where: str | None) -> Lead:
    """Hand it to a division below, which reports back; its time begins anew there. ValidationError for another division."""
    lead = lead_for(who, lead_id)
    if area == lead.area or not within(lead.area, area):
        raise ValidationError("只能交办给本辖区内的下级区划")
    old = lead.state
    _step(lead, "hand_down", who=who, when=when, reason=reason)
    lead.handed_by = lead.handed_by or lead.area
    _move_to(lead, area, when)
    words = {
        "receiver": division_name(area),
        "reason": reason.strip(),
        "period": str(value_of(CLOCK, area, timezone.localdate(when))),
    }
    _write("lead_handing", lead, words, who=who, when=when, where=where)
    _log(Act.HAND_DOWN, lead, old, who=who, when=when, where=where, purpose=f"{area}：{reason.strip()}")
    return lead


@transaction.atomic
def escalate(lead_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Lead:
    """Pass it to the division above. ValidationError where none is above."""
    lead = lead_for(who, lead_id)
    above = division_above(lead.area)
    if above is None:
        raise ValidationError(f"系统里没有 {division_name(lead.area)} 的上级区划，不能上报")
    old = lead.state
    _step(lead, "escalate", who=who, when=when, reason=reason)
    if lead.handed_by and within(above.code, lead.handed_by):
        lead.handed_by = ""  # back with whoever handed it down
    lead.raised_by = lead.area
    _move_to(lead, above.code, when)
    _log(Act.ESCALATE, lead, old, who=who, when=when, where=where, purpose=f"{above.code}：{reason.strip()}")
    return lead


@transaction.atomic
def extend(lead_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Lead:
    """Give its verification more time, once. ValidationError the second time."""
    lead = lead_for(who, lead_id)
    if lead.extended:
        raise ValidationError("核查期限只能延长一次，这条线索已经延长过")
    _step(lead, "extend", who=who, when=when, reason=reason)
    lead.extended = True
    lead.save(update_fields=["extended"])
    clocks.extend(_about(lead), CLOCK, by=MORE_TIME)
    _log(Act.EXTEND, lead, lead.state, who=who, when=when, where=where, purpose=reason.strip())
    return lead


@transaction.atomic
def report(
    lead_id: int,
    result: str,
    amount: Decimal | None,
    *,
    reason: str,
    files: "Sequence[UploadedFile[bytes]]" = (),
    who: User,
    when: datetime,
    where: str | None,
) -> Lead:
    """The officer says what was established, with papers. ValidationError without a result, or for a wrong file."""
    lead = lead_for(who, lead_id)
    if result not in RESULTS:
        raise ValidationError("请选择核查结果")
    old = lead.state
    _step(lead, "report", who=who, when=when, reason=reason)
    lead.result, lead.established, lead.proved_amount = result, reason.strip(), amount
    lead.save(update_fields=["result", "established", "proved_amount"])
    clocks.stop(_about(lead), CLOCK, when=when)
    attach(_about(lead), files, who=who, when=when, where=where)
    words = {"established": lead.established, "amount": amount, "result": RESULTS[result]}
    _write("lead_verification", lead, words, who=who, when=when, where=where)
    _log(Act.REPORT, lead, old, who=who, when=when, where=where, purpose=result)
    return lead


@transaction.atomic
def send_back(lead_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Lead:
    """The head, or the division above, wants more; what is left of the time is what the clock had, and at least a new one."""
    lead = lead_for(who, lead_id)
    old = lead.state
    _step(lead, "send_back", who=who, when=when, reason=reason)
    lead.result = ""
    lead.save(update_fields=["result"])
    _start_clock(lead, timezone.localdate(when))
    if lead.officer is not None:
        clocks.tell([lead.officer], f"{lead.number} 退回补充核查：{reason.strip()}"[:300], link=_link(lead), when=when)
    _log(Act.SEND_BACK, lead, old, who=who, when=when, where=where, purpose=reason.strip())
    return lead


@transaction.atomic
def confirm(lead_id: int, *, who: User, when: datetime, where: str | None) -> Lead:
    """The head agrees with the result: the lead ends, or goes back to the division that handed it down."""
    lead = lead_for(who, lead_id)
    old = lead.state
    _step(lead, "answer" if lead.handed_by else "confirm", who=who, when=when)
    _log(Act.CONFIRM, lead, old, who=who, when=when, where=where, purpose=lead.result)
    _tell_if_closed(lead, when)
    return lead


@transaction.atomic
def accept(lead_id: int, *, who: User, when: datetime, where: str | None) -> Lead:
    """The division that handed it down takes the result."""
    lead = lead_for(who, lead_id)
    old = lead.state
    _step(lead, "accept", who=who, when=when)
    _log(Act.ACCEPT, lead, old, who=who, when=when, where=where, purpose=lead.result)
    _tell_if_closed(lead, when)
    return lead


@transaction.atomic
def merge(lead_id: int, into: str, *, reason: str, who: User, when: datetime, where: str | None) -> Lead:
    """The same thing is in the book already: into, the number of that lead. ValidationError where it is none that is open."""
    lead = lead_for(who, lead_id)
    other = leads_for(who).filter(number=into.strip()).exclude(pk=lead.pk).exclude(state="merged").first()
    if other is None:
        raise ValidationError(f"没有可以并入的线索“{into.strip()[:40]}”，请填写您能看到的另一条线索的编号")
    old = lead.state
    lead.merged_into = other
    lead.save(update_fields=["merged_into"])
    _step(lead, "merge", who=who, when=when, reason=reason)
    clocks.stop(_about(lead), when=when, dropped=True)
    _log(Act.MERGE, lead, old, who=who, when=when, where=where, purpose=f"{other.number}：{reason.strip()}")
    if other.state == "closed":
        signals.merged_into_closed.send(sender=Lead, lead=other, when=when)
    return lead


def verifiers(who: User, lead: Lead) -> list[User]:
    """Whoever may be given the lead: people of its division who verify leads."""
    need(who, Right.KEEP_LEADS)
    return list(people_with(Right.VERIFY_LEADS, lead.area))


def _own(lead_id: int, who: User, right: Right) -> Lead:
    """A lead that the person's office has now."""
    need(who, right)
    lead = lead_for(who, lead_id)
    if lead.area not in who.scope(right).areas:
        raise PermissionDenied
    return lead


def _about(lead: Lead) -> str:
    return f"leads.lead:{lead.pk}"


def _link(lead: Lead) -> str:
    return reverse("leads:detail", args=[lead.pk])


def _step(lead: Lead, word: str, *, who: User, when: datetime, reason: str = "") -> None:
    need(who, Right(STEPS[word].right))
    if lead.state in STEPS[word].frm and not may_take(who, lead, word):
        raise ValidationError(f"“{STEPS[word].title}”不由您办理：须由承办单位的相应岗位办理，核查与审定须是不同的人")
    move(lead, STEPS[word], LeadChange, who=who, when=when, reason=reason, words=WORDS)


def _move_to(lead: Lead, area: str, when: datetime) -> None:
    """Another office has it now: no officer, a clock of its own."""
    lead.area, lead.officer, lead.extended = area, None, False
    lead.save(update_fields=["area", "officer", "extended", "handed_by", "raised_by"])
    clocks.stop(_about(lead), when=when, dropped=True)
    _start_clock(lead, timezone.localdate(when))


def _start_clock(lead: Lead, begun: date) -> None:
    right = Right.VERIFY_LEADS if lead.officer else Right.KEEP_LEADS
    title = f"核查 {lead.number}：{lead.title}"[:200]
    clocks.start(
        CLOCK, _about(lead), title=title, link=_link(lead), area=lead.area, right=right, person=lead.officer, begun=begun
    )


def _write(kind: str, lead: Lead, words: dict[str, Any], *, who: User, when: datetime, where: str | None) -> None:
    """A document about the lead; it names nobody but the subject."""
    known = {
        "lead": lead.number, "received": lead.received, "source": lead.get_source_display(),  # type: ignore[attr-defined]
        "reference": lead.reference, "subject": lead.who, "facts": lead.facts,
    }  # fmt: skip
    papers.write(
        kind, _about(lead), known | words, area=lead.handed_by if kind == "lead_handing" else lead.area,
        organ=who.organisation.name, who=who, when=when, where=where,
    )  # fmt: skip


def _tell_if_closed(lead: Lead, when: datetime) -> None:
    if lead.state == "closed":
        signals.closed.send(sender=Lead, lead=lead, when=when)


def _log(act: Act, lead: Lead, old: str, *, who: User | None, when: datetime, where: str | None, purpose: str) -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[lead.state])}
    record(act, who=who, when=when, where=where, kind="线索", about=lead.number, purpose=purpose, area=lead.area, changes=changes)


def pass_leads_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None:
    """Give the leads that somebody verifies to another officer of the same office, or back to be assigned.

    A part of the caller's action. ValidationError where `to` does not verify leads there.
    """
    for lead in leads_of_officer(user).select_for_update(of=("self",)):
        if to is not None and to not in people_with(Right.VERIFY_LEADS, lead.area):
            raise ValidationError(f"{to.display_name}不是区划 {lead.area} 的线索核查人员", code="successor")
        lead.officer = to
        lead.save(update_fields=["officer"])
        clocks.give(_about(lead), CLOCK, to, right=Right.VERIFY_LEADS if to else Right.KEEP_LEADS)
        reason = f"原承办人 {user.display_name} 移交" + (f"给 {to.display_name}" if to else "，待重新分派")
        LeadChange.objects.create(record=lead, step="assign", old=lead.state, new=lead.state, at=when, by=who, reason=reason)
