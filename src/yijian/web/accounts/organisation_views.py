"""Pages of organisations and divisions."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts import actions, queries
from yijian.web.accounts.filters import KINDS, Filters
from yijian.web.accounts.models import Organisation
from yijian.web.accounts.queries import Right, by, user_with
from yijian.web.frame.tables import page_of, sorting

COLUMNS = {
    "code": ("单位编码", "code"),
    "name": ("单位名称", "name"),
    "kind": ("类别", "kind"),
    "division": ("行政区划", "division_id"),
    "institution": ("定点机构编码", "institution"),
    "people": ("账号数", "people"),
}


@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """哪些单位在用本系统？"""
    user, filters = user_with(request, Right.KEEP_ACCOUNTS), Filters.of(request.GET)
    found, order = queries.organisations_with_people(user, filters), sorting(request, COLUMNS, "division")
    context = {
        "filters": filters,
        "kinds": KINDS,
        "sorting": order,
        "page": page_of(request, found.order_by(*order.order)),
        "divisions": queries.divisions_of(user, Right.KEEP_ACCOUNTS),
        "without": found.filter(people=0).count(),
    }
    return render(request, "accounts/organisations.html", context)


@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """登记哪个单位？"""
    user_with(request, Right.KEEP_ACCOUNTS)
    given, problem = request.POST, ""
    if request.method == "POST":
        code = given.get("code", "").strip()
        try:
            if Organisation.objects.filter(pk=code).exists():
                raise ValidationError(f"单位编码 {code} 已经登记，请核对编码；要改动已有单位，请从单位列表打开它")
            return _kept(request, code)
        except ValidationError as mistake:
            problem = "；".join(mistake.messages)
    return _form(request, None, problem)


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """这个单位登记得对吗？"""
    one = queries.organisation_for(user_with(request, Right.KEEP_ACCOUNTS), code)
    if request.method == "GET":
        return _form(request, one)
    try:
        return _kept(request, one.code)
    except ValidationError as mistake:
        return _form(request, one, "；".join(mistake.messages))


def _kept(request: HttpRequest, code: str) -> HttpResponse:
    given = request.POST
    one = actions.keep_organisation(
        code,
        name=given.get("name", "").strip(),
        kind=given.get("kind", ""),
        division=given.get("division", ""),
        institution=given.get("institution", "").strip(),
        ending=given.get("ending") == "1",
        **by(request),
    )
    return redirect("accounts:organisation", one.code)


def _form(request: HttpRequest, one: Organisation | None, problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_ACCOUNTS)
    if request.method == "POST":
        given = request.POST.dict()
    elif one:
        given = {"name": one.name, "kind": one.kind, "division": one.division.code, "institution": one.institution}
    else:
        given = {}
    context = {
        "one": one,
        "given": given,
        "problem": problem,
        "kinds": KINDS,
        "divisions": queries.divisions_of(user, Right.KEEP_ACCOUNTS),
        "people": queries.accounts_for(user, Filters(organisation=one.code)).order_by("username") if one else [],
    }
    return render(request, "accounts/organisation.html", context, status=400 if problem else 200)


@require_POST
def keep_division(request: HttpRequest) -> HttpResponse:
    """Add or rename a division."""
    actions.keep_division(request.POST.get("code", "").strip(), request.POST.get("name", "").strip(), **by(request))
    return redirect("accounts:organisations")
