"""The public pages: list, one page each, a feed, files. They know no session and no user: rendered without a request."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yijian.web.accounts.queries import division_names
from yijian.web.frame.export import FORMULA
from yijian.web.frame.tables import long_page_of
from yijian.web.publishing import public
from yijian.web.publishing.public import Filters, Shown

IN_FEED = 50


def _page(name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    return HttpResponse(render_to_string(f"publishing/public/{name}.html", context), status=status)


@login_not_required
@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """公开了哪些行政处罚决定和典型案例？"""
    filters, today = Filters.of(request.GET), timezone.localdate()
    page = long_page_of(request, public.shown(filters, today))
    names, (years, areas) = division_names(), public.choices(today)
    said = {name: value for name, value in vars(filters).items() if value}
    context: dict[str, object] = {
        "filters": filters, "page": page, "rows": [public.as_shown(one, names) for one in page], "kinds": public.KINDS,
        "years": years, "areas": areas, "here": urlencode(said),
    }  # fmt: skip
    return _page("list", context)


@login_not_required
@require_safe
def one(request: HttpRequest, publication_id: int) -> HttpResponse:
    """这一条公开了什么？"""
    try:
        found = public.shown_one(publication_id, timezone.localdate())
    except Http404 as gone:
        return _page("missing", {"said": str(gone)}, 404)
    return _page("one", {"one": found})


class _Newest(Feed):  # type: ignore[type-arg]
    """What was published, corrected or withdrawn last, as Atom (RFC 4287)."""

    feed_type = Atom1Feed
    title = "医保基金行政处罚决定与典型案例"
    subtitle = "新公开、更正和撤回的信息"

    def link(self) -> str:
        return reverse("public:list")

    def items(self) -> list[Shown]:
        return public.changes(timezone.localdate(), IN_FEED)

    def item_title(self, item: Shown) -> str:  # type: ignore[override]
        return item.title

    def item_description(self, item: Shown) -> str:  # type: ignore[override]
        return "\n".join(filter(None, [item.said, item.text.text if item.text else ""]))

    def item_link(self, item: Shown) -> str:
        return reverse("public:one", args=[item.pk])

    def item_author_name(self, item: Shown) -> str:
        return item.organ

    def item_categories(self, item: Shown) -> tuple[str, ...]:
        return (item.kind_title,)

    def item_pubdate(self, item: Shown) -> datetime:
        return _noon(item.published)

    def item_updateddate(self, item: Shown) -> datetime:
        return item.changed


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


_FEED = _Newest()


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """最近公开、更正、撤回了什么？"""
    return _FEED(request)


def _records(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """The penalties that the address asks for."""
    address: QueryDict = request.GET.copy()
    address["kind"] = "penalty"
    for found in public.all_shown(Filters.of(address), timezone.localdate()):
        yield public.record(found, request.build_absolute_uri(reverse("public:one", args=[found.pk])))


@login_not_required
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """行政处罚决定公示信息（JSON）"""
    said = {"标题": "行政处罚决定公示信息", "生成日期": timezone.localdate().isoformat(), "条目": list(_records(request))}
    return HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/json; charset=utf-8")


class _Echo:
    """What a csv writer writes to and gets back."""

    def write(self, line: str) -> str:
        return line


@login_not_required
@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """行政处罚决定公示信息（CSV）"""

    def lines() -> Iterator[str]:
        writer, first = csv.writer(_Echo()), True
        yield "\ufeff"
        for said in _records(request):
            if first:
                yield writer.writerow(said)
                first = False
            yield writer.writerow([f"'{v}" if isinstance(v, str) and v.startswith(FORMULA) else v for v in said.values()])

    headers = {"Content-Disposition": 'attachment; filename="penalties.csv"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The public host by itself."""
    return redirect("public:list")


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, 403 and 404 on the public host."""
    return _page("missing", {"said": "没有这个页面。"}, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500 on the public host."""
    return _page("missing", {"said": "系统出错，请稍后再试。"}, 500)
