"""Every write to a consultation: call, minute, amend, confirm, do what was agreed, close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Organisation, Right, User, need
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import day_given
from yijian.web.frame.states import LEAST_REASON, move
from yijian.web.joint import meeting_papers as written
from yijian.web.joint.acts import Act
from yijian.web.joint.consulting import matter_named, may_do, meeting_for, task_for
from yijian.web.joint.models import Consultation, ConsultationChange, Participant, Task
from yijian.web.joint.parties import chosen, keeps, speaker, tell_them, tell_us
from yijian.web.joint.steps import MEETING_STEPS, MEETING_WORDS, RIGHTS

HELD, ANSWER, TASK = "consultation", "joint_answer", "consultation_task"
MOST_TASKS = 50


@dataclass(frozen=True)
class Call:
    """What an invitation says. number: of the case, lead or transfer; partners: codes."""

    number: str
    title: str
    agenda: str
    day: date
    place: str
    partners: Sequence[str]


@dataclass(frozen=True)
class Minutes:
    """What was said and agreed. opinions: code of a participant → its opinion; tasks: as typed, a line each."""

    minutes: str
    conclusion: str
    ours: str
    opinions: Mapping[str, str] = field(default_factory=dict)
    tasks: str = ""


@transaction.atomic
def call(given: Call, *, who: User, when: datetime, where: str | None) -> Consultation:
    """Call other authorities together about a case, a lead or a transfer of our office."""
    need(who, Right.KEEP_JOINT)
    about, matter, area = matter_named(who, given.number)
    if not keeps(who, area):
        raise PermissionDenied
    if not given.title.strip() or len(given.agenda.strip()) < 10 or not given.place.strip():
        raise ValidationError("请写明议题、会商内容和地点，会商内容至少 10 个字")
    today = timezone.localdate(when)
    if given.day < today:
        raise ValidationError(f"会商日期 {given.day} 已经过去")
    partners = chosen(given.partners, area)
    made = Consultation.objects.create(
        area=area, about=about, matter=matter, title=given.title.strip(), agenda=given.agenda.strip(), day=given.day,
        place=given.place.strip(), state="called", opened=when, by=who,
    )  # fmt: skip
    Participant.objects.bulk_create(Participant(meeting=made, organisation=one) for one in partners)
    ConsultationChange.objects.create(record=made, step="call", old="", new="called", at=when, by=who)
    _clock(HELD, _about(made), f"专案会商：{made.title}", made, today, given.day)
    written.notice(made, who=who, when=when, where=where)
    tell_them(_parties(made), f"{given.day} 专案会商：{made.title}", link=_link(made), when=when)
    _log(Act.CALL, made, "", matter, who, when, where)
    return made


@transaction.atomic
def minute(
    meeting_id: int, given: Minutes, *, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Consultation:
    """Write the minutes, with an opinion of each authority and what is to be done; each participant is to confirm them."""
    meeting = _ours(who, meeting_id)
    parties = _parties(meeting)
    if meeting.day > timezone.localdate(when):
        raise ValidationError(f"会商日期 {meeting.day} 还没有到")
    if min(len(one.strip()) for one in (given.conclusion, given.ours)) < LEAST_REASON:
        raise ValidationError("请写明会商结论和医保部门意见")
    silent = [one.organisation.name for one in parties if len(given.opinions.get(one.organisation.pk, "").strip()) < 2]
    if silent:
        raise ValidationError(f"请写明{silent[0]}的意见；没有意见的，写“无意见”")
    tasks = _tasks(given.tasks, meeting, [one.organisation for one in parties])
    old = meeting.state
    move(
        meeting,
        MEETING_STEPS["minute"],
        ConsultationChange,
        who=who,
        when=when,
        reason=given.minutes.strip(),
        words=MEETING_WORDS,
    )
    meeting.minutes, meeting.conclusion, meeting.ours = given.minutes.strip(), given.conclusion.strip(), given.ours.strip()
    for one in parties:
        one.opinion = given.opinions[one.organisation.pk].strip()
        one.save()
    meeting.tasks.all().delete()  # type: ignore[attr-defined]
    Task.objects.bulk_create(tasks)
    meeting.number = written.minutes(meeting, who=who, when=when, where=where).number
    meeting.save()
    clocks.stop(_about(meeting), HELD, when=when)
    _clock(ANSWER, _about(meeting), f"确认会商纪要：{meeting.title}", meeting, timezone.localdate(when))
    tell_them(parties, f"请确认会商纪要：{meeting.number}", link=_link(meeting), when=when)
    attach(_about(meeting), files, who=who, when=when, where=where)
    _log(Act.MINUTE, meeting, old, meeting.number, who, when, where)
    return meeting


def _tasks(text: str, meeting: Consultation, partners: Sequence[Organisation]) -> list[Task]:
    """A line a task: what | who | by when. ValidationError names the line."""
    names = {one.name: one for one in (*partners, meeting.by.organisation)}
    lines = [line.replace("｜", "|").strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_TASKS:
        raise ValidationError(f"落实事项最多 {MOST_TASKS} 项")
    found: list[Task] = []
    for line in lines:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not 0 < len(parts[0]) <= 300:
            raise ValidationError(f"落实事项“{line[:30]}”应写成：事项 | 单位 | 2026-01-31")
        if parts[1] not in names:
            raise ValidationError(f"落实事项“{parts[0][:30]}”的单位“{parts[1][:30]}”应是：{'、'.join(names)}")
        due = day_given(parts[2])
        if due < meeting.day:
            raise ValidationError(f"落实事项“{parts[0][:30]}”的期限 {due} 早于会商日期 {meeting.day}")
        found.append(Task(meeting=meeting, what=parts[0], organisation=names[parts[1]], due=due))
    return found


@transaction.atomic
def confirm(
    meeting_id: int,
    partner: str = "",
    *,
    files: "Sequence[UploadedFile[bytes]]" = (),
    who: User,
    when: datetime,
    where: str | None,
) -> Consultation:
    """A participant confirms the minutes, or our office enters that it did on paper; with the last one the tasks begin."""
    meeting = _locked(who, meeting_id)
    party = speaker(who, _parties(meeting), partner, meeting.area, files)
    if meeting.state != "minuted" or party.agreed is not None:
        raise ValidationError(f"现在的状态是“{MEETING_WORDS[meeting.state]}”，或已经确认过；请刷新页面")
    party.agreed, party.by, old = when, who, meeting.state
    party.save()
    attach(_about(meeting), files, who=who, when=when, where=where)
    said = f"{party.organisation.name}确认纪要"
    if meeting.participants.filter(agreed=None).exists():  # type: ignore[attr-defined]
        ConsultationChange.objects.create(record=meeting, step="confirm", old=old, new=old, at=when, by=who, reason=said)
    else:
        move(meeting, MEETING_STEPS["confirm"], ConsultationChange, who=who, when=when, reason=said, words=MEETING_WORDS)
        clocks.stop(_about(meeting), ANSWER, when=when)
        for task in meeting.tasks.select_related("organisation").order_by("pk"):  # type: ignore[attr-defined]
            title = f"{task.organisation.name}：{task.what}"
            _clock(TASK, f"joint.task:{task.pk}", title, meeting, timezone.localdate(when), task.due)
        tell_us(meeting.area, f"会商纪要已全部确认：{meeting.number}", link=_link(meeting), when=when)
    _log(Act.CONFIRM, meeting, old, said, who, when, where)
    return meeting


@transaction.atomic
def amend(
    meeting_id: int, partner: str = "", *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (),
    who: User, when: datetime, where: str | None,
) -> Consultation:  # fmt: skip
    """A participant says what is wrong in the minutes: they are written anew, and all are asked again."""
    meeting = _locked(who, meeting_id)
    party = speaker(who, _parties(meeting), partner, meeting.area, files)
    if len(reason.strip()) < LEAST_REASON:
        raise ValidationError(f"请写明要更正什么，至少 {LEAST_REASON} 个字")
    old, said = meeting.state, f"{party.organisation.name}：{reason.strip()}"
    move(meeting, MEETING_STEPS["amend"], ConsultationChange, who=who, when=when, reason=said, words=MEETING_WORDS)
    meeting.participants.update(agreed=None, by=None)  # type: ignore[attr-defined]
    clocks.stop(_about(meeting), ANSWER, when=when)
    today = timezone.localdate(when)
    _clock(HELD, _about(meeting), f"更正会商纪要：{meeting.title}", meeting, today)
    attach(_about(meeting), files, who=who, when=when, where=where)
    tell_us(meeting.area, f"会商纪要须更正：{said}", link=_link(meeting), when=when)
    _log(Act.AMEND, meeting, old, said, who, when, where)
    return meeting


@transaction.atomic
def do(task_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Task:
    """What was agreed is done. reason: how."""
    if not (who.may(Right.ANSWER_JOINT) or who.may(Right.KEEP_JOINT)):
        raise PermissionDenied
    task = task_for(who, task_id)
    _locked(who, task.meeting.pk)
    task.refresh_from_db()
    if not may_do(who, task):
        raise ValidationError(f"“{task.what[:30]}”由{task.organisation.name}落实，或已经完成；请刷新页面")
    if len(reason.strip()) < LEAST_REASON:
        raise ValidationError(f"请写明完成情况，至少 {LEAST_REASON} 个字")
    task.done, task.said = timezone.localdate(when), reason.strip()
    task.save(update_fields=["done", "said"])
    clocks.stop(f"joint.task:{task.pk}", TASK, when=when)
    tell_us(task.meeting.area, f"会商事项已落实：{task.what}", link=_link(task.meeting), when=when)
    _log(Act.DO, task.meeting, task.meeting.state, f"{task.what}：{task.said}"[:300], who, when, where)
    return task


@transaction.atomic
def close(meeting_id: int, *, who: User, when: datetime, where: str | None) -> Consultation:
    """All is done. ValidationError while something is not."""
    meeting = _ours(who, meeting_id)
    if meeting.state == "confirmed" and (left := meeting.tasks.filter(done=None).count()):  # type: ignore[attr-defined]
        raise ValidationError(f"还有 {left} 项没有落实，不能办结")
    old = meeting.state
    move(meeting, MEETING_STEPS["close"], ConsultationChange, who=who, when=when, words=MEETING_WORDS)
    _log(Act.CLOSE_MEETING, meeting, old, meeting.number, who, when, where)
    return meeting


@transaction.atomic
def drop(meeting_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Consultation:
    """It does not take place."""
    meeting = _ours(who, meeting_id)
    old = meeting.state
    move(meeting, MEETING_STEPS["drop"], ConsultationChange, who=who, when=when, reason=reason, words=MEETING_WORDS)
    clocks.stop(_about(meeting), when=when, dropped=True)
    tell_them(_parties(meeting), f"会商取消：{meeting.title}", link=_link(meeting), when=when)
    _log(Act.DROP_MEETING, meeting, old, reason.strip(), who, when, where)
    return meeting


def _parties(meeting: Consultation) -> list[Participant]:
    return list(meeting.participants.select_related("organisation").order_by("pk"))  # type: ignore[attr-defined]


def _locked(who: User, meeting_id: int) -> Consultation:
    """Through the door; nobody else changes it until this action ends."""
    meeting = meeting_for(who, meeting_id)
    list(Consultation.objects.select_for_update().filter(pk=meeting.pk).values_list("pk"))
    meeting.refresh_from_db(fields=["state"])
    return meeting


def _ours(who: User, meeting_id: int) -> Consultation:
    """The same, for what only our office does."""
    if not any(who.may(right) for right in RIGHTS):
        raise PermissionDenied
    meeting = _locked(who, meeting_id)
    if not keeps(who, meeting.area):
        raise ValidationError(f"不由您办理：须由召集会商的{meeting.by.organisation.name}办理")
    return meeting


def _clock(kind: str, about: str, title: str, meeting: Consultation, begun: date, due: date | None = None) -> None:
    """All clocks are our office's; due: the day that was named."""
    clocks.start(kind, about, title=title[:200], link=_link(meeting), area=meeting.area, right=Right.KEEP_JOINT, begun=begun)
    if due is not None:
        clocks.move(about, kind, due)


def _about(meeting: Consultation) -> str:
    return f"joint.meeting:{meeting.pk}"


def _link(meeting: Consultation) -> str:
    return reverse("joint:meeting", args=[meeting.pk])


def _log(act: Act, meeting: Consultation, old: str, purpose: str, who: User, when: datetime, where: str | None) -> None:
    changes = {"状态": (MEETING_WORDS.get(old, ""), MEETING_WORDS[meeting.state])}
    about = str(meeting)
    record(act, who=who, when=when, where=where, kind="会商", about=about, purpose=purpose, area=meeting.area, changes=changes)
