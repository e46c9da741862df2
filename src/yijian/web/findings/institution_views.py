"""Pages about institutions: their answer is made of findings."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.vocabulary.codes import code_tables
from yijian.web.accounts.queries import Right, User, user_with
from yijian.web.findings import charts, queries
from yijian.web.findings.filters import Filters
from yijian.web.frame.tables import page_of, sorting
from yijian.web.frame.templatetags.frame import level
from yijian.web.institutions.queries import Institution, is_pharmacy

COLUMNS = {
    "name": ("机构", "name"),
    "kind": ("类别", "kind"),
    "level": ("级别", "level"),
    "settlements": ("结算笔数", "settlements"),
    "fund": ("基金支付/元", "fund"),
    "n": ("疑点数", "n"),
    "yuan": ("疑点金额/元", "yuan"),
    "rate": ("每千笔疑点数", "rate"),
}


def _given(address: QueryDict) -> dict[str, str]:
    return {name: address.get(name, "").strip() for name in ("kind", "level", "text", "area")}


def chosen_institutions(user: User, address: QueryDict) -> "tuple[QuerySet[Institution], list[tuple[str, str]]]":
    """The institutions that an address asks for, and what that says: (title, value) of each narrowing."""
    rows, given = queries.institutions_with_findings(user), _given(address)
    said = [("行政区划", given["area"]), ("名称或编码", given["text"])]
    if given["kind"] in Institution.Kind.values:
        rows = rows.filter(kind=given["kind"])
        said.append(("类别", str(Institution.Kind(given["kind"]).label)))
    if given["level"] in ("1", "2", "3"):
        rows = rows.filter(level=int(given["level"]))
        said.append(("级别", level(int(given["level"]))))
    if given["area"]:
        rows = rows.filter(area=given["area"])
    if given["text"]:
        rows = rows.filter(name__icontains=given["text"]) | rows.filter(code=given["text"])
    return rows, [(title, value) for title, value in said if value]


@require_GET
def institutions(request: HttpRequest) -> HttpResponse:
    """哪些机构要先看？"""
    user = user_with(request, Right.SEE_FINDINGS)
    order = sorting(request, COLUMNS, "-yuan")
    rows, _ = chosen_institutions(user, request.GET)
    everything = queries.counted(user, Filters()).by_institution
    context = {
        "sorting": order,
        "page": page_of(request, rows.order_by(*order.order)),
        "kinds": Institution.Kind.choices,
        "with_findings": len(everything),
        "top": everything[:3],
        "top_share": sum(r["yuan"] for r in everything[:3]),
        "all_yuan": sum(r["yuan"] for r in everything),
        **_given(request.GET),
    }
    return render(request, "findings/institutions.html", context)


@require_GET
def institution(request: HttpRequest, code: str) -> HttpResponse:
    """这家机构哪里不同？"""
    user = user_with(request, Right.SEE_FINDINGS)
    one = queries.institution_for(user, code)
    found = queries.findings_for(user, Filters(institution=code))
    sums = queries.counted(user, Filters(institution=code))
    among = queries.peers(user, one)
    months = queries.by_month(found)
    context = {
        "one": one,
        "level_name": code_tables()["hosp_lv"].name_of(one.level_code) if "hosp_lv" in code_tables() else "",
        "pharmacy": is_pharmacy(one),
        "totals": sums.totals,
        "by_rule": sums.by_rule,
        "biggest": queries.biggest(found)[:10],
        "peers": among,
        "peer_count": len(among.rows) if among else 0,
        "peer_chart": charts.peer_bars(among, one.pk) if among else None,
        "month_chart": charts.months(months) if months else None,
    }
    return render(request, "findings/institution.html", context)
