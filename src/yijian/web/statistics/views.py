"""Pages of statistics."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.sheets.writing import workbook
from yijian.web.accounts.queries import Right, User, by, division_name, need, user_with
from yijian.web.audit_log.actions import record
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.jobs.actions import start
from yijian.web.statistics import actions, overview, queries, sending, tasks
from yijian.web.statistics.acts import Act
from yijian.web.statistics.asking import Asked, asked
from yijian.web.statistics.filling import Filled, add_up, fill, head_of, not_reported
from yijian.web.statistics.forms import MONTHLY, forms, typed_columns
from yijian.web.statistics.models import TypedFigure
from yijian.web.statistics.periods import KINDS, Month, Period, month_given, month_of
from yijian.web.statistics.record_views import record_page, record_rows
from yijian.web.statistics.showing import grid
from yijian.web.statistics.sources import KINDS as SUBJECTS
from yijian.web.statistics.standing import Standing, is_intact, standing

COLUMNS = {
    "month": ("月份", "month"),
    "area": ("区划", "area"),
    "state": ("状态", "state"),
    "closed": ("关账时间", "closed"),
    "handed": ("报送时间", "handed"),
}
MOST_AREAS = 12
"""Divisions side by side on a page; Excel has all."""


@require_GET
def tables(request: HttpRequest) -> HttpResponse:
    """哪些月报还没有报？"""
    user, filters = user_with(request, Right.SEE_STATISTICS), queries.Filters.of(request.GET)
    order, names = sorting(request, COLUMNS, "-month"), queries.names_for(user)
    area = queries.area_given(user, "")
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": queries.tallies(user),
        "names": names,
        "months": overview.months(area, timezone.localdate()),
        "area": area,
        "forms": forms().values(),
        "may_keep": user.may(Right.KEEP_STATISTICS),
        "may_transfers": user.may(Right.SEE_TRANSFERS),
        "sorting": order,
        "page": long_page_of(request, queries.tables_for(user, filters).order_by(*order.order)),
    }
    return render(request, "statistics/list.html", context)


@require_GET
def form(request: HttpRequest, key: str) -> HttpResponse:
    """这个月查处了多少、追回了多少？"""
    user = user_with(request, Right.SEE_STATISTICS)
    one, names = asked(user, key, request.GET), queries.names_for(user)
    if one.form.rows == "records":
        return record_page(request, user, one, names)
    year = standing(one.area, one.period.whole)
    filled = fill(one.form, year, one.period, names)
    closed = add_up(year, one.period.months[0]) if one.period.kind == "month" else []
    context = {
        "form": one.form, "sheet": one.form.sheet, "area": one.area, "period": one.period, "names": names,
        "area_name": names.get(one.area, one.area), "kinds": [(word, KINDS[word]) for word in one.form.periods],
        "before": _beside(one.period, -1), "after": _beside(one.period, 1), "problems": [*filled.problems, *closed],
        **_grids(one, filled, year), **(_month(user, one, year) if key == MONTHLY else {}),
        "counted_months": [month.title for month in one.period.whole if month not in year.tables],
        "not_reported": not_reported(year, one.period, names) if one.period.kind != "month" else [],
        "too_late": bool(one.period.kind == "year" and year.too_late),
        "total_rows": len(filled.rows),
    }  # fmt: skip
    return render(request, "statistics/form.html", context)


def _grids(one: Asked, filled: Filled, year: Standing) -> dict[str, Any]:
    """The table, or two: of the period, and cumulated."""
    lines = one.form.sheet.lines
    changed = [d for d in year.differences if d.table.of in one.period.months] if one.form.key == MONTHLY else []
    if not lines:
        shown = range(min(len(filled.rows), MOST_AREAS))
        more = len(filled.rows) - MOST_AREAS
        return {"grids": [("", grid(one.form, filled, one.area, one.period, shown))], "more_areas": more}
    now = [n for n, line in enumerate(lines) if line.label.startswith("本期")]
    whole = [n for n in range(len(lines)) if n not in now]
    found = [(one.period.title, grid(one.form, filled, one.area, one.period, now or whole, changed))]
    if now and whole:
        found.append((f"{one.period.months[-1].year}年累计", grid(one.form, filled, one.area, one.period, whole)))
    return {"grids": found}


def _month(user: User, one: Asked, year: Standing) -> dict[str, Any]:
    """What belongs to the month that is closed: state, steps, missing parts, changes since."""
    if one.period.kind != "month":
        return {}
    month, keeps = one.period.months[0], queries.may_close(user, one.area)
    table = year.tables.get(month)
    return {
        "month": month,
        "table": table,
        "due": table.due if table else queries.due_day(one.area, month),
        "intact": table is None or is_intact(table),
        "steps": queries.may_step(user, table) if table else [],
        "bureaus": sending.bureaus(user) if keeps and table and table.handed else [],
        "may_keep": keeps,
        "may_close": keeps and table is None and one.period.over,
        "missing": [(code, division_name(code)) for code in (table.missing if table else year.missing(month))],
        "differences": [d for d in year.differences if d.table.of == month],
        "subjects": SUBJECTS,
        "columns": one.form.sheet.by_key,
        "pending": bool(table is None and year.pending and year.last_closed and year.last_closed.next == month),
        "changes": table.changes.select_related("by").order_by("at", "pk") if table else [],  # type: ignore[attr-defined]
    }


def _beside(period: Period, step: int) -> str:
    """The key of the month before or after; '' for other periods."""
    if period.kind != "month":
        return ""
    month = period.months[0].before if step < 0 else period.months[0].next
    return str(month) if month <= month_of(timezone.localdate()) else ""


@require_GET
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The form as Excel, in its layout."""
    user = user_with(request, Right.SEE_STATISTICS)
    one, names = asked(user, key, request.GET), queries.names_for(user)
    if one.form.rows == "records":
        head, rows = record_rows(user, one, names)
    else:
        year = standing(one.area, one.period.whole)
        head, rows = head_of(year, one.period, names), fill(one.form, year, one.period, names).rows
    held = workbook(one.form.sheet, head, rows)
    common = by(request)
    said = f"{one.form.sheet.title}，{names.get(one.area, one.area)}，{one.period.title}"
    record(Act.FETCH, kind="统计报表", about=f"{key}-{one.area}-{one.period.key}"[:80], purpose=said, area=one.area, **common)
    name = f"{one.form.sheet.title}-{names.get(one.area, one.area)}-{one.period.key}.xlsx"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "X-Content-Type-Options": "nosniff",
    }
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(held, content_type=kind, headers=headers)


