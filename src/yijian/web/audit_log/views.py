"""The log as pages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.audit_log import actions, queries
from yijian.web.audit_log.acts import titles
from yijian.web.audit_log.filters import Filters
from yijian.web.audit_log.models import LogCheckpoint


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """谁在什么时候做了什么？"""
    reader, filters = queries.reader_of(request), Filters.of(request.GET)
    lines, standing = queries.entries(reader, filters), queries.standing(reader)
    everything = queries.reads_all(reader)
    count, more = queries.counted(lines, filters, standing.size if everything else None)
    context = {
        "filters": filters,
        "said": filters.words(),
        "acts": titles(),
        "page": queries.slice_of(lines, older=request.GET.get("older", ""), newer=request.GET.get("newer", "")),
        "count": count,
        "more": more,
        "everything": everything,
        "standing": standing,
    }
    return render(request, "audit_log/list.html", context)


@require_GET
def detail(request: HttpRequest, number: int) -> HttpResponse:
    """这一条记了什么？"""
    reader = queries.reader_of(request)
    return render(
        request, "audit_log/detail.html", {"line": queries.entry_for(reader, number), "standing": queries.standing(reader)}
    )


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the log as it stands, and give the note."""
    queries.reader_of(request)
    where = actions.address_of(request)
    return _note(actions.sign_checkpoint(settings.HOME, who=_account(request), when=timezone.now(), where=where))


@require_GET
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """A checkpoint that was signed before."""
    return _note(queries.checkpoint_for(queries.reader_of(request), size))


def _note(signed: LogCheckpoint) -> HttpResponse:
    name = f'attachment; filename="yijian-log-{signed.size}.txt"'
    return HttpResponse(signed.note, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


def _account(request: HttpRequest) -> Any:
    """The account of the request; whose model this app, standing below accounts, does not know."""
    return request.user
