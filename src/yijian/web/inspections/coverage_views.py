"""The page of coverage: how much of all designated institutions was inspected in a year, on a map and as a list."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import Right, division_names, user_with
from yijian.web.frame.maps import Map, draw
from yijian.web.frame.tables import page_of, sorting
from yijian.web.frame.templatetags.frame import share
from yijian.web.inspections import coverage as covered
from yijian.web.inspections.coverage import FIRST_YEAR, OF_SUBJECT, Filters, Row
from yijian.web.inspections.kinds import SUBJECTS, kinds
from yijian.web.parameters.queries import value_of

COLUMNS = {
    "code": ("编码", "pk"),
    "name": ("机构", "name"),
    "kind": ("类别", "kind"),
    "area": ("区划", "area"),
    "fund": ("基金支付/元", "fund"),
    "last": ("上次检查", ""),
}


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """今年查了多少家，还有哪些没有查？"""
    user, filters = user_with(request, Right.SEE_INSPECTIONS), Filters.of(request.GET)
    rows, names, order = covered.by_area(user, filters), division_names(), sorting(request, COLUMNS, "code")
    whole, inspected = sum(row.whole for row in rows), sum(row.inspected for row in rows)
    page = page_of(request, covered.still_due(user, filters).order_by(*order.order), count=whole - inspected)
    today = timezone.localdate()
    context = {
        "filters": filters,
        "said": filters.words(names),
        "year": filters.of_year,
        "years": range(today.year, FIRST_YEAR - 1, -1),
        "subjects": {word: SUBJECTS[word] for word in OF_SUBJECT},
        "kinds": kinds().values(),
        "names": names,
        "rows": [(row, names.get(row.area, row.area or "区划不详")) for row in rows],
        "whole": whole,
        "inspected": inspected,
        "wanted": value_of("inspection_coverage", user.home, today),
        "map": _map(rows, request),
        "sorting": order,
        "page": page,
        "last": covered.last_visits([one.pk for one in page]),
        "may_keep": user.may(Right.KEEP_INSPECTIONS),
    }
    return render(request, "inspections/coverage.html", context)


def _map(rows: Sequence[Row], request: HttpRequest) -> Map | None:
    """Divisions shaded by the share that is inspected."""
    figures = {row.area: row.inspected / row.whole for row in rows if row.whole}
    words = {row.area: f"{row.inspected:,}/{row.whole:,}，{share(row.inspected, row.whole)}" for row in rows}
    kept = {name: value for name in ("year", "subject", "kind") if (value := request.GET.get(name, ""))}
    return draw(
        settings.HOME.path / "area.geojson",
        figures,
        words,
        lambda area: f"{reverse('inspections:coverage')}?{urlencode({**kept, 'area': area})}",
        most=1.0,
    )
