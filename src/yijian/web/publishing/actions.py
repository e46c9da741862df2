"""Every write to a publication: draft, approve, return, decline, flag, correct, withdraw."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.vocabulary.workdays import Unit, ends
from yijian.web.accounts.queries import Right, User, need
from yijian.web.audit_log.actions import record
from yijian.web.cases.queries import Case, case_for
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.parameters.queries import value_of
from yijian.web.publishing.acts import Act
from yijian.web.publishing.drafting import Said, edition, known_to, still_named
from yijian.web.publishing.models import Publication, PublicationChange
from yijian.web.publishing.queries import DISCLOSURE, DUE, may_take, newest_edition, publication_for, publication_of
from yijian.web.publishing.steps import KEEP, STEPS, WORDS, Decline, Kind, Withdrawal

CORRECTION = "disclosure_correction"
DISPLAY = {"penalty": "penalty_display", "typical": "typical_display"}


def expect(case: Case, served: date) -> None:
    """A penalty was served: its disclosure is due. A part of the action that served it."""
    clocks.start(
        DISCLOSURE, _due(case), title=f"公开行政处罚决定：{case.number}"[:200],
        link=reverse("publishing:new", args=[case.pk, "penalty"]), area=case.area, right=KEEP, begun=served,
    )  # fmt: skip


@transaction.atomic
def draft(case_id: int, kind: str, said: Said, *, who: User, when: datetime, where: str | None) -> Publication:
    """Draft what is to be published of a case.

    ValidationError where something is missing, the case is not so far, or there is one; PermissionDenied for another office's.
    """
    case = _case(case_id, kind, KEEP, who)
    if before := publication_of(case.pk, kind):
        raise ValidationError(f"本案的{before.get_kind_display()}已经起草，现在的状态是“{WORDS[before.state]}”")  # type: ignore[attr-defined]
    made = _create(case, kind, "drafted", who, when)
    edition(made, said, at=when, by=who)
    PublicationChange.objects.create(record=made, step="draft", old="", new="drafted", at=when, by=who)
    _give(made, Right.APPROVE_PUBLISHING)
    _log(Act.DRAFT, made, "", who=who, when=when, where=where, purpose=case.number)
    return made


@transaction.atomic
def write(publication_id: int, said: Said, *, who: User, when: datetime, where: str | None) -> Publication:
    """Write a draft anew; whoever wrote it last does not approve it."""
    made, old = _step(publication_id, "write", who=who, when=when)
    edition(made, said, at=when, by=who)
    _give(made, Right.APPROVE_PUBLISHING)
    _log(Act.DRAFT, made, old, who=who, when=when, where=where, purpose=made.case.number)
    return made


@transaction.atomic
def approve(publication_id: int, edition: int, *, who: User, when: datetime, where: str | None) -> Publication:
    """Somebody else agrees, and the public reads it. edition: the one that he has read.

    ValidationError where another was written since, or the text still identifies somebody.
    """
    made, today = _held(publication_id, "approve", who), timezone.localdate(when)
    _show(made, edition, who=who, when=when)
    made.published, made.until = today, _last_day(made, today)
    made.save(update_fields=["current", "changed", "published", "until"])
    old = _move(made, "approve", who=who, when=when)
    if made.kind == "penalty":
        clocks.stop(_due(made.case), DISCLOSURE, when=when)
    _log(Act.APPROVE, made, old, who=who, when=when, where=where, purpose=made.case.number)
    return made


@transaction.atomic
def send_back(publication_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Publication:
    """It is to be written differently: a draft, or a correction."""
    made = publication_for(who, publication_id)
    word = "return_correction" if made.state == "corrected" else "return"
    made, old = _step(publication_id, word, who=who, when=when, reason=reason)
    if word == "return":
        _give(made, KEEP)
    else:
        clocks.give(made.about, CORRECTION, None, right=KEEP)
    author = newest_edition(made).by
    clocks.tell([author], f"公开稿退回修改：{made.case.number}", link=_link(made), when=when)
    _log(Act.RETURN, made, old, who=who, when=when, where=where, purpose=made.case.number)
    return made


@transaction.atomic
def decline(case_id: int, kind: str, ground: str, *, reason: str, who: User, when: datetime, where: str | None) -> Publication:
    """Decide that a case is not made public, drafted or not. ValidationError without a ground and a reason."""
    case = _case(case_id, kind, Right.APPROVE_PUBLISHING, who)
    if ground not in Decline.values:
        raise ValidationError("请选择不予公开的情形")
    made = publication_of(case.pk, kind) or _create(case, kind, "drafted", who, when)
    made.decline = ground
    made.save(update_fields=["decline"])
    old = _move(made, "decline", who=who, when=when, reason=reason)
    if kind == "penalty":
        clocks.stop(_due(case), DISCLOSURE, when=when)
    _log(Act.DECLINE, made, old, who=who, when=when, where=where, purpose=f"{case.number}：{Decline(ground).label}")
    return made


@transaction.atomic
def flag(publication_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Publication:
    """An error was found, or the decision was changed: the text is not shown until it is corrected, within three working days."""
    made, old = _step(publication_id, "flag", who=who, when=when, reason=reason)
    made.changed = when
    made.save(update_fields=["changed"])
    clocks.start(
        CORRECTION, made.about, title=f"更正公开信息：{made.case.number}"[:200], link=_link(made), area=made.area, right=KEEP,
        begun=timezone.localdate(when),
    )  # fmt: skip
    _log(Act.FLAG, made, old, who=who, when=when, where=where, purpose=made.case.number)
    return made


@transaction.atomic
def correct(publication_id: int, said: Said, *, who: User, when: datetime, where: str | None) -> Publication:
    """Write the corrected wording. ValidationError where it does not say what is corrected."""
    if len(said.note.strip()) < 4:
        raise ValidationError("请写明更正了什么，公众会看到这句说明")
    made, old = _step(publication_id, "correct", who=who, when=when)
    edition(made, said, at=when, by=who)
    clocks.give(made.about, CORRECTION, None, right=Right.APPROVE_PUBLISHING)
    _log(Act.CORRECT, made, old, who=who, when=when, where=where, purpose=made.case.number)
    return made


@transaction.atomic
def approve_correction(publication_id: int, edition: int, *, who: User, when: datetime, where: str | None) -> Publication:
    """Somebody else agrees to the correction that he has read; the period of display goes on as it was."""
    made = _held(publication_id, "approve_correction", who)
    _show(made, edition, who=who, when=when)
    made.save(update_fields=["current", "changed"])
    old = _move(made, "approve_correction", who=who, when=when)
    clocks.stop(made.about, CORRECTION, when=when)
    _log(Act.APPROVE_CORRECTION, made, old, who=who, when=when, where=where, purpose=made.case.number)
    return made


@transaction.atomic
def withdraw(publication_id: int, ground: str, *, reason: str, who: User, when: datetime, where: str | None) -> Publication:
    """The text goes, a line with the ground stays (行政处罚法第四十八条). ValidationError without a ground."""
    made = _held(publication_id, "withdraw", who)
    if ground not in Withdrawal.values or (made.kind == "typical" and ground == "repaired"):
        raise ValidationError("请选择撤回原因")
    made.withdrawal, made.withdrawn, made.changed = ground, timezone.localdate(when), when
    made.save(update_fields=["withdrawal", "withdrawn", "changed"])
    old = _move(made, "withdraw", who=who, when=when, reason=reason)
    clocks.stop(made.about, CORRECTION, when=when)
    _log(Act.WITHDRAW, made, old, who=who, when=when, where=where, purpose=f"{made.case.number}：{Withdrawal(ground).label}")
    return made


def _case(case_id: int, kind: str, right: Right, who: User) -> Case:
    """The case, of the person's own office and so far that it may be published; nobody else may change it until the end."""
    need(who, right)
    case = case_for(who, case_id)
    if case.area not in who.scope(right).areas:
        raise PermissionDenied
    Case.objects.select_for_update().get(pk=case.pk)
    if kind not in Kind.values:
        raise ValidationError("请选择公开行政处罚决定还是典型案例")
    made = getattr(case, "decision", None)
    if kind == "penalty" and (made is None or made.outcome != "penalty" or made.served is None):
        raise ValidationError("只有已经送达的行政处罚决定才能公开")
    if kind == "typical" and (made is None or case.state not in ("closed", "archived")):
        raise ValidationError("只有已经结案的案件才能写成典型案例")
    return case


