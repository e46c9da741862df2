"""Pages of transfers."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts.queries import Right, by, division_name, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.papers.queries import papers_of
from yijian.web.transfers import actions, queries, sources
from yijian.web.transfers import statement as counting
from yijian.web.transfers.bodies import bodies
from yijian.web.transfers.forms import form, given_of, giver, reader, said_by, said_in
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.steps import STEPS, WORDS, Result

COLUMNS = {
    "number": ("案由", "number"),
    "who": ("当事人", ""),
    "direction": ("方向", "direction"),
    "partner": ("对方单位", "partner__name"),
    "amount": ("涉及金额/元", "amount"),
    "sent": ("移送日期", "sent_on"),
    "state": ("状态", "state"),
    "opened": ("登记时间", "opened"),
}


@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """移送的案件办到哪一步了？"""
    user = reader(request)
    filters = queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-opened")
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": queries.tallies(user),
        "directions": Transfer.Direction.choices,
        "bodies": {word: one.title for word, one in bodies().items()},
        "sorting": order,
        "page": long_page_of(request, queries.transfers_for(user, filters).order_by(*order.order)),
        "waiting": sources.waiting(user),
        "may_hand_over": user.may(Right.ANSWER_TRANSFERS) or user.may(Right.KEEP_TRANSFERS),
        "partner_itself": not user.may(Right.SEE_TRANSFERS),
        "may_count": user.may(Right.SEE_TRANSFERS),
    }
    return render(request, "transfers/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """把什么移送给哪个部门？"""
    user = user_with(request, Right.KEEP_TRANSFERS)
    about = request.GET.get("about", "")
    return form(request, "out", said_by(sources.known_of(user, about))) if about else redirect("transfers:list")


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft it; what was written stays where something is wrong."""
    user = user_with(request, Right.KEEP_TRANSFERS)
    about = request.POST.get("about", "")
    if not about:
        raise ValidationError("请从结果是“移送其他部门”的线索拟移送书")
    known = said_by(sources.known_of(user, about))
    try:
        made = actions.draft(about, given_of(request.POST), files=request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return form(request, "out", {**known, **request.POST.dict(), "area": known["area"]}, problem=mistake.messages[0])
    return redirect("transfers:detail", made.pk)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """移送稿要改什么？"""
    user = user_with(request, Right.KEEP_TRANSFERS)
    made = queries.transfer_for(user, transfer_id)
    if request.method == "GET":
        return form(request, "out", said_in(made), transfer=made)
    try:
        actions.edit(transfer_id, given_of(request.POST), files=request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return form(request, "out", {**request.POST.dict(), "area": made.area}, problem=mistake.messages[0], transfer=made)
    return redirect("transfers:detail", transfer_id)


@require_GET
def incoming(request: HttpRequest) -> HttpResponse:
    """移送什么给医保部门？"""
    giver(request)
    return form(request, "in", {"since": timezone.localdate()})


@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand something over to our office; what was written stays where something is wrong."""
    giver(request)
    area = request.POST.get("area", "")
    try:
        made = actions.hand_over(area, given_of(request.POST), files=request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return form(request, "in", request.POST.dict(), problem=mistake.messages[0])
    return redirect("transfers:detail", made.pk)


@require_GET
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """这件移送办到哪一步了？"""
    user = reader(request)
    one = queries.transfer_for(user, transfer_id)
    ours = user.may(Right.SEE_TRANSFERS)
    about = f"transfers.transfer:{one.pk}"
    items = list(one.items.order_by("pk"))  # type: ignore[attr-defined]
    lead = queries.lead_of_transfer(one) if not one.out and user.may(Right.SEE_LEADS) else None
    changes = one.changes.select_related("by").order_by("at", "pk")  # type: ignore[attr-defined]
    context = {
        "transfer": one,
        "about": about,
        "steps": {word: STEPS[word] for word in queries.may_step(user, one)},
        "ours": ours,
        "on_paper": one.out and queries.on_paper(one),
        "clock": clock_of(about) if ours else None,
        "problems": [item for item in items if item.kind == "problem"],
        "evidence": [item for item in items if item.kind == "evidence"],
        "results": [(value, word) for value, word in Result.choices if value != "lead"],
        "source": sources.page_of_source(user, one),
        "lead": lead,
        "files": attachments_of(about),
        "papers": [*(papers_of(f"transfers.inner:{one.pk}") if ours else ()), *papers_of(about)],
        # what was said before it left our office is not the other authority's business
        "changes": changes if ours else changes.exclude(step__in=("draft", "approve", "return")),
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "draft": "拟稿", "hand_over": "移送"},
        "words": WORDS,
        "area": division_name(one.area),
        "may_edit": one.state == "drafted"
        and user.may(Right.KEEP_TRANSFERS)
        and one.area in user.scope(Right.KEEP_TRANSFERS).areas,
    }
    return render(request, "transfers/detail.html", context)


@require_POST
def step(request: HttpRequest, transfer_id: int, word: str) -> HttpResponse:
    """Take a transfer through the step that its page offered."""
    user = reader(request)
    if user.may(Right.SEE_TRANSFERS) and not (user.may(Right.KEEP_TRANSFERS) or user.may(Right.APPROVE_TRANSFERS)):
        raise PermissionDenied
    common, files = by(request), request.FILES.getlist("files")
    reason = request.POST.get("reason", "")[:3000]
    match word:
        case "approve":
            actions.approve(transfer_id, **common)
        case "return":
            actions.send_back(transfer_id, reason=reason, **common)
        case "drop":
            actions.drop(transfer_id, reason=reason, **common)
        case "send":
            actions.send(transfer_id, **common)
        case "receive":
            actions.receive(transfer_id, files=files, **common)
        case "ask":
            actions.ask(transfer_id, reason=reason, files=files, **common)
        case "supply":
            actions.supply(transfer_id, reason=reason, files=files, **common)
        case "accept":
            actions.accept(transfer_id, files=files, **common)
        case "report":
            actions.report(transfer_id, request.POST.get("result", ""), reason=reason, files=files, **common)
        case "close":
            actions.close(transfer_id, **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("transfers:detail", transfer_id)


@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """这一年移送了多少、处理得怎样？"""
    user = user_with(request, Right.SEE_TRANSFERS)
    year = counting.year_of(request.GET)
    context = {
        "year": year,
        "years": counting.years(),
        "lines": counting.statement(user, year),
        "due": counting.due_day(user, year),
        "about": f"transfers.statement:{year}",
    }
    return render(request, "transfers/statement.html", context)
