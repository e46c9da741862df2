"""The log as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yijian.web.audit_log.acts import titles
from yijian.web.audit_log.queries import entries
from yijian.web.frame.tables import page_of


def log(request: HttpRequest) -> HttpResponse:
    """谁在什么时候做了什么？"""
    chosen = {name: request.GET.get(name, "").strip() for name in ("act", "who", "about")}
    # The right is a string here: this app stands below accounts.
    lines = entries(may_read=request.user.may("read_log"), **chosen)  # type: ignore[union-attr]
    context = {"page": page_of(request, lines), "acts": titles(), **chosen}
    return render(request, "audit_log/log.html", context)
