"""What a field proposes while somebody writes the name of an institution."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.web.institutions.queries import like


@require_GET
def named(request: HttpRequest) -> HttpResponse:
    """Options of the field that asks; its own name (`institution`, `place`) is the only one in the address."""
    words = next(iter(request.GET.dict().values()), "").strip()
    return render(request, "institutions/options.html", {"options": like(words[:100])})