def _create(case: Case, kind: str, state: str, who: User, when: datetime) -> Publication:
    return Publication.objects.create(
        kind=kind, case=case, area=case.area, organ=who.organisation.name, state=state, opened=when, by=who
    )


def _show(made: Publication, edition: int, *, who: User, when: datetime) -> None:
    """The newest edition, which must be the one that was read, becomes what the public reads."""
    one = newest_edition(made)
    if one.pk != edition:
        raise ValidationError("正文已改过，请刷新页面再看一遍")
    one.publication = made
    if found := still_named(one, *known_to(one)):
        raise ValidationError(f"正文还能认出人，不能公开：{'、'.join(found)}。请改写后再报审批")
    one.approved_by, one.approved_at = who, when
    one.save(update_fields=["approved_by", "approved_at"])
    made.current, made.changed = one, when


def _last_day(made: Publication, today: date) -> date:
    """Until when it stands on the public page."""
    period = value_of(DISPLAY[made.kind], made.area, today)
    return ends(today, int(period.value), Unit(period.unit))


def _held(publication_id: int, word: str, who: User) -> Publication:
    """The publication, which nobody else changes until the transaction ends, for a step that is the person's and the state's.

    PermissionDenied or ValidationError where it is not.
    """
    need(who, Right(STEPS[word].right))
    made = publication_for(who, publication_id)
    Publication.objects.select_for_update().get(pk=made.pk)
    made.refresh_from_db(fields=["state", "current", "published", "until"])
    if made.state not in STEPS[word].frm:
        raise ValidationError(f"现在的状态是“{WORDS[made.state]}”，不能“{STEPS[word].title}”；请刷新页面")
    author = newest_edition(made).by.pk
    if not may_take(who, made, word, author):
        if who.pk == author and word.startswith("approve"):
            raise ValidationError("起草的人不能审批自己写的，请由其他审批人办理")
        raise PermissionDenied
    return made


