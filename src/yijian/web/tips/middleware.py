"""The public page of tips: no cookies or referrers, a script that nobody needs, nothing from elsewhere; its own host if any."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port

Handler = Callable[[HttpRequest], HttpResponse]

PUBLIC = "/tips/"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noarchive",
}


def public_door(get_response: Handler) -> Handler:
    """Outermost: nothing inside sees a cookie on the tips' host, and no public page sets one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        here = (
            bool(settings.TIP_HOST) and split_domain_port(request.get_host())[0] == settings.TIP_HOST
        )  # without port and last dot
        if here:
            request.COOKIES.clear()
            request.urlconf = "yijian.web.tips.host_urls"
        elif settings.TIP_HOST and request.path.startswith(PUBLIC):
            return HttpResponseRedirect(f"{request.scheme}://{settings.TIP_HOST}{PUBLIC}")
        response = get_response(request)
        if here or request.path.startswith(PUBLIC):
            response.cookies.clear()
            for name, value in HEADERS.items():
                response.headers[name] = value
        return response

    return middleware
