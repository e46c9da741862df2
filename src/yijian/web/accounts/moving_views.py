"""Pages of correcting a name and of moving an account to another organisation."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yijian.web.accounts import moving, queries
from yijian.web.accounts.models import Organisation, User
from yijian.web.accounts.queries import Right, by, user_with
from yijian.web.accounts.views import refused


@require_POST
def rename(request: HttpRequest, username: str) -> HttpResponse:
    """Correct a name."""
    one, given = queries.account_for(user_with(request, Right.KEEP_ACCOUNTS), username), request.POST
    try:
        moving.correct_name(one, given.get("display_name", ""), reason=given.get("reason", ""), **by(request))
    except ValidationError as mistake:
        return refused(request, username, mistake)
    return redirect("accounts:detail", username)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, username: str) -> HttpResponse:
    """这个账号调到哪个单位？ First the organisation is chosen, then its consequence is shown, then it is done."""
    user = user_with(request, Right.KEEP_ACCOUNTS)
    one = queries.account_for(user, username)
    given = request.POST if request.method == "POST" else request.GET
    places = queries.organisations_for(user).exclude(pk=one.organisation.pk)
    place = places.filter(pk=given.get("organisation", "")).first()
    if request.method == "GET":
        problem = "请选择要调往的单位" if given.get("organisation") and place is None else ""
        return _page(request, one, place, problem)
    if place is None:
        return _page(request, one, None, "请选择要调往的单位")
    try:
        moving.move(one, place, successor=given.get("successor", ""), reason=given.get("reason", ""), **by(request))
    except ValidationError as mistake:
        return _page(request, queries.account_for(user, username), place, "；".join(mistake.messages))
    return redirect("accounts:detail", username)


def _page(request: HttpRequest, one: User, place: Organisation | None, problem: str) -> HttpResponse:
    user = user_with(request, Right.KEEP_ACCOUNTS)
    context = {
        "one": one,
        "place": place,
        "plan": moving.plan(one, place) if place else None,
        "successors": moving.successors(one) if place else [],
        "give_back": moving.GIVE_BACK,
        "organisations": queries.organisations_for(user).exclude(pk=one.organisation.pk),
        "given": request.POST,
        "problem": problem,
        "oneself": one.pk == user.pk,
    }
    return render(request, "accounts/move.html", context, status=400 if problem else 200)