def _move(made: Publication, word: str, *, who: User, when: datetime, reason: str = "") -> str:
    """Take the step; the state before."""
    old = made.state
    move(made, STEPS[word], PublicationChange, who=who, when=when, reason=reason, words=WORDS)
    return old


def _step(publication_id: int, word: str, *, who: User, when: datetime, reason: str = "") -> tuple[Publication, str]:
    """Take a step that changes nothing else; the publication, and the state before."""
    made = _held(publication_id, word, who)
    return made, _move(made, word, who=who, when=when, reason=reason)


def _give(made: Publication, right: Right) -> None:
    """Whose turn it is to disclose the penalty; a typical case of it has no clock, and does not move that of the penalty."""
    if made.kind == "penalty":
        clocks.give(_due(made.case), DISCLOSURE, None, right=right)


def _due(case: Case) -> str:
    """As the clock of a disclosure names it: it runs before there is a publication."""
    return f"{DUE}{case.pk}"


def _link(made: Publication) -> str:
    return reverse("publishing:detail", args=[made.pk])


def _log(act: Act, made: Publication, old: str, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    """The line about it. Texts and names stay out of it."""
    changes = {"状态": (WORDS.get(old, ""), WORDS[made.state])} if old != made.state else {}
    record(
        act, who=who, when=when, where=where, kind="公开", about=str(made.pk), purpose=purpose, area=made.area, changes=changes
    )
