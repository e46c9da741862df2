"""Pages of parameters and working days."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.vocabulary.workdays import LAST, announced
from yijian.web.accounts.queries import Right, by, divisions_of, user_with
from yijian.web.frame.given import day_given
from yijian.web.parameters import actions, queries


@require_GET
def parameters(request: HttpRequest) -> HttpResponse:
    """这里按什么时限和标准办事？"""
    user = user_with(request, Right.KEEP_PARAMETERS)
    today = timezone.localdate()
    rows = queries.rows_for(user)
    context = {
        "rows": rows,
        "own": sum(1 for value, _ in rows if value.division),
        "days": queries.days_for(user),
        "divisions": divisions_of(user, Right.KEEP_PARAMETERS),
        "today": today,
        "next_unknown": not announced(today.year + 1),
        "last": LAST,
    }
    return render(request, "parameters/list.html", context)


@require_POST
def set_parameter(request: HttpRequest) -> HttpResponse:
    """Set a parameter from a day on."""
    given = request.POST
    actions.set_parameter(
        given.get("key", ""),
        given.get("value", "").strip(),
        division=given.get("division", ""),
        valid_from=day_given(given.get("valid_from", "")),
        source=given.get("source", ""),
        **by(request),
    )
    return redirect("parameters:list")


@require_POST
def settle_day(request: HttpRequest) -> HttpResponse:
    """Say whether a day is worked."""
    given = request.POST
    actions.settle_day(
        day_given(given.get("day", "")),
        works=given.get("works") == "1",
        division=given.get("division", ""),
        source=given.get("source", ""),
        **by(request),
    )
    return redirect("parameters:list")
