"""The inbox, where the day begins; and what a withdrawn day does to clocks."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts.queries import Right, by, person_of, user_with
from yijian.web.clocks import actions, queries, recounting
from yijian.web.parameters.queries import SettledDay, settled_day_for


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """今天到期什么？"""
    user = person_of(request)
    items = queries.inbox(user)
    own = [one for one in items if not one.escalated]
    context = {
        "own": own,
        "escalated": [one for one in items if one.escalated],
        "overdue": sum(one.overdue for one in own),
        "today_due": sum(one.left == 0 and not one.clock.standing for one in own),
        "notices": queries.notices_for(user),
        "unread": queries.unread(user),
    }
    return render(request, "clocks/inbox.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Everything that was told is read."""
    actions.read_all(who=person_of(request), when=timezone.now())
    return redirect("clocks:inbox")


@require_http_methods(["GET", "POST"])
def withdraw_day(request: HttpRequest, row_id: int) -> HttpResponse:
    """撤销这一天的设置会怎样？ The consequence first, then it is done."""
    user, problem = user_with(request, Right.KEEP_PARAMETERS), ""
    row = settled_day_for(user, row_id)
    if request.method == "POST":
        try:
            done = recounting.withdraw_day(row_id, reason=request.POST.get("reason", ""), **by(request))
            return _withdrawal(request, row, done, {"done": True})
        except ValidationError as mistake:
            problem = "；".join(mistake.messages)
    found = recounting.concerned(row.division, row.day, today=timezone.localdate())
    return _withdrawal(request, row, found, {"problem": problem, "given": request.POST}, 400 if problem else 200)


def _withdrawal(
    request: HttpRequest, row: SettledDay, found: list[recounting.Concerned], more: Mapping[str, object], status: int = 200
) -> HttpResponse:
    moved = [one for one in found if not one.kept]
    context = {"row": row, "moved": moved, "kept": [one for one in found if one.kept]}
    return render(request, "clocks/withdraw_day.html", {**context, **more}, status=status)