def _month_given(said: QueryDict) -> Month:
    month = month_given(said.get("month", "").strip())
    if month is None:
        raise ValidationError("请写明月份，例如 2026-01")
    return month


@require_GET
def typing(request: HttpRequest) -> HttpResponse:
    """台账里没有的数是多少？"""
    user = user_with(request, Right.KEEP_STATISTICS)
    area = queries.area_given(user, request.GET.get("area", ""))
    month = month_given(request.GET.get("month", "").strip()) or month_of(timezone.localdate()).before
    return _typing(request, user, area, month)


def _typing(request: HttpRequest, user: User, area: str, month: Month, problem: str = "") -> HttpResponse:
    if not queries.may_close(user, area):
        raise Http404("这不是本单位的统计表。")
    held = TypedFigure.objects.filter(area=area, month=month.first)
    numbers = {(one.column, one.kind): one for one in held}
    notes = {one.column: one.note for one in held}
    said = request.POST

    def value(column: str, kind: str, whole: bool) -> str:
        if f"{column}-{kind}" in said:
            return str(said[f"{column}-{kind}"])
        one = numbers.get((column, kind))
        return "" if one is None else f"{one.value:.0f}" if whole else f"{one.value}"

    rows = [
        (column, said.get(f"note-{column.key}", notes.get(column.key, "")),
         [(kind, title, value(column.key, kind, column.kind == "count")) for kind, title in SUBJECTS.items()])
        for column in typed_columns()
    ]  # fmt: skip
    context = {
        "area": area,
        "area_name": division_name(area),
        "month": month,
        "rows": rows,
        "problem": problem,
        "monthly": MONTHLY,
    }
    return render(request, "statistics/typing.html", context, status=400 if problem else 200)


@require_POST
def type_figures(request: HttpRequest) -> HttpResponse:
    """Keep what was typed; it stays on the page where something is wrong."""
    user, said = user_with(request, Right.KEEP_STATISTICS), request.POST
    area, month = queries.area_given(user, said.get("area", "")), _month_given(said)
    columns = typed_columns()
    given = {(c.key, kind): said.get(f"{c.key}-{kind}", "")[:40] for c in columns for kind in SUBJECTS}
    notes = {c.key: said.get(f"note-{c.key}", "") for c in columns}
    try:
        actions.type_figures(area, month, given, notes, **by(request))
    except ValidationError as mistake:
        return _typing(request, user, area, month, mistake.messages[0])
    return redirect(actions.link_of(area, month))


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close a month in the background; what is wrong at once is said at once."""
    user, said = user_with(request, Right.KEEP_STATISTICS), request.POST
    area, month = queries.area_given(user, said.get("area", "")), _month_given(said)
    if not queries.may_close(user, area):
        raise Http404("这不是本单位的统计表。")
    actions.check_closing(area, month, month_of(timezone.localdate()))
    common = by(request)
    given = {"area": area, "month": str(month), "where": common["where"] or ""}
    start(tasks.close_month, f"{division_name(area)} {month.title}统计月报关账", given=given, **common)
    return redirect("jobs:list")


@require_POST
def step(request: HttpRequest, table_id: int, word: str) -> HttpResponse:
    """Hand a month in, or explain what changed."""
    if word == "hand_in":
        user_with(request, Right.APPROVE_STATISTICS)
        common = by(request)
        table = actions.hand_in(table_id, by_file=bool(sending.bureaus(common["who"])), **common)
    elif word == "explain":
        need(user_with(request, Right.SEE_STATISTICS), Right.KEEP_STATISTICS)
        table = actions.explain(table_id, request.POST.get("reason", ""), **by(request)).table
    else:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect(actions.link_of(table.area, table.of))
