"""Pages of extrapolations."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, user_with
from yijian.web.extrapolation import actions, bill_file, drawing, queries
from yijian.web.extrapolation.drawing import Given
from yijian.web.extrapolation.models import Extrapolation
from yijian.web.extrapolation.steps import STEPS, WORDS
from yijian.web.findings.queries import institutions_with_findings
from yijian.web.frame.given import day_given, number_given, yuan_given
from yijian.web.frame.tables import long_page_of, page_of, sorting
from yijian.web.institutions.queries import Names, institution, institution_names
from yijian.web.papers.queries import papers_of

COLUMNS = {
    "institution": ("机构", "institution__name"),
    "bills": ("抽取范围", "bills"),
    "period": ("结算日期", "begin"),
    "state": ("状态", "state"),
    "opened": ("抽取时间", "opened"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 5_000_000
"""Bytes of a filled-in form."""


@require_GET
def extrapolations(request: HttpRequest) -> HttpResponse:
    """抽查的结果说明全部有多少？"""
    user, filters = user_with(request, Right.SEE_EXTRAPOLATIONS), queries.Filters.of(request.GET)
    order, names = sorting(request, COLUMNS, "-opened"), institution_names()
    context = {
        "filters": filters,
        "said": filters.words(names),
        "tallies": queries.tallies(user),
        "institutions": names,
        "sorting": order,
        "page": long_page_of(request, queries.extrapolations_for(user, filters).order_by(*order.order)),
        "may_keep": user.may(Right.KEEP_EXTRAPOLATIONS),
    }
    return render(request, "extrapolation/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """要审核多少份，才能说明全部？"""
    user = user_with(request, Right.KEEP_EXTRAPOLATIONS)
    if "begin" not in request.GET:
        return _form(request, request.GET.dict())
    try:
        proposal = drawing.propose(_given(request.GET, user), settings.HOME, timezone.localdate())
    except ValidationError as mistake:
        return _form(request, request.GET.dict(), problem=mistake.messages[0])
    return _form(request, request.GET.dict(), proposal)


def _form(
    request: HttpRequest, said: Mapping[str, Any], proposal: drawing.Proposal | None = None, problem: str = ""
) -> HttpResponse:
    user = user_with(request, Right.KEEP_EXTRAPOLATIONS)
    strata = list(zip(proposal.cuts, proposal.sizes, strict=True)) if proposal else []
    context = {
        "said": said,
        "problem": problem,
        "institutions": Names(institutions_with_findings(user)),
        "choices": Extrapolation.Bills.choices,
        "snapshot": proposal.snapshot if proposal else "",
        "strata": [
            {"above": cut.above, "most": cut.most, "units": len(cut.bills), "amount": cut.amount, "size": size}
            for cut, size in strata
        ],
        "whole": sum(size for _, size in strata),
    }
    return render(request, "extrapolation/new.html", context, status=400 if problem else 200)


def _given(said: QueryDict, user: User) -> Given:
    """What is asked for; an institution outside the user's divisions is none."""
    one, scope = institution(said.get("institution", "")), user.scope(Right.KEEP_EXTRAPOLATIONS)
    if one is not None and not scope.covers(area=one.area or user.home, institution=one.pk):
        one = None
    begin, end = said.get("begin", "").strip(), said.get("end", "").strip()
    return Given(
        one, said.get("bills", ""), day_given(begin) if begin else None,
        day_given(end) if end else None, _percent(said.get("expected", "10")), _percent(said.get("precision", "30")),
    )  # fmt: skip


