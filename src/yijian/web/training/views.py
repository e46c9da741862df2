"""Pages of training, promises and publicity, and the library."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, by, division_name, division_names, divisions_of, user_with
from yijian.web.attachments.queries import attachments_of
from yijian.web.frame.given import day_given, number_given
from yijian.web.frame.tables import long_page_of, page_of, sorting
from yijian.web.publishing import public
from yijian.web.training import actions, covering, given, queries
from yijian.web.training.given import Given
from yijian.web.training.kinds import kinds, titles
from yijian.web.training.library import articles

COLUMNS = {
    "title": ("名称", "title"),
    "kind": ("种类", "kind"),
    "begin": ("日期", "begin"),
    "people": ("参加人数", "people"),
    "area": ("区划", "area"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 5_000_000
CASES = 20
"""Typical cases that the library shows; the public pages have all."""


@require_GET
def activities(request: HttpRequest) -> HttpResponse:
    """培训了谁、签了多少承诺书、宣传到哪里？"""
    user, filters = user_with(request, Right.SEE_TRAINING), queries.Filters.of(request.GET)
    order, today = sorting(request, COLUMNS, "-begin"), timezone.localdate()
    counted = queries.sums(user.scope(Right.SEE_TRAINING).areas, today.replace(month=1, day=1), today)
    context = {
        "filters": filters,
        "said": filters.words(),
        "kinds": kinds().values(),
        "year": today.year,
        "summary": [
            (kind.title, counted.get(f"activities:{kind.word}", 0), counted.get(f"people:{kind.word}", 0))
            for kind in kinds().values()
        ],
        "names": division_names(),
        "counted": [(title, counted[what]) for what, title in titles().items() if counted[what]],
        "sorting": order,
        "page": long_page_of(request, queries.activities_for(user, filters).order_by(*order.order)),
        "may_keep": user.may(Right.KEEP_TRAINING),
    }
    return render(request, "training/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """办了什么，谁参加了？"""
    return _form(request, {"kind": request.GET.get("kind", "")})


def _form(request: HttpRequest, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_TRAINING)
    own = user.scope(Right.KEEP_TRAINING).areas
    chosen = kinds().get(said.get("kind", "")) or next(iter(kinds().values()))
    context = {
        "said": said,
        "problem": problem,
        "chosen": chosen,
        "kinds": kinds().values(),
        "counts": [(what, title, said.get(f"count-{what}", "")) for what, title in chosen.counts.items()],
        "divisions": [one for one in divisions_of(user, Right.KEEP_TRAINING) if one.pk in own],
        "today": timezone.localdate(),
    }
    return render(request, "training/new.html", context, status=400 if problem else 200)


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Put an activity into the book; what was written stays where something is wrong."""
    user_with(request, Right.KEEP_TRAINING)
    try:
        made = actions.enter(request.POST.get("area", ""), _given(request), files=request.FILES.getlist("files"), **by(request))
    except ValidationError as mistake:
        return _form(request, request.POST.dict(), mistake.messages[0])
    return redirect("training:detail", made.pk)


def _given(request: HttpRequest) -> Given:
    said, file = request.POST, request.FILES.get("list")
    attended = given.from_lines(said.get("attended", "")[:200_000])
    if isinstance(file, UploadedFile) and file.size:
        if attended:
            raise ValidationError("参加单位请只用一种方式：写在页面上，或用 Excel 名单")
        if file.size > LARGEST:
            raise ValidationError("Excel 名单超过 5 MB")
        attended = given.from_form(file.read())
    begin, end = said.get("begin", "").strip(), said.get("end", "").strip()
    kind = kinds().get(said.get("kind", ""))
    return Given(
        kind=said.get("kind", ""),
        title=said.get("title", ""),
        begin=day_given(begin) if begin else None,
        end=day_given(end) if end else None,
        topic=said.get("topic", ""),
        venue=said.get("venue", "") if kind and kind.venues else "",
        counts={what: number_given(said.get(f"count-{what}", "").strip()) for what in (kind.counts if kind else {})},
        attended=attended,
    )


@require_GET
def form(request: HttpRequest) -> HttpResponse:
    """The Excel form of who took part, with the institutions of a division."""
    user = user_with(request, Right.KEEP_TRAINING)
    area = request.GET.get("area", "")
    if area not in user.scope(Right.KEEP_TRAINING).areas:
        area = user.home
    name = content_disposition_header(True, f"参加单位名单 {area}.xlsx") or ""
    return HttpResponse(given.blank(area, division_name(area)), content_type=XLSX, headers={"Content-Disposition": name})


@require_GET
def activity(request: HttpRequest, activity_id: int) -> HttpResponse:
    """这次办得怎样？"""
    user = user_with(request, Right.SEE_TRAINING)
    one = queries.activity_for(user, activity_id)
    attended = one.attended.select_related("institution", "organisation").order_by("-people", "pk")  # type: ignore[attr-defined]
    names = titles()
    context = {
        "activity": one,
        "area": division_name(one.area),
        "counts": [(names[row.what], row.number) for row in one.counts.order_by("pk") if row.what in names],  # type: ignore[attr-defined]
        "page": page_of(request, attended),
        "files": attachments_of(f"training.activity:{one.pk}"),
        "may_withdraw": queries.may_withdraw(user, one),
    }
    return render(request, "training/detail.html", context)


@require_POST
def withdraw(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Withdraw what was entered wrongly."""
    user_with(request, Right.KEEP_TRAINING)
    actions.withdraw(activity_id, reason=request.POST.get("reason", "")[:200], **by(request))
    return redirect("training:detail", activity_id)


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """哪些定点机构今年还没有培训、没有签承诺书？"""
    user, filters = user_with(request, Right.SEE_TRAINING), covering.Filters.of(request.GET)
    year = filters.the_year(timezone.localdate())
    found = covering.covered(user, year)
    context = {
        "filters": filters,
        "year": year,
        "years": range(timezone.localdate().year, timezone.localdate().year - 5, -1),
        "attended": covering.ATTENDED,
        "names": division_names(),
        "counts": found.order_by().aggregate(
            n=Count("pk"), trained=Count("pk", filter=Q(training=True)), signed=Count("pk", filter=Q(promise=True))
        ),
        "page": long_page_of(request, covering.due(found, filters.due).order_by("name", "pk")),
    }
    return render(request, "training/coverage.html", context)


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """哪一条法规管这件事，有什么案例？"""
    user = user_with(request, Right.SEE_TRAINING)
    text, today = request.GET.get("text", "").strip()[:50], timezone.localdate()
    cases = public.all_shown(public.Filters(kind="typical", text=text), today)
    context = {
        "text": text,
        "page": page_of(request, articles(text)),
        "cases": [one for one, _ in zip(cases, range(CASES), strict=False)],
        "may_see_rules": user.may(Right.SEE_DATA),
    }
    return render(request, "training/library.html", context)
