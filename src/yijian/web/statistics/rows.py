"""The records behind a cell: with the rights that the records themselves have."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yijian.sheets.form import Column
from yijian.web.accounts.queries import Right, Scope, User, division_name, division_names, user_with
from yijian.web.frame.tables import page_of
from yijian.web.statistics.asking import Asked, asked
from yijian.web.statistics.counting import rows_of
from yijian.web.statistics.figures import figures, stands_on
from yijian.web.statistics.forms import kind_of
from yijian.web.statistics.models import TypedFigure
from yijian.web.statistics.periods import Month
from yijian.web.statistics.sources import KINDS, SOURCES


@dataclass(frozen=True)
class Line:
    """One record: its words and page, whom it is about, its division, its day, and its yuan where the figure is of yuan."""

    words: str
    page: str
    who: str
    area: str
    day: str
    amount: Decimal | int | None


@require_GET
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """这个数是由哪些记录得出的？"""
    user = user_with(request, Right.SEE_STATISTICS)
    one = asked(user, key, request.GET)
    known = {column.key: column for column in one.form.sheet.columns if column.figure or column.typed}
    if not known:
        raise Http404("这张表本身就是记录，没有再往下的一层。")
    column = known.get(request.GET.get("column", ""), next(iter(known.values())))
    kinds, months, place = _narrowed(one, request.GET.get("line", ""))
    context: dict[str, Any] = {
        "form": one.form, "sheet": one.form.sheet, "column": column, "area": one.area, "area_name": division_name(one.area),
        "period": one.period, "place": place, "names": division_names(), "kinds": [KINDS[kind] for kind in kinds],
    }  # fmt: skip
    if column.typed:
        context["typed"] = _typed(one, column, kinds, months)
    else:
        parts = stands_on(column.figure)
        part = request.GET.get("part", "")
        if part not in parts:  # the first that has records, so that nobody lands on an empty one
            part = next((word for word in parts if _rows(request, one, word, kinds, months).exists()), parts[0])
        context |= _page(request, user, one, part, kinds, months)
        context["figure"], context["part"] = figures()[column.figure], part
        context["parts"] = [(word, figures()[word].title) for word in parts] if len(parts) > 1 else []
    return render(request, "statistics/rows.html", context)


def _narrowed(one: Asked, key: str) -> tuple[Sequence[str], Sequence[Month], str]:
    """Kinds (none = all), months, and what the line is called."""
    lines = {line.key: line for line in one.form.sheet.lines}
    line = lines.get(key)
    if line is None:
        return one.form.only, one.period.months, one.period.title
    parts = [lines[part] for part in line.sum_of] or [line]
    said = [kind_of(part.only) for part in parts]
    whole = any(cumulated for _, cumulated in said)
    kinds = () if line.sum_of else tuple(kind for kind, _ in said)
    return kinds, one.period.whole if whole else one.period.months, line.label


def _page(
    request: HttpRequest, user: User, one: Asked, part: str, kinds: Sequence[str], months: Sequence[Month]
) -> dict[str, Any]:
    source, every = SOURCES[figures()[part].source], _rows(request, one, part, kinds, months)
    door = source.open_to(user)
    total = every.count()
    if door is None:
        return {"page": None, "total": total, "hidden": total, "source": source}
    seen = every.filter(**{f"{source.record or 'pk'}__in": door.order_by().values("pk")})
    order = [f"-{source.day}", "-pk"] if source.day else ["pk"]
    count = seen.count()
    page: Page[Any] = page_of(request, seen.select_related(*source.related).order_by(*order), count=count)
    return {
        "page": page, "lines": [_line(row, part) for row in page], "total": total, "hidden": total - count, "source": source,
        "yuan": figures()[part].yuan, "summed": bool(figures()[part].sum),
    }  # fmt: skip


def _rows(request: HttpRequest, one: Asked, part: str, kinds: Sequence[str], months: Sequence[Month]) -> "QuerySet[Any]":
    """All rows of a part; of a row of a form by division those of the division alone: what lies below has rows of its own."""
    every = rows_of(part, Scope(areas=(one.area,)), months, kinds)
    own = {SOURCES[figures()[part].source].area: one.area} if request.GET.get("own") else {}
    return every.filter(**own)


def _line(row: Any, part: str) -> Line:
    one = figures()[part]
    source = SOURCES[one.source]
    day = _along(row, source.day) if source.day else None
    said = f"{timezone.localtime(day):%Y-%m-%d}" if source.moment and day else str(day or "")
    who = row if source.institution == "self" else _along(row, source.institution) if source.institution else None
    amount = sum((getattr(row, name) or 0 for name in one.sum), Decimal(0) if one.yuan else 0) if one.sum else None
    return Line(source.words(row), source.page(row), str(who or ""), str(_along(row, source.area))[:6], said, amount)


def _along(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = None if row is None else getattr(row, name)
    return row


def _typed(one: Asked, column: Column, kinds: Sequence[str], months: Sequence[Month]) -> "list[TypedFigure]":
    wanted = TypedFigure.objects.filter(
        Scope(areas=(one.area,)).condition(institution="pk"), column=column.key, month__in=[month.first for month in months]
    )
    found = wanted.filter(kind__in=kinds) if kinds else wanted
    return list(found.select_related("by").order_by("-month", "area", "kind")[:500])
