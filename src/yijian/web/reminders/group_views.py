"""Pages that count reminders by rule, institution, doctor or reason; all of a group, sorted, paged and as Excel."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import Right, User, user_with
from yijian.web.frame.tables import Sorting, page_of, sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.reminders import queries
from yijian.web.reminders.filters import Filters
from yijian.web.reminders.views import filter_context

_FIGURES = {
    "n": ("提醒数", "n"),
    "changed": ("返回修改数", "changed"),
    "gone_on": ("继续执行数", "gone_on"),
    "silent": ("没有反馈数", "silent"),
    "share": ("返回修改占比", "share"),
    "gone_share": ("继续执行占比", "gone_share"),
    "yuan": ("涉及金额/元", "yuan"),
}
_REQUESTS = {"requests": ("询问次数", "requests")}


@dataclass(frozen=True)
class Page:
    """What a page of groups asks, what its rows are called, and its columns: key → (title, key of the row)."""

    question: str
    title: str
    unit: str
    columns: dict[str, tuple[str, str]]


PAGES = {
    "rule": Page("哪些规则的提醒有用？", "按规则", "条规则", {"name": ("规则", "name"), **_FIGURES}),
    "institution": Page("哪些机构听提醒？", "按机构", "家机构", {"name": ("机构", "name"), **_REQUESTS, **_FIGURES}),
    "doctor": Page(
        "哪些医师听提醒？", "按医师", "名医师", {"doctor": ("医师", "doctor"), "name": ("机构", "name"), **_REQUESTS, **_FIGURES}
    ),
    "reason": Page(
        "为什么继续执行？",
        "按原因",
        "种原因",
        {
            "reason": ("继续执行的原因", "reason"),
            "n": ("提醒数", "n"),
            "rules": ("规则数", "rules"),
            "institutions": ("机构数", "institutions"),
        },
    ),
}


def sorted_groups(user: User, address: QueryDict, by: str) -> tuple[list[dict[str, Any]], Filters, Sorting]:
    """The groups, narrowed and sorted as the address says."""
    filters, columns = Filters.of(address), PAGES[by].columns
    found, asked = queries.reminders_and_asked_for(user, filters)
    if by == "rule":
        rows = queries.by_rule(found, queries.rule_names())
    elif by == "institution":
        rows = queries.by_institution(found, asked, institution_names())
    elif by == "doctor":
        rows = queries.by_doctor(found, asked, institution_names())
    else:
        rows = queries.by_reason(found)
    order = sorting_of(address, columns, "-n")
    head = next(head for head in order.headings if head.now)
    first, field = next(iter(columns.values()))[1], columns[head.key][1]
    rows.sort(key=lambda row: row[first])
    rows.sort(key=lambda row: row[field], reverse=head.now == "down")
    return rows, filters, order


@require_GET
def grouped(request: HttpRequest, by: str) -> HttpResponse:
    """All groups of a kind."""
    user = user_with(request, Right.SEE_FINDINGS)
    rows, filters, order = sorted_groups(user, request.GET, by)
    context = {
        **filter_context(filters),
        "by": by,
        "exported": f"reminders-by-{by}",
        "shown": PAGES[by],
        "sorting": order,
        "page": page_of(request, rows),
        "totals": queries.totals(queries.reminders_for(user, filters)),
        "said_reasons": sum(row["n"] for row in rows),
    }
    return render(request, "reminders/grouped.html", context)
