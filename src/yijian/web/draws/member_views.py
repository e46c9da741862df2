"""Pages of the register of inspectors, experts and assessors."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, by, divisions_of, people_with, user_with
from yijian.web.draws import queries, registering
from yijian.web.draws.models import DrawMember
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import page_of


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """哪些检查人员、专家、评估人员可以被抽取？"""
    return _page(request, {})


def _page(request: HttpRequest, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_DRAWS)
    own, kind = user.scope(Right.KEEP_DRAWS).areas, request.GET.get("kind", "")
    rows = queries.members_for(user, kind if kind in DrawMember.Kind.values else "")
    context = {
        "said": said,
        "problem": problem,
        "kind": kind,
        "kinds": DrawMember.Kind.choices,
        "page": page_of(request, rows.order_by(F("ended").asc(nulls_first=True), "kind", "name", "pk")),
        "here": rows.filter(ended=None).count(),
        "divisions": [one for one in divisions_of(user, Right.KEEP_DRAWS) if one.pk in own],
        "officers": [one for area in own for one in people_with(Right.VERIFY_LEADS, area)],
        "today": timezone.localdate(),
        "own": own,
    }
    return render(request, "draws/members.html", context, status=400 if problem else 200)


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody; what was written stays where something is wrong."""
    user_with(request, Right.KEEP_DRAWS)
    said = request.POST
    words = {name: said.get(name, "")[:300] for name in ("kind", "name", "account", "unit", "field", "certificate")}
    try:
        until = day_given(said["until"]) if said.get("until", "").strip() else None
        registering.register(said.get("area", ""), registering.Person(**words, until=until), **by(request))
    except ValidationError as mistake:
        return _page(request, said.dict(), mistake.messages[0])
    return redirect("draws:members")


@require_POST
def end(request: HttpRequest, member_id: int) -> HttpResponse:
    """Somebody leaves the register."""
    registering.end(member_id, **by(request))
    return redirect("draws:members")
