"""The first page after log-in: what is due, and what the role is there for."""

from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import Right, User, person_of
from yijian.web.clocks import queries as clocks
from yijian.web.findings import charts, queries
from yijian.web.findings.filters import Filters
from yijian.web.frame.maps import draw
from yijian.web.frame.templatetags.frame import wan
from yijian.web.recoveries import queries as recoveries
from yijian.web.reminders import queries as reminders
from yijian.web.reviews import queries as reviews
from yijian.web.transfers import queries as transfers

SHOWN = 10
MONTHS = 24
TREND = {"identified": "发现", "confirmed": "认定", "repaid": "已退回"}


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """今天先看什么？ Each part is there for whoever has the right to it."""
    user = person_of(request)
    due = clocks.inbox(user)
    context: dict[str, Any] = {"due": due[:5], "due_count": len(due), "overdue": sum(one.overdue for one in due)}
    if owed := transfers.owed_by(user):
        context["owed"] = owed[:SHOWN]
        context["due_count"] += len(owed)
        context["overdue"] += sum(one.overdue for _, _, one in owed)
    own = user.may(Right.SEE_OWN)
    if user.may(Right.SEE_REVIEWS) or user.may(Right.ANSWER):
        context["reviews"] = reviews.tallies(user)
    if user.may(Right.SEE_LEDGER) or user.may(Right.ANSWER):
        months = recoveries.by(recoveries.recoveries_for(user), "month")
        context |= {"ledger": recoveries.added_up(months), "trend": _trend(months)}
    if user.may(Right.SEE_FINDINGS):
        context |= _findings(user)
    if own:
        context |= {"own": user.organisation, "reminders": reminders.totals(reminders.reminders_for(user))}
    return render(request, "start.html", context)


def _findings(user: User) -> dict[str, Any]:
    found, sums = queries.findings_for(user, Filters()), queries.counted(user, Filters())
    run = queries.newest_run()
    results = list(queries.coverage(user, run)) if run and user.may(Right.SEE_DATA) else []
    return {
        "run": run,
        "totals": sums.totals,
        "biggest": queries.biggest(found)[:SHOWN],
        "top_institutions": sums.by_institution[:SHOWN],
        "chart": charts.money_bars(sums.by_rule, "rule_title", "rule", "rule"),
        "scope": sum(r.in_scope for r in results),
        "unjudged": sum(r.not_judged for r in results),
        "incomplete": sorted((r for r in results if r.not_judged), key=_unjudged, reverse=True)[:5],
        "failed": [r for r in results if r.error],
        "map": draw(
            settings.HOME.path / "area.geojson",
            {area: float(yuan) for area, (_, yuan) in sums.by_area.items()},
            {area: f"{n:,} 个，{wan(yuan)}" for area, (n, yuan) in sums.by_area.items()},
            _institutions_of,
        ),
    }


def _unjudged(result: queries.RuleResult) -> int:
    return result.not_judged


def _institutions_of(area: str) -> str:
    return f"{reverse('findings:institutions')}?{urlencode({'area': area})}"


def _trend(months: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Money of the fund by the month in which it was found."""
    rows = sorted(months, key=itemgetter("month"))[-MONTHS:]
    if not rows:
        return None
    return {
        "kind": "months",
        "unit": "元",
        "categories": [f"{row['month']:%Y-%m}" for row in rows],
        "series": [{"name": word, "data": [float(row[stage]) for row in rows]} for stage, word in TREND.items()],
        "links": [f"{reverse('recoveries:rows')}?month={row['month']:%Y-%m}" for row in rows],
    }
