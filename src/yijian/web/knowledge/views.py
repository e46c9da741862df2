"""Pages of the knowledge lists."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, user_with
from yijian.web.audit_log.actions import address_of
from yijian.web.findings.rulebook import rules_now
from yijian.web.frame.tables import page_of
from yijian.web.knowledge import actions, queries

STATES = {"proposed": "程序推荐，待确认", "empty": "没有推荐，待填写", "settled": "已确认"}


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """有哪些知识清单，各有多少知识点？"""
    user = user_with(request, Right.SEE_DATA)
    lines = queries.lists_for(user, settings.HOME)
    there = [line for line in lines if line.version]
    context = {
        "lines": lines,
        "there": len(there),
        "points": sum(line.version.points for line in there if line.version),
        "needs_person": sum(line.version.needs_person for line in there if line.version),
    }
    return render(request, "knowledge/list.html", context)


@require_GET
def points(request: HttpRequest, list_id: str) -> HttpResponse:
    """这个清单限什么，从哪天起，谁发布的？"""
    user = user_with(request, Right.SEE_DATA)
    line, versions, sources = queries.list_for(user, settings.HOME, list_id)
    text, only = request.GET.get("text", "").strip(), request.GET.get("only", "")
    found = queries.points_for(user, settings.HOME, list_id, text, only)
    context = {
        "line": line,
        "versions": versions,
        "sources": sources,
        "page": page_of(request, found),
        "found": len(found),
        "text": text,
        "only": only,
        "rules": [r for r in rules_now().values() if list_id in r.declaration.knowledge],
        "has_sentences": queries.has_sentences(list_id) and line.version is not None,
    }
    return render(request, "knowledge/points.html", context)


@require_GET
def sentences(request: HttpRequest, list_id: str) -> HttpResponse:
    """官方限定的这句话，指哪些诊断编码？"""
    return _sentences(request, list_id)


def _sentences(
    request: HttpRequest, list_id: str, problem: tuple[str, str, str] = ("", "", ""), status: int = 200
) -> HttpResponse:
    """The page; problem: the point, what was typed, and what is wrong with it."""
    user = user_with(request, Right.SEE_DATA)
    line, _, _ = queries.list_for(user, settings.HOME, list_id)
    state = request.GET.get("state", "")
    found, counted = queries.proposals_for(user, settings.HOME, list_id, state if state in STATES else "")
    page = page_of(request, found)
    context = {
        "line": line,
        "page": page,
        "rows": [(p, queries.state_of(p), " ".join(p.prefixes)) for p in page],
        "state": state,
        "states": [(key, word, counted[key]) for key, word in STATES.items()],
        "all": sum(counted.values()),
        "settled": counted["settled"],
        "may_settle": user.may(Right.SETTLE_KNOWLEDGE),
        "problem": problem,
    }
    return render(request, "knowledge/sentences.html", context, status=status)


@require_POST
def settle(request: HttpRequest, list_id: str, point_id: str) -> HttpResponse:
    """Settle one point and come back to where it stood."""
    user = user_with(request, Right.SETTLE_KNOWLEDGE)
    proposal = queries.proposal_for(user, settings.HOME, list_id, point_id)
    typed = request.POST.get("prefixes", "")
    try:
        actions.settle_point(
            settings.HOME, list_id, proposal, prefixes=typed, who=user, when=timezone.now(), where=address_of(request)
        )
    except ValidationError as mistake:
        return _sentences(request, list_id, (point_id, typed, mistake.messages[0]), status=400)
    here = request.GET.urlencode()
    return redirect(reverse("knowledge:sentences", args=[list_id]) + (f"?{here}" if here else ""))
