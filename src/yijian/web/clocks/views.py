"""The inbox: where the day begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import person_of
from yijian.web.clocks import actions, queries


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
