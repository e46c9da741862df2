"""Pages about imports and quarantine."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yijian.claims.checks import checks
from yijian.claims.tables import tables
from yijian.engine.ledger import Run
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Right, User, by, user_with
from yijian.web.frame.tables import page_of
from yijian.web.imports import queries
from yijian.web.imports.tasks import load_newest
from yijian.web.jobs.actions import start
from yijian.web.loading import run_to_load


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
        "to_load": _to_load(user),
        "newest": done[0] if done else None,
    }
    return render(request, "imports/list.html", context)


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Take over the newest run in the background."""
    user_with(request, Right.LOAD_RUNS)
    run = run_to_load(settings.HOME)
    if run is None:
        raise ValidationError("最新的审核结果已经装入")
    start(load_newest, f"装入审核结果 {run.id}", **by(request))
    return redirect("jobs:list")


def _to_load(user: User) -> Run | None:
    """The run that this person may load, if there is one."""
    if not user.may(Right.LOAD_RUNS):
        return None
    try:
        return run_to_load(settings.HOME)
    except UserError:  # nothing was judged yet, or other data than there are now
        return None


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
