"""The guarded door to consultations: our offices by division; another authority those it takes part in."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, User
from yijian.web.cases.queries import cases_for
from yijian.web.joint.models import Consultation, Participant, Task
from yijian.web.joint.parties import keeps, may_read, may_speak
from yijian.web.joint.steps import MEETING_STEPS
from yijian.web.leads.queries import leads_for
from yijian.web.transfers.queries import transfers_for


def meetings_for(user: User) -> "QuerySet[Consultation]":
    """Consultations that the user may see, newest first."""
    if not may_read(user):
        raise PermissionDenied
    if user.may(Right.SEE_JOINT):
        found = Consultation.objects.filter(user.scope(Right.SEE_JOINT).condition())
    else:
        with_us = Participant.objects.filter(organisation=user.organisation).values("meeting")
        found = Consultation.objects.filter(pk__in=with_us)
    return found.order_by("-opened").prefetch_related("participants__organisation")


def meeting_for(user: User, meeting_id: int) -> Consultation:
    """One of them. Http404 if there is none, or none that the user may see."""
    found = meetings_for(user).select_related("by__organisation").filter(pk=meeting_id).first()
    if found is None:
        raise Http404(f"没有会商 {meeting_id}，或不在您的范围内。")
    return found


def task_for(user: User, task_id: int) -> Task:
    """Something to be done, of a consultation that the user may see. Http404 otherwise."""
    inside = Task.objects.filter(pk=task_id, meeting__in=meetings_for(user).order_by())
    found = inside.select_related("meeting", "organisation").first()
    if found is None:
        raise Http404(f"没有会商事项 {task_id}，或不在您的范围内。")
    return found


def meetings_about(about: str) -> "list[Consultation]":
    """The consultations about a record, newest first; for pages that guard it."""
    return list(Consultation.objects.filter(about=about).order_by("-opened"))


def matter_named(user: User, number: str) -> tuple[str, str, str]:
    """(record, its number in words, division) of the case, lead or transfer with this number that the user may see.

    ValidationError where there is none.
    """
    number = number.strip()
    doors: tuple[tuple[Right, str, str, Any], ...] = (
        (Right.SEE_CASES, "cases.case", "案件", cases_for),
        (Right.SEE_LEADS, "leads.lead", "线索", leads_for),
        (Right.SEE_TRANSFERS, "transfers.transfer", "移送", transfers_for),
    )
    for right, kind, word, door in doors:
        if number and user.may(right) and (found := door(user).filter(number=number).first()):
            said = found.number if found.number.startswith(word) else f"{word} {found.number}"
            return f"{kind}:{found.pk}", said, found.area
    raise ValidationError(f"没有编号是“{number[:60]}”的案件、线索或移送，或不在您的管辖范围内；编号要写完整")


def waiting_for(user: User, meeting: Consultation) -> list[Participant]:
    """Participants that have not confirmed, for whom the user may speak."""
    parties = [one for one in meeting.participants.all() if one.agreed is None]  # type: ignore[attr-defined]
    return [one for one in parties if may_speak(user, one, meeting.area)]


def may_meet(user: User, meeting: Consultation) -> list[str]:
    """Words of the steps of our office that the user may take now; those of a participant: see `waiting_for`."""
    own = [word for word, step in MEETING_STEPS.items() if meeting.state in step.frm and step.right == Right.KEEP_JOINT]
    return own if keeps(user, meeting.area) else []


def may_do(user: User, task: Task) -> bool:
    """Whether the user may say that it is done: whose it is; our office also for others."""
    open_now = task.meeting.state == "confirmed" and task.done is None
    theirs = user.may(Right.ANSWER_JOINT) and user.organisation == task.organisation
    return open_now and (theirs or keeps(user, task.meeting.area))
