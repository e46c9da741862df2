"""Pages of transfers."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts.queries import Right, User, by, division_name, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.papers.queries import papers_of
from yijian.web.transfers import answering, drafting, packing, queries, sources
from yijian.web.transfers import statement as counting
from yijian.web.transfers.bodies import bodies
from yijian.web.transfers.forms import form, given_of, giver, reader, said_by, said_in
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.stating import about_of
from yijian.web.transfers.stating import send as send_year
from yijian.web.transfers.steps import INNER, OPEN, STEPS, WORDS, Result

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
SHOWN = 5
"""Offices whose statements the page names with their documents."""
TELL_HEALTH = ("police", "discipline")
"""Of a transfer to these the health authority is told (N3 三（二）: 并将案件通报同级卫生健康部门)."""
NO_SOURCE = "请从结果是“移送其他部门”的线索，或已决定移送、处罚决定已送达的案件拟移送书"


@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """移送的案件办到哪一步了？"""
    user = reader(request)
    filters = queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-opened")
    page = long_page_of(request, queries.transfers_for(user, filters).order_by(*order.order))
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": queries.tallies(user),
        "directions": Transfer.Direction.choices,
        "bodies": {word: one.title for word, one in bodies().items()},
        "sorting": order,
        "page": page,
        "dues": queries.due_by(user, list(page)),
        "waiting": sources.waiting(user),
        "may_hand_over": user.may(Right.ANSWER_TRANSFERS) or user.may(Right.KEEP_TRANSFERS),
        "partner_itself": not user.may(Right.SEE_TRANSFERS),
        "may_keep": user.may(Right.KEEP_TRANSFERS),
        "may_count": user.may(Right.SEE_TRANSFERS),
    }
    return render(request, "transfers/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """把什么移送给哪个部门？"""
    user = user_with(request, Right.KEEP_TRANSFERS)
    about = request.GET.get("about", "")
    if not about:
        return redirect("transfers:list")
    said = {**said_by(sources.known_of(user, about)), **sources.lists_of(user, about), "due": sources.is_due(about)}
    return form(request, "out", said)


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft it; what was written stays where something is wrong."""
    user = user_with(request, Right.KEEP_TRANSFERS)
    about = request.POST.get("about", "")
    if not about:
        raise ValidationError(NO_SOURCE)
    known = said_by(sources.known_of(user, about))
    try:
        files, more = request.FILES.getlist("files"), bool(request.POST.get("with_evidence"))
        made = drafting.draft(about, given_of(request.POST), files=files, with_evidence=more, **by(request))
    except ValidationError as mistake:
        return form(request, "out", {**known, **request.POST.dict(), "area": known["area"]}, problem=mistake.messages[0])
    return redirect("transfers:detail", made.pk)


@require_POST
def waive(request: HttpRequest) -> HttpResponse:
    """What is due need not be transferred."""
    user_with(request, Right.KEEP_TRANSFERS)
    about = request.POST.get("about", "")
    if not about:
        raise ValidationError(NO_SOURCE)
    drafting.waive(about, reason=request.POST.get("reason", "")[:500], **by(request))
    return redirect("transfers:list")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """移送稿要改什么？"""
    user = user_with(request, Right.KEEP_TRANSFERS)
    made = queries.transfer_for(user, transfer_id)
    if request.method == "GET":
        return form(request, "out", said_in(made), transfer=made)
    try:
        drafting.edit(transfer_id, given_of(request.POST), files=request.FILES.getlist("files"), **by(request))
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
        made = answering.hand_over(area, given_of(request.POST), files=request.FILES.getlist("files"), **by(request))
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
    steps = {word: STEPS[word] for word in queries.may_step(user, one)}
    context = {
        "transfer": one,
        "about": about,
        "steps": steps,
        "ours": ours,
        "report": queries.report_of(one) if "approve" in steps else None,
        "on_paper": one.out and queries.on_paper(one),
        "does": queries.DOES,
        "clock": queries.due_by(user, [one]).get(one.pk),
        "untold": one.out and one.state in INNER[:2] and one.body in TELL_HEALTH and one.copy_to is None,
        "packs": packing.may_pack(user, one),
        "takes_file": ours and _takes_file(user, one),
        "parcels": one.parcels.select_related("key").order_by("pk") if ours else (),  # type: ignore[attr-defined]
        "problems": [item for item in items if item.kind == "problem"],
        "evidence": [item for item in items if item.kind == "evidence"],
        "results": [(value, word) for value, word in Result.choices if value != "lead"],
        "source": sources.page_of_source(user, one),
        "lead": lead,
        "files": attachments_of(about),
        "papers": [*(papers_of(f"transfers.inner:{one.pk}") if ours and one.out else ()), *papers_of(about)],
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


def _takes_file(user: User, one: Transfer) -> bool:
    """Whether a file of the other office may come in here: its letter, or ours, travelled as one."""
    mine = user.may(Right.KEEP_TRANSFERS) and one.area in user.scope(Right.KEEP_TRANSFERS).areas
    return mine and one.state in OPEN and packing.letter_of(one).exists()


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
            seen = request.POST.get("seen", "")
            drafting.approve(transfer_id, int(seen) if seen.isascii() and seen.isdecimal() else 0, **common)
        case "return":
            drafting.send_back(transfer_id, reason=reason, **common)
        case "drop":
            drafting.drop(transfer_id, reason=reason, **common)
        case "send":
            drafting.send(transfer_id, **common)
        case "receive":
            answering.receive(transfer_id, files=files, **common)
        case "ask":
            answering.ask(transfer_id, reason=reason, files=files, **common)
        case "supply":
            answering.supply(transfer_id, reason=reason, files=files, **common)
        case "accept":
            answering.accept(transfer_id, files=files, **common)
        case "report":
            answering.report(transfer_id, request.POST.get("result", ""), reason=reason, files=files, **common)
        case "close":
            answering.close(transfer_id, **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("transfers:detail", transfer_id)


@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """这一年移送了多少、处理得怎样？"""
    user = user_with(request, Right.SEE_TRANSFERS)
    year = counting.year_of(request.GET)
    sendings = counting.sendings(user, year)
    context = {
        "year": year,
        "years": counting.years(),
        "lines": counting.statement(user, year),
        "due": counting.due_day(user.home, year),
        "sendings": [(one, list(papers_of(about_of(one.area, year))) if one.sent else []) for one in sendings[:SHOWN]],
        "more": len(sendings) - SHOWN,
        "unsent": sum(one.sent is None for one in sendings),
        "about": f"transfers.statement:{year}",
    }
    return render(request, "transfers/statement.html", context)


@require_POST
def send_statement(request: HttpRequest) -> HttpResponse:
    """Send the statement of a year to those above."""
    user_with(request, Right.KEEP_TRANSFERS)
    year = counting.year_of(request.POST)
    send_year(request.POST.get("area", ""), year, **by(request))
    return redirect(f"{reverse('transfers:statement')}?year={year}")
