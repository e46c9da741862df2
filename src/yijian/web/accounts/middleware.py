"""Between the log-in and the pages: the second factor, the first password, the longest session."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yijian.web.accounts.logging_in import ELSEWHERE, ENROLLED, too_long, verified
from yijian.web.accounts.models import User

SEEN = "seen"
"""Of a session: when its end was moved last."""
Handler = Callable[[HttpRequest], HttpResponse]

WITHOUT_CODE = frozenset({"accounts:code", "accounts:enrol", "accounts:logout"})
WITHOUT_OWN_PASSWORD = WITHOUT_CODE | {"accounts:password"}


class _Gate:
    """Leads whoever is half logged in to the one page that is missing; no other view runs."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User):
            return None
        if too_long(request):
            logout(request)
            return redirect_to_login(_here(request))
        _stay(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        if not verified(request):
            wanted = "accounts:code" if request.session.get(ENROLLED) else "accounts:enrol"
            return None if page in WITHOUT_CODE else _to(wanted, request)
        if user.must_change and not request.session.get(ELSEWHERE):
            return None if page in WITHOUT_OWN_PASSWORD else _to("accounts:password", request)
        return None


def _stay(request: HttpRequest) -> None:
    """Whoever works stays logged in: the session's end moves on, written once a minute."""
    now = int(time.time())
    if now - int(request.session.get(SEEN, 0)) >= settings.SESSION_RENEWED_EVERY:
        request.session[SEEN] = now


def _to(page: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': _here(request)})}")


def _here(request: HttpRequest) -> str:
    """Where the person wanted to go; what a form sent cannot be sent again."""
    given = request.GET.get("next", "") if request.resolver_match and request.resolver_match.app_name == "accounts" else ""
    return given or (request.get_full_path() if request.method == "GET" else "/")


def gate(get_response: Handler) -> _Gate:
    """See `_Gate`."""
    return _Gate(get_response)
