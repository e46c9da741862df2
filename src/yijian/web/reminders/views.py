"""Pages about reminders: do they help, which were given, and what became of one."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.vocabulary.codes import code_tables
from yijian.web.accounts.queries import Right, user_with
from yijian.web.findings.rulebook import rule_now
from yijian.web.frame.tables import page_of, sorting
from yijian.web.institutions.queries import institution_names, is_pharmacy
from yijian.web.reminders import charts, queries
from yijian.web.reminders.filters import STAGES, Filters
from yijian.web.reminders.models import Done

COLUMNS = {
    "asked": ("时间", "asked"),
    "rule": ("规则", "rule__name"),
    "institution": ("机构与医师", "institution__name"),
    "text": ("提醒内容", ""),
    "done": ("处理", "done"),
    "amount": ("金额/元", "amount"),
}
SHOWN = 8
"""Groups of each kind on the overview; the rest a page further."""
SEVERITIES = {"1": ("red", "ban"), "2": ("orange", "help-circle"), "3": ("azure", "info-circle")}
"""严重程度 → colour and icon."""


def filter_context(filters: Filters) -> dict[str, Any]:
    """What the filter form and the line that repeats it need."""
    rules, institutions = queries.rule_names(), institution_names()
    return {
        "filters": filters,
        "said": filters.words(rules, institutions),
        "rules": rules,
        "institutions": institutions,
        "stages": STAGES,
        "ways": Done.choices,
    }


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """提醒有没有用？"""
    user = user_with(request, Right.SEE_REMINDERS)
    filters = Filters.of(request.GET)
    found, asked = queries.reminders_and_asked_for(user, filters)
    common = filter_context(filters)
    requests, reminded = queries.requests(asked)
    rules = queries.by_rule(found, common["rules"])
    institutions = queries.by_institution(found, asked, common["institutions"])
    doctors = queries.by_doctor(found, asked, common["institutions"])
    months, reasons = queries.by_month(found, asked), list(queries.reasons(found))
    context = {
        **common,
        "requests": requests,
        "reminded": reminded,
        "totals": queries.totals(found),
        "groups": [
            ("rule", "按规则", _most(rules), len(rules)),
            ("institution", "按机构", _most(institutions), len(institutions)),
            ("doctor", "按医师", _most(doctors), len(doctors)),
        ],
        "months": months,
        "month_chart": charts.months(months, {k: v for k, v in asdict(filters).items() if v}) if months else None,
        "reasons": reasons[:SHOWN],
        "reason_count": len(reasons),
        "said_reasons": sum(row["n"] for row in reasons),
        "overridden": [(one, rule_now(one.rule)) for one in queries.mostly_overridden(found)],
        "least": queries.LEAST_FEEDBACK,
    }
    return render(request, "reminders/overview.html", context)


def _most(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["n"], row["name"]))[:SHOWN]


@require_GET
def reminders(request: HttpRequest) -> HttpResponse:
    """给了哪些提醒？"""
    user = user_with(request, Right.SEE_REMINDERS)
    filters = Filters.of(request.GET)
    found = queries.reminders_for(user, filters)
    order, totals = sorting(request, COLUMNS, "-asked"), queries.totals(found)
    rows = found.select_related("rule", "institution").order_by(*order.order)
    context = {
        **filter_context(filters),
        "sorting": order,
        "page": page_of(request, rows, count=totals.n),
        "totals": totals,
    }
    return render(request, "reminders/list.html", context)


@require_GET
def reminder(request: HttpRequest, reminder_id: str) -> HttpResponse:
    """说了什么，怎么处理，后来怎样？"""
    user = user_with(request, Right.SEE_REMINDERS)
    one = queries.reminder_for(user, reminder_id)
    codes, rule = code_tables(), rule_now(one.rule.code)
    context = {
        "one": one,
        "who": "药店" if is_pharmacy(one.institution) else "医生",
        "severity": codes["sev_deg"].name_of(one.severity),
        "severity_look": SEVERITIES.get(one.severity, ("secondary", "help-circle")),
        "scene": codes["trig_scen"].name_of(one.scene),
        "rule": rule,
        "law": rule.declaration.legal_basis if rule else [],
        "same_encounter": queries.of_encounter(user, one),
        "findings": queries.settled_findings(user, one),
    }
    return render(request, "reminders/detail.html", context)
