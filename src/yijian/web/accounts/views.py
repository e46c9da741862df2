"""Pages of accounts: who has one, what each may do, and everything that an administrator does to one."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts import actions, queries, second_factor
from yijian.web.accounts.filters import STANDINGS, Filters
from yijian.web.accounts.handing_over import open_work
from yijian.web.accounts.models import Organisation, User
from yijian.web.accounts.queries import Right, by, roles, user_with, within
from yijian.web.accounts.rights import Role
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import page_of, sorting

COLUMNS = {
    "username": ("账号", "username"),
    "name": ("姓名", "display_name"),
    "organisation": ("单位", "organisation__name"),
    "roles": ("岗位（管辖）", ""),
    "standing": ("状态", ""),
    "expires": ("有效期至", "expires"),
    "last": ("最近登录", "last_login"),
}


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """谁能登录，能做什么？"""
    user, filters = user_with(request, Right.KEEP_ACCOUNTS), Filters.of(request.GET)
    found, order = queries.accounts_for(user, filters), sorting(request, COLUMNS, "username")
    context = {
        "filters": filters,
        "said": filters.words(),
        "roles": roles().values(),
        "organisations": queries.organisations_for(user),
        "standings": STANDINGS,
        "sorting": order,
        "page": page_of(request, found.order_by(*order.order)),
        "counts": queries.counted(user, filters),
    }
    return render(request, "accounts/list.html", context)


@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """给谁开账号？"""
    user, problem = user_with(request, Right.KEEP_ACCOUNTS), ""
    if request.method == "POST":
        try:
            made, password = _made(request, user)
        except ValidationError as mistake:
            problem = "；".join(mistake.messages)
        else:
            return _account_page(request, made.username, {"password": password, "made": True})
    context = {
        "problem": problem,
        "given": request.POST or request.GET,
        "organisations": queries.organisations_for(user),
        "roles": roles().values(),
    }
    return render(request, "accounts/make.html", context, status=400 if problem else 200)


def _made(request: HttpRequest, user: User) -> tuple[User, str]:
    given = request.POST
    place = queries.organisations_for(user).filter(pk=given.get("organisation", "")).first()
    if place is None:
        raise ValidationError("请选择单位")
    password = actions.fresh_password()
    made = actions.make_account(
        given.get("username", "").strip(),
        password,
        display_name=given.get("display_name", ""),
        organisation=place,
        role=given.get("role", "") or (),
        expires=day_given(given["expires"]) if given.get("expires") else None,
        initial=True,
        **by(request),
    )
    return made, password


@require_GET
def account(request: HttpRequest, username: str) -> HttpResponse:
    """这个账号能做什么？"""
    return _account_page(request, username, {})


def _account_page(request: HttpRequest, username: str, more: Mapping[str, object], status: int = 200) -> HttpResponse:
    user = user_with(request, Right.KEEP_ACCOUNTS)
    one = queries.account_for(user, username)
    home = one.organisation.division
    context = {
        "one": one,
        "standing": STANDINGS[one.standing],
        "postings": one.postings.all(),  # type: ignore[attr-defined]
        "roles": _roles_of(one.organisation),
        "divisions": [d for d in queries.divisions_of(user, Right.KEEP_ACCOUNTS) if within(home.code, d.code)],
        "enrolled": second_factor.enrolled(one),
        "work": open_work(one),
        "given": request.POST,
        "oneself": one.pk == user.pk,
    }
    return render(request, "accounts/detail.html", {**context, **more}, status=status)


def _roles_of(place: Organisation) -> list[Role]:
    return [role for role in roles().values() if place.kind in role.kinds]


def refused(request: HttpRequest, username: str, mistake: ValidationError) -> HttpResponse:
    """The page of the account with what was refused."""
    return _account_page(request, username, {"problem": "；".join(mistake.messages)}, status=400)


@require_POST
def post(request: HttpRequest, username: str) -> HttpResponse:
    """Give a role."""
    one = queries.account_for(user_with(request, Right.KEEP_ACCOUNTS), username)
    try:
        actions.post(one, request.POST.get("role", ""), division=request.POST.get("division", ""), **by(request))
    except ValidationError as mistake:
        return refused(request, username, mistake)
    return redirect("accounts:detail", username)


@require_POST
def unpost(request: HttpRequest, username: str) -> HttpResponse:
    """Take a role back."""
    one = queries.account_for(user_with(request, Right.KEEP_ACCOUNTS), username)
    try:
        actions.unpost(one, request.POST.get("role", ""), **by(request))
    except ValidationError as mistake:
        return refused(request, username, mistake)
    return redirect("accounts:detail", username)


@require_POST
def set_open(request: HttpRequest, username: str) -> HttpResponse:
    """Open or close, and until when."""
    one, given = queries.account_for(user_with(request, Right.KEEP_ACCOUNTS), username), request.POST
    try:
        until = day_given(given["expires"]) if given.get("expires") else None
        actions.set_open(one, active=given.get("active") == "1", expires=until, **by(request))
    except ValidationError as mistake:
        return refused(request, username, mistake)
    return redirect("accounts:detail", username)


@require_POST
def new_password(request: HttpRequest, username: str) -> HttpResponse:
    """A new initial password, shown once: on this answer, which nobody keeps."""
    one = queries.account_for(user_with(request, Right.KEEP_ACCOUNTS), username)
    try:
        password = actions.give_new_password(one, **by(request))
    except ValidationError as mistake:
        return refused(request, username, mistake)
    return _account_page(request, username, {"password": password})


@require_POST
def reset_second_factor(request: HttpRequest, username: str) -> HttpResponse:
    """Take somebody's authenticator away."""
    one = queries.account_for(user_with(request, Right.KEEP_ACCOUNTS), username)
    try:
        second_factor.reset(one, **by(request))
    except ValidationError as mistake:
        return refused(request, username, mistake)
    return redirect("accounts:detail", username)
