"""Pages of returns: their list, and one that is filled in, delivered, checked."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.sheets import Row, Sheet, added, shown, workbook
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Right, User, by, division_name, division_names, person_of, user_with
from yijian.web.attachments.checking import MEDIA
from yijian.web.attachments.queries import attachments_of
from yijian.web.campaigns import asking, comparing, forms, returning
from yijian.web.campaigns.kinds import SUBJECTS
from yijian.web.campaigns.models import SelfInspection
from yijian.web.campaigns.queries import campaign_for, inside, progress
from yijian.web.campaigns.return_queries import (
    SHOWN,
    Filters,
    fills,
    is_open,
    may_fill,
    may_read,
    may_step,
    return_for,
    returns_for,
    sums,
    tallies,
)
from yijian.web.campaigns.steps import FILED, RETURN_STEPS
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.tables import long_page_of, page_of, sorting

COLUMNS = {
    "name": ("填报单位", "name"),
    "area": ("区划", "area"),
    "state": ("状态", "state"),
    "due": ("期限", "due"),
    "returned": ("报送日期", "returned"),
    "declared": ("自查金额/元", "declared"),
    "pledged": ("承诺退回/元", "pledged"),
}
SPARE = 3
"""Empty rows at the end of the table that is filled in."""


def reader(request: HttpRequest) -> User:
    """Whoever works with returns. PermissionDenied for anybody else."""
    user = person_of(request)
    if not may_read(user):
        raise PermissionDenied
    return user


def filler(request: HttpRequest) -> User:
    """Whoever fills in returns. PermissionDenied for anybody else."""
    user = person_of(request)
    if not may_fill(user):
        raise PermissionDenied
    return user


@require_GET
def returns(request: HttpRequest) -> HttpResponse:
    """谁还没有报送自查？"""
    user, filters = reader(request), Filters.of(request.GET)
    order, today = sorting(request, COLUMNS, "due"), timezone.localdate()
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": tallies(user),
        "sums": sums(user, filters, today),
        "shown": SHOWN,
        "forms": SUBJECTS,
        "states": FILED,
        "sorting": order,
        "names": division_names(),
        "today": today,
        "inner": user.may(Right.SEE_CAMPAIGNS),
        "page": long_page_of(request, returns_for(user, filters).order_by(*order.order)),
    }
    return render(request, "campaigns/returns.html", context)


@require_GET
def one(request: HttpRequest, return_id: int) -> HttpResponse:
    """自查发现了什么，退回多少？"""
    return page(request, return_for(reader(request), return_id))


def page(
    request: HttpRequest,
    filed: SelfInspection,
    *,
    typed: "Sequence[Row] | None" = None,
    problems: Sequence[str] = (),
    did: str = "",
) -> HttpResponse:
    """The page of a return; typed: what somebody wrote that was not taken. problems: why."""
    user, sheet = person_of(request), forms.form_of(filed.form)
    own, rows = fills(user, filed), forms.rows_of(filed)
    open_to_fill = own and is_open(filed)
    inner = user.may(Right.SEE_CAMPAIGNS)
    context: dict[str, Any] = {
        "filed": filed,
        "sheet": sheet,
        "head": _head(sheet, filed),
        "table": _table(sheet, rows),
        "fields": _fields(sheet, typed if typed is not None else rows) if open_to_fill else [],
        "foot": [(f.key, f.heading, filed.head.get(f.key, "")) for f in sheet.foot],
        "problems": problems,
        "did": did,
        "unfit": forms.problems_of(filed) if open_to_fill and rows and not problems else [],
        "kept": len(rows) if open_to_fill and typed is None else 0,
        "may_fill": open_to_fill,
        "own": own,
        "inner": inner,
        "compared": comparing.compared(user, filed, timezone.localdate()) if inner and not own else None,
        "steps": {word: RETURN_STEPS[word] for word in may_step(user, filed) if word != "submit"},
        "why": _sent_back(filed),
        "reminds": inner and is_open(filed) and user.may(Right.KEEP_CAMPAIGNS) and not own,
        "clock": clock_of(asking.about(filed)),
        "files": attachments_of(asking.about(filed)),
        "changes": filed.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in RETURN_STEPS.items()}, "ask": "下发"},
        "today": timezone.localdate(),
        "kinds": MEDIA,
        "about": asking.about(filed),
    }
    return render(request, "campaigns/return.html", context, status=400 if problems else 200)


def _sent_back(filed: SelfInspection) -> str:
    """Why it was sent back, as long as that is not mended."""
    changes = filed.changes.filter(step="correct").order_by("-pk") if filed.state == "correcting" else ()  # type: ignore[attr-defined]
    return next((one.reason for one in changes[:1]), "")


def _head(sheet: Sheet, filed: SelfInspection) -> list[tuple[str, str]]:
    said = forms.head_of(filed, division_name(filed.area))
    return [(field.heading, said[field.key]) for field in (*sheet.head, *sheet.foot) if said[field.key]]


def _table(sheet: Sheet, rows: "Sequence[Row]") -> dict[str, Any]:
    """Columns, cells as text with whether they are numbers, and the total."""
    numbers = {column.key for column in sheet.columns if column.kind in ("count", "yuan")}
    total = added(sheet, rows)
    return {
        "columns": [(column.heading, column.key in numbers) for column in sheet.columns],
        "rows": [[(c.heading, shown(c, row.get(c.key)), c.key in numbers) for c in sheet.columns] for row in rows],
        "total": [(c.heading, shown(c, total.get(c.key)), c.key in numbers) for c in sheet.columns] if len(rows) > 1 else [],
    }


def _fields(sheet: Sheet, rows: "Sequence[Row]") -> list[list[tuple[Any, str]]]:
    """(column, text) of each cell of the rows and of some empty ones."""
    plain = [forms.kept(row) for row in rows] + [{} for _ in range(SPARE)]
    return [[(column, row.get(column.key, "")) for column in sheet.columns] for row in plain]


def _typed(said: QueryDict, sheet: Sheet) -> list[dict[str, str]]:
    """Rows of the table as they were sent; those without anything typed are left out."""
    columns = [said.getlist(f"c-{column.key}") for column in sheet.columns]
    keys = [column.key for column in sheet.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in rows if any(value.strip() for value in row.values())]


@require_POST
def fill(request: HttpRequest, return_id: int) -> HttpResponse:
    """Keep what was typed, and deliver it where that was asked; what was typed stays where something is wrong."""
    user = filler(request)
    filed = return_for(user, return_id)
    typed, said = _typed(request.POST, forms.form_of(filed.form)), request.POST
    head = {key: said.get(f"f-{key}", "") for key in forms.FOOT}
    try:
        returning.fill(filed.pk, typed, head, request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return page(request, filed, typed=typed, problems=mistake.messages)
    return _delivered(request, filed.pk) if "submit" in said else redirect("campaigns:return", filed.pk)


@require_POST
def deliver(request: HttpRequest, return_id: int) -> HttpResponse:
    """Deliver what is kept, without sending its rows again: one taken over from Excel may have thousands of fields."""
    return _delivered(request, return_id)


def _delivered(request: HttpRequest, return_id: int) -> HttpResponse:
    user = filler(request)
    try:
        returning.submit(return_id, **by(request))
    except ValidationError as mistake:
        return page(request, return_for(user, return_id), problems=mistake.messages, did="内容已保存，没有报送")
    return redirect("campaigns:return", return_id)


@require_POST
def nothing(request: HttpRequest, return_id: int) -> HttpResponse:
    """Deliver a return of nothing."""
    user = filler(request)
    filed, said = return_for(user, return_id), request.POST
    head = {key: said.get(f"f-{key}", "") for key in forms.FOOT}
    try:
        returning.submit_nothing(filed.pk, said.get("statement", ""), head, request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return page(request, filed, problems=mistake.messages)
    return redirect("campaigns:return", filed.pk)


@require_GET
def form(request: HttpRequest, return_id: int) -> HttpResponse:
    """The form as Excel: with its head filled in, and what has been filled in already."""
    filed = return_for(reader(request), return_id)
    sheet = forms.form_of(filed.form)
    held = workbook(sheet, forms.head_of(filed, division_name(filed.area)), forms.rows_of(filed))
    name = f"{sheet.title}-{filed.name}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    return HttpResponse(held, content_type=MEDIA["xlsx"], headers=headers)


@require_POST
def upload(request: HttpRequest, return_id: int) -> HttpResponse:
    """Take over a filled-in template: all of it or nothing."""
    user = filler(request)
    filed = return_for(user, return_id)
    try:
        returning.take_file(filed.pk, request.FILES.get("file"), **by(request))
    except ValidationError as mistake:
        return page(request, filed, problems=mistake.messages, did="文件没有导入，原来的内容没有改动")
    except UserError as mistake:
        return page(request, filed, problems=[str(mistake).rstrip("。")], did="文件没有导入，原来的内容没有改动")
    return redirect("campaigns:return", filed.pk)


@require_POST
def take(request: HttpRequest, return_id: int, word: str) -> HttpResponse:
    """Send a return back, accept it, drop it, or remind of it."""
    if word not in ("correct", "accept", "drop", "remind"):
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user_with(request, Right.KEEP_CAMPAIGNS)
    if word == "remind":
        asking.remind(return_id, **by(request))
    else:
        returning.take(return_id, word, reason=request.POST.get("reason", "")[:1000], **by(request))
    return redirect("campaigns:return", return_id)


@require_GET
def compare(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """谁自查不到位，应当复查？"""
    user, today = user_with(request, Right.SEE_CAMPAIGNS), timezone.localdate()
    campaign = campaign_for(user, campaign_id)
    if not inside(user, campaign):
        raise PermissionDenied
    rows = comparing.compare(user, campaign, today)
    asked = sum(row["asked"] for row in progress(campaign, today))
    context = {
        "campaign": campaign,
        "rows": rows,
        "page": page_of(request, rows),
        "asked": asked,
        "proposed": comparing.proposed(campaign, asked),
        "candidates": comparing.CANDIDATES,
        "names": division_names(),
    }
    return render(request, "campaigns/compare.html", context)


@require_POST
def ask(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Ask all subjects of a campaign for their returns."""
    user_with(request, Right.KEEP_CAMPAIGNS)
    asking.ask(campaign_id, **by(request))
    return redirect("campaigns:detail", campaign_id)


@require_POST
def remind_missing(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Remind all who owe a return to a campaign."""
    user_with(request, Right.KEEP_CAMPAIGNS)
    asking.remind_missing(campaign_id, **by(request))
    return redirect("campaigns:detail", campaign_id)
