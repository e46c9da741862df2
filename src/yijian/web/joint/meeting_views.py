"""Pages of consultations."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, partners_near, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.clocks.queries import clock_of, dues_of
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import page_of
from yijian.web.joint import consulting as queries
from yijian.web.joint import meetings as actions
from yijian.web.joint.models import Consultation
from yijian.web.joint.plan_views import reader
from yijian.web.joint.steps import MEETING_STEPS
from yijian.web.papers.queries import papers_of


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """哪些会商还没有落实？"""
    user = reader(request)
    found = queries.meetings_for(user)
    context = {
        "page": page_of(request, found),
        "open": found.exclude(state__in=("closed", "dropped")).count(),
        "may_call": user.may(Right.KEEP_JOINT),
    }
    return render(request, "joint/meetings.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """与谁会商什么？"""
    user = user_with(request, Right.KEEP_JOINT)
    return _form(request, user, {"number": request.GET.get("number", "")})


@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """Call it; what was written stays where something is wrong."""
    user, said = user_with(request, Right.KEEP_JOINT), request.POST
    try:
        given = actions.Call(
            said.get("number", "")[:120], said.get("title", "")[:200], said.get("agenda", "")[:3000],
            day_given(said.get("day", "")), said.get("place", "")[:200], said.getlist("partners"),
        )  # fmt: skip
        made = actions.call(given, **by(request))
    except ValidationError as mistake:
        return _form(request, user, {**said.dict(), "partners": said.getlist("partners")}, mistake.messages[0])
    return redirect("joint:meeting", made.pk)


def _form(request: HttpRequest, user: User, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    areas = user.scope(Right.KEEP_JOINT).areas
    context = {"said": said, "problem": problem, "partners": partners_near(areas[0] if areas else user.home)}
    return render(request, "joint/meeting_form.html", context, status=400 if problem else 200)


@require_GET
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """会商说了什么，谁去做？"""
    user = reader(request)
    return _meeting(request, user, queries.meeting_for(user, meeting_id), {})


def _meeting(request: HttpRequest, user: User, one: Consultation, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    about, ours = f"joint.meeting:{one.pk}", user.may(Right.SEE_JOINT)
    waiting = queries.waiting_for(user, one) if one.state == "minuted" else []
    tasks = list(one.tasks.select_related("organisation").order_by("due", "pk"))  # type: ignore[attr-defined]
    dues = dues_of([f"joint.task:{task.pk}" for task in tasks]) if one.state == "confirmed" else {}
    for task in tasks:
        task.meeting = one
    context = {
        "meeting": one,
        "ours": ours,
        "said": said,
        "problem": problem,
        "steps": {word: MEETING_STEPS[word] for word in queries.may_meet(user, one)},
        "waiting": waiting,
        "clock": clock_of(about) if ours else None,
        "parties": [(p, said.get(f"opinion-{p.organisation.pk}", p.opinion)) for p in one.participants.all()],  # type: ignore[attr-defined]
        "tasks": [(task, dues.get((f"joint.task:{task.pk}", actions.TASK)), queries.may_do(user, task)) for task in tasks],
        "typed": "\n".join(f"{task.what} | {task.organisation.name} | {task.due}" for task in tasks),
        "due": one.day <= timezone.localdate(),
        "files": attachments_of(about),
        "papers": papers_of(about),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in MEETING_STEPS.items()}, "call": "召集"},
    }
    return render(request, "joint/meeting.html", context, status=400 if problem else 200)


@require_POST
def minute(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Write the minutes; what was written stays where something is wrong."""
    user = user_with(request, Right.KEEP_JOINT)
    one = queries.meeting_for(user, meeting_id)
    try:
        actions.minute(meeting_id, _minutes(one, request.POST), files=request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return _meeting(request, user, one, request.POST.dict(), mistake.messages[0])
    return redirect("joint:meeting", meeting_id)


def _minutes(one: Consultation, said: QueryDict) -> actions.Minutes:
    codes = [p.organisation.pk for p in one.participants.all()]  # type: ignore[attr-defined]
    return actions.Minutes(
        minutes=said.get("minutes", "")[:5000], conclusion=said.get("conclusion", "")[:3000], ours=said.get("ours", "")[:3000],
        opinions={code: said.get(f"opinion-{code}", "")[:3000] for code in codes}, tasks=said.get("tasks", "")[:10000],
    )  # fmt: skip


@require_POST
def step(request: HttpRequest, meeting_id: int, word: str) -> HttpResponse:
    """Take a consultation through the step that its page offered."""
    user = reader(request)
    if user.may(Right.SEE_JOINT) and not user.may(Right.KEEP_JOINT):
        raise PermissionDenied
    common, files, given = by(request), request.FILES.getlist("files"), request.POST
    reason, partner = given.get("reason", "")[:3000], given.get("partner", "")
    match word:
        case "confirm":
            actions.confirm(meeting_id, partner, files=files, **common)
        case "amend":
            actions.amend(meeting_id, partner, reason=reason, files=files, **common)
        case "close":
            actions.close(meeting_id, **common)
        case "drop":
            actions.drop(meeting_id, reason=reason, **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("joint:meeting", meeting_id)


@require_POST
def do(request: HttpRequest, task_id: int) -> HttpResponse:
    """What was agreed is done."""
    user = reader(request)
    if user.may(Right.SEE_JOINT) and not user.may(Right.KEEP_JOINT):
        raise PermissionDenied
    done = actions.do(task_id, reason=request.POST.get("reason", "")[:3000], **by(request))
    return redirect("joint:meeting", done.meeting.pk)