def _percent(text: str) -> Decimal:
    return yuan_given(text.strip().removesuffix("%"), least=Decimal(0), most=Decimal(100)) / 100


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw what was proposed; what was written stays where something is wrong."""
    user, said = user_with(request, Right.KEEP_EXTRAPOLATIONS), request.POST
    try:
        sizes = [number_given(text) for text in said.getlist("size")]
        made = actions.draw(_given(said, user), sizes, number_given(said.get("snapshot", "")), home=settings.HOME, **by(request))
    except ValidationError as mistake:
        return _form(request, said.dict(), problem=mistake.messages[0])
    return redirect("extrapolation:detail", made.pk)


@require_GET
def extrapolation(request: HttpRequest, extrapolation_id: int) -> HttpResponse:
    """这份样本说明了什么？"""
    return _detail(request, extrapolation_id)


def _detail(
    request: HttpRequest, extrapolation_id: int, problem: str = "", typed: Mapping[str, tuple[str, str]] | None = None
) -> HttpResponse:
    """typed: what was written of some bills and could not be kept, by settlement number."""
    user = user_with(request, Right.SEE_EXTRAPOLATIONS)
    one = queries.extrapolation_for(user, extrapolation_id)
    bills = one.sampled.select_related("stratum", "reviewed_by").order_by("place")  # type: ignore[attr-defined]
    result = queries.result_of(one)
    page = page_of(request, bills)
    if typed:  # the page on which something is wrong, as it was written
        page = Paginator(bills, page.paginator.per_page).get_page(request.POST.get("page"))
    context = {
        "one": one,
        "problem": problem,
        "result": result,
        "reviewed": sum(row.reviewed for row in result.rows),
        "drawn": sum(row.drawn for row in result.rows),
        "steps": {word: STEPS[word] for word in queries.may_step(user, one)},
        "page": page,
        "fields": [(bill, *(typed or {}).get(bill.setl_id, (bill.wrong, bill.reason))) for bill in page],
        "may_review": one.state == "reviewing" and queries.may_keep(user, one),
        "papers": papers_of(actions.about_of(one)),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "draw": "抽取"},
        "words": WORDS,
    }
    return render(request, "extrapolation/detail.html", context, status=400 if problem else 200)


@require_POST
def review(request: HttpRequest, extrapolation_id: int) -> HttpResponse:
    """Keep what was typed of the bills of one page."""
    user_with(request, Right.KEEP_EXTRAPOLATIONS)
    said = request.POST
    names = ("bill", "wrong", "reason", "was-wrong", "was-reason")
    rows = list(zip(*(said.getlist(name) for name in names), strict=False))
    try:
        found = {
            bill: actions.Found(_yuan(wrong), reason, (_yuan(was), why))
            for bill, wrong, reason, was, why in rows
            if (wrong.strip(), reason.strip()) != (was, why)
        }
        actions.review(extrapolation_id, found, **by(request))
    except ValidationError as mistake:
        typed = {bill: (wrong, reason) for bill, wrong, reason, *_ in rows}
        return _detail(request, extrapolation_id, mistake.messages[0], typed)
    page = number_given(said.get("page", ""))
    return redirect(f"/extrapolation/{extrapolation_id}/{f'?page={page}' if page > 1 else ''}")


def _yuan(text: str) -> Decimal | None:
    return yuan_given(text, least=Decimal(0), most=None) if text.strip() else None


@require_GET
def bills(request: HttpRequest, extrapolation_id: int) -> HttpResponse:
    """The drawn bills as an Excel form to be filled in."""
    one = queries.extrapolation_for(user_with(request, Right.SEE_EXTRAPOLATIONS), extrapolation_id)
    name = content_disposition_header(True, f"样本审核登记表 {one.number}.xlsx") or ""
    return HttpResponse(bill_file.written(one), content_type=XLSX, headers={"Content-Disposition": name})


@require_POST
def fill(request: HttpRequest, extrapolation_id: int) -> HttpResponse:
    """Take over a filled-in form."""
    one = queries.extrapolation_for(user_with(request, Right.KEEP_EXTRAPOLATIONS), extrapolation_id)
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile) or not file.size or file.size > LARGEST:
            raise ValidationError("请选择填好的登记表（Excel，不超过 5 MB）")
        actions.review(extrapolation_id, bill_file.read(one, file.read()), **by(request))
    except ValidationError as mistake:
        return _detail(request, extrapolation_id, mistake.messages[0])
    return redirect("extrapolation:detail", extrapolation_id)


@require_POST
def step(request: HttpRequest, extrapolation_id: int, word: str) -> HttpResponse:
    """Take an extrapolation through the step that its page offered."""
    if word not in STEPS:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user_with(request, Right(STEPS[word].right))
    if word == "conclude":
        actions.conclude(extrapolation_id, **by(request))
    else:
        actions.drop(extrapolation_id, reason=request.POST.get("reason", "")[:500], **by(request))
    return redirect("extrapolation:detail", extrapolation_id)
