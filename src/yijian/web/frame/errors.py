"""What a person sees when a page cannot be shown. Details go to the log, never to the screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: logged in, but not for this."""
    return render(request, "frame/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; a `Http404` raised by us carries the sentence to show."""
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "frame/not_found.html", {"said": said}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: Django has logged what happened. Rendered without context, which may itself be what broke."""
    return render(None, "frame/broken.html", status=500)  # type: ignore[arg-type]
