"""Forms whose rows are records, on the page and in Excel."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yijian.sheets.cells import Value, shown
from yijian.web.accounts.queries import User
from yijian.web.frame.tables import page_of
from yijian.web.statistics.asking import Asked
from yijian.web.statistics.periods import KINDS
from yijian.web.statistics.records import RECORDS, named, records_of, rows_of_records


def record_page(request: HttpRequest, user: User, one: Asked, names: Mapping[str, str]) -> HttpResponse:
    """The form, page by page."""
    found, sheet = records_of(one.form.key, user, one.area, one.period), one.form.sheet
    context: dict[str, Any] = {
        "form": one.form, "sheet": sheet, "area": one.area, "period": one.period, "names": names, "may_read": found is not None,
        "area_name": names.get(one.area, one.area), "kinds": [(word, KINDS[word]) for word in one.form.periods],
        "money": [column.kind in ("count", "yuan") for column in sheet.columns],
    }  # fmt: skip
    if found is not None:
        known, page = RECORDS[one.form.key], page_of(request, found)
        rows = [(known.page(record), named(known.row(record), names)) for record in page]
        context |= {
            "page": page,
            "count": page.paginator.count,
            "rows": [
                (link, [(shown(c, row.get(c.key)), c.kind in ("count", "yuan"), c.key == "number") for c in sheet.columns])
                for link, row in rows
            ],
        }
    return render(request, "statistics/records.html", context)


def record_rows(user: User, one: Asked, names: Mapping[str, str]) -> tuple[dict[str, str], list[dict[str, Value]]]:
    """Head and rows for Excel. PermissionDenied for whoever works with no such records; UserError where there are too many."""
    found = records_of(one.form.key, user, one.area, one.period)
    if found is None:
        raise PermissionDenied
    head = {"office": names.get(one.area, one.area), "period": one.period.title}
    return head, rows_of_records(one.form.key, found, names)
