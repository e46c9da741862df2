"""Pages of what authorities tell each other of penalties."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, divisions_of, partners_near
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import page_of
from yijian.web.institutions.queries import institution_names
from yijian.web.joint import telling as actions
from yijian.web.joint import told as queries
from yijian.web.joint.models import Penalised
from yijian.web.joint.plan_views import own_divisions, reader


@require_GET
def penalties(request: HttpRequest) -> HttpResponse:
    """哪些机构受到了医保行政处罚？"""
    user = reader(request)
    found = queries.decisions_for(user)
    context = {"page": page_of(request, found), "count": found.count(), "told": queries.told_to(user).count()}
    return render(request, "joint/penalties.html", context)


@require_GET
def told(request: HttpRequest) -> HttpResponse:
    """各部门通报了哪些处罚？"""
    user = reader(request)
    page = page_of(request, queries.told_to(user))
    context = {
        "page": page,
        "rows": [(one, queries.may_withdraw(user, one)) for one in page],
        "may_tell": _may_tell(user),
    }
    return render(request, "joint/told.html", context)


def _may_tell(user: User) -> bool:
    return user.may(Right.KEEP_JOINT) or user.may(Right.ANSWER_JOINT)


def _teller(request: HttpRequest) -> User:
    user = reader(request)
    if not _may_tell(user):
        raise PermissionDenied
    return user


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """要通报什么处罚？"""
    return _form(request, _teller(request), {"day": timezone.localdate()})


@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Tell it; what was written stays where something is wrong."""
    user, said = _teller(request), request.POST
    try:
        given = actions.Told(
            kind=said.get("kind", ""), place=said.get("place", ""), name=said.get("name", "")[:200],
            role=said.get("role", "")[:50],
            measure=said.get("measure", "")[:200], number=said.get("number", "")[:100], day=day_given(said.get("day", "")),
            reason=said.get("reason", "")[:300], giver=said.get("giver", ""),
        )  # fmt: skip
        actions.tell(said.get("area", ""), given, **by(request))
    except ValidationError as mistake:
        return _form(request, user, said.dict(), mistake.messages[0])
    return redirect("joint:told")


def _form(request: HttpRequest, user: User, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    theirs = user.may(Right.ANSWER_JOINT)
    divisions = list(divisions_of(user, Right.ANSWER_JOINT)) if theirs else own_divisions(user)
    context = {
        "said": said,
        "problem": problem,
        "theirs": theirs,
        "divisions": divisions,
        "own": user.organisation,
        "partners": [] if theirs or not divisions else partners_near(divisions[0].pk),
        "kinds": Penalised.Kind.choices,
        "institutions": institution_names(),
    }
    return render(request, "joint/penalty_form.html", context, status=400 if problem else 200)


@require_POST
def withdraw(request: HttpRequest, row_id: int) -> HttpResponse:
    """It was wrong."""
    _teller(request)
    actions.withdraw(row_id, reason=request.POST.get("reason", "")[:300], **by(request))
    return redirect("joint:told")
