"""Pages about imports and quarantine."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.claims.checks import checks
from yijian.claims.tables import tables
from yijian.web.accounts.queries import Right, user_with
from yijian.web.frame.tables import page_of
from yijian.web.imports import queries


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """收到了哪些数据，进来了多少？"""
    user = user_with(request, Right.SEE_DATA)
    done = queries.imports_for(user, settings.HOME)
    context = {
        "page": page_of(request, done),
        "rows": sum(i.rows for i in done),
        "suspect": sum(i.suspect for i in done),
        "rejected": sum(i.rejected for i in done),
        "newest": done[0] if done else None,
    }
    return render(request, "imports/list.html", context)


@require_GET
def one(request: HttpRequest, commit: int) -> HttpResponse:
    """这批数据怎么样？"""
    user = user_with(request, Right.SEE_DATA)
    done = queries.import_for(user, settings.HOME, commit)
    known = checks()
    context = {
        "one": done,
        "files": [(f, queries.title_of(f.table), f.path.rsplit("/", 1)[-1]) for f in done.manifest.files],
        "tables": [(t, queries.title_of(t.table), t.new + t.replaced) for t in done.manifest.tables],
        "checks": [
            (c, known[c.check], queries.title_of(c.table), queries.column_title(c.table, c.column)) for c in done.manifest.checks
        ],
        "suspects": queries.suspects_for(user, settings.HOME, done.manifest.import_id),
    }
    return render(request, "imports/detail.html", context)


@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    """哪些行没有进来，为什么？"""
    user = user_with(request, Right.SEE_DATA)
    chosen = {name: request.GET.get(name, "") for name in ("check", "table", "import_id")}
    everything = queries.rejections_for(user, settings.HOME)
    found = queries.rejections_for(user, settings.HOME, **chosen)
    page = page_of(request, found)
    context = {
        "page": page,
        "shown": queries.shown(list(page)),
        "reasons": queries.reasons_of(everything),
        "rows": len({r.row_id for r in found}),
        "all_rows": len({r.row_id for r in everything}),
        "checks": {r.check: checks()[r.check].title for r in everything},
        "tables": {r.table: tables()[r.table].title for r in everything},
        **chosen,
    }
    return render(request, "imports/quarantine.html", context)
