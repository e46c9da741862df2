"""Pages of months that travel as files."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST

from yijian.web.accounts.queries import Right, by, user_with
from yijian.web.frame.given import number_given
from yijian.web.statistics import actions, sending
from yijian.web.transfers.opening import held_in
from yijian.web.transfers.partner_keys import ours


@require_POST
def pack(request: HttpRequest, table_id: int) -> HttpResponse:
    """Download a month for another bureau: each time a fresh file, so it is no GET."""
    user_with(request, Right.KEEP_STATISTICS)
    name, held = sending.pack_month(table_id, number_given(request.POST.get("key", "")), **by(request))
    header = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(held, content_type="application/octet-stream", headers={"Content-Disposition": header})


@require_http_methods(["GET", "POST"])
def incoming(request: HttpRequest) -> HttpResponse:
    """下级报来的统计文件里是什么？"""
    user, problem = user_with(request, Right.KEEP_STATISTICS), ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            held = held_in(file.size if file else None, file.read if file else bytes)
            table = sending.take_in(held, **by(request))
            return redirect(actions.link_of(table.area, table.of))
        except ValidationError as mistake:
            problem = mistake.messages[0]
    context = {"problem": problem, "ours": ours(user)}
    return render(request, "statistics/incoming.html", context, status=400 if problem else 200)
