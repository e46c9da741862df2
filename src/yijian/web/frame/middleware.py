"""What happens around every request."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from yijian.vocabulary.errors import UserError

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Tabler draws its ticks and arrows as data: pictures
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No script or style stands in a page: whatever is smuggled into one is dead text."""


def content_security_policy(get_response: Handler) -> Handler:
    """Only our own files; and pages, which hold findings about people, are not kept by browsers or proxies."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)  # a download says a stricter one
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def log_in_again(get_response: Handler) -> Handler:
    """A part of a page that is asked for after the session ended loads the whole page anew, which leads to the log-in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "HX-Request" in request.headers and response.status_code == 302:
            return HttpResponse(status=200, headers={"HX-Refresh": "true"})
        return response

    return middleware


class _CleanText:
    """Takes NUL out of what an address or a form says, before any view: nobody types it, and PostgreSQL keeps no text with it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        for name in ("GET", "POST"):
            said = getattr(request, name)
            if any("\x00" in text for key, values in said.lists() for text in (key, *values)):
                setattr(request, name, _without_nul(said))


def _without_nul(said: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, values in said.lists():
        clean.setlist(name.replace("\x00", ""), [value.replace("\x00", "") for value in values])
    clean._mutable = False
    return clean


def clean_text(get_response: Handler) -> _CleanText:
    """See `_CleanText`."""
    return _CleanText(get_response)


class _UserErrors:
    """Shows a `UserError`, or a `ValidationError` that no form took up, as a page instead of a server error."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ValidationError):
            exception = UserError("；".join(exception.messages))
        if not isinstance(exception, UserError):
            return None
        return render(request, "frame/mistake.html", {"mistake": exception, "back": _came_from(request)}, status=400)


def _came_from(request: HttpRequest) -> str:
    """The page of ours that the browser says it came from, or ''."""
    said = urlsplit(request.headers.get("Referer", ""))
    if said.netloc != request.get_host():
        return ""
    return f"{said.path}?{said.query}" if said.query else said.path


def user_errors(get_response: Handler) -> _UserErrors:
    """A user's mistake is a sentence on a page."""
    return _UserErrors(get_response)
