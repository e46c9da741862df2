"""The first page after log-in: what to look at first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import Right, person_of
from yijian.web.findings import charts, queries
from yijian.web.findings.filters import Filters

SHOWN = 10


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """今天先看什么？ Who does not see findings starts at the inbox."""
    user = person_of(request)
    if not user.may(Right.SEE_FINDINGS):
        return redirect("clocks:inbox")
    found = queries.findings_for(user, Filters())
    sums = queries.counted(user, Filters())
    by_rule = sums.by_rule()
    results = list(queries.coverage(user))
    scope, unjudged = sum(r.in_scope for r in results), sum(r.not_judged for r in results)
    context = {
        "run": queries.newest_run(),
        "totals": sums.totals(),
        "biggest": found.order_by("-amount", "pk")[:SHOWN],
        "top_institutions": sums.by_institution()[:SHOWN],
        "chart": charts.money_bars(by_rule, "rule_title", "rule", "rule"),
        "scope": scope,
        "unjudged": unjudged,
        "incomplete": queries.coverage(user).filter(not_judged__gt=0).order_by("-not_judged")[:5],
        "failed": [r for r in results if r.error],
    }
    return render(request, "start.html", context)
