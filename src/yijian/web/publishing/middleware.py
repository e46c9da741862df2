"""The public pages: no cookies, no scripts, kept by caches for minutes; on a host of their own if there is one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.http.request import split_domain_port

Handler = Callable[[HttpRequest], HttpResponse]

PUBLIC, STATIC = "/public/", "/static/publishing/"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
MINUTES = 5
"""How long a cache may go on showing what was withdrawn."""
KEPT = f"public, max-age={MINUTES * 60}"


def public_door(get_response: Handler) -> Handler:
    """On the public host nothing else of the desk is reached, not even its static files; no public page sets a cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        host = settings.PUBLIC_HOST
        # as Django itself compares: without the port and the dot that may end a whole name (open.example.test.)
        here = bool(host) and split_domain_port(request.get_host())[0] == host
        public = request.path.startswith(PUBLIC)
        if here:
            if not public and request.path != "/" and not request.path.startswith(STATIC):
                return _headed(HttpResponseNotFound("没有这个页面。", content_type="text/plain; charset=utf-8"))
            request.COOKIES.clear()
            request.urlconf = "yijian.web.public_host_urls"
        elif host and public:
            return HttpResponseRedirect(f"{request.scheme}://{host}{request.get_full_path()}")
        response = get_response(request)
        return _headed(response) if public or here else response

    return middleware


def _headed(response: HttpResponse) -> HttpResponse:
    """Nothing in it depends on who asks; what is no page is not kept."""
    response.cookies.clear()
    response.headers.pop("Vary", None)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = KEPT if response.status_code == 200 else "no-store"
    return response
