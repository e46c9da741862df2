"""Lists leave by this one door."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import by
from yijian.web.exports import actions
from yijian.web.exports.registry import listings
from yijian.web.exports.tasks import make_file
from yijian.web.frame.export import FORMS
from yijian.web.jobs.actions import start


@require_GET
def export(request: HttpRequest, name: str, form: str) -> HttpResponse | FileResponse:
    """A list as a file: at once, or as a job where it is long."""
    common, address = by(request), request.GET.urlencode()
    if name not in listings() or form not in FORMS:
        raise Http404("没有这份清单可以导出。")
    sheet = actions.sheet_for(listings()[name], common["who"], address)
    if sheet.count > actions.AT_ONCE:
        given = {"name": name, "form": form, "address": address, "where": common["where"] or ""}
        start(make_file, f"导出{sheet.title}（{sheet.count:,} 行，{form}）：{sheet.words}"[:200], given=given, **common)
        return redirect("jobs:list")
    made = actions.written(sheet, form, **common)
    return FileResponse(made, as_attachment=True, filename=actions.file_name(sheet, form, common["when"]))
