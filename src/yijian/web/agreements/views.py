"""Pages of measures under agreements."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, by, divisions_of, person_of, user_with
from yijian.web.agreements import actions, queries, sources
from yijian.web.agreements.kinds import NEEDS, Given, kinds
from yijian.web.agreements.steps import STEPS, WORDS
from yijian.web.attachments.queries import attachments_of
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.given import CENT, day_given, yuan_given
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.institutions.queries import institution, institution_names
from yijian.web.papers.queries import papers_of

COLUMNS = {
    "kind": ("措施", "kind"),
    "institution": ("机构", "institution__name"),
    "decided": ("决定日期", "decided"),
    "until": ("期限", ""),
    "amount": ("金额/元", "amount"),
    "state": ("状态", "state"),
    "opened": ("提请时间", "opened"),
}


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """哪些机构正在接受协议处理？"""
    user, filters = person_of(request), queries.Filters.of(request.GET)
    if not queries.may_read(user):
        raise PermissionDenied
    order, names = sorting(request, COLUMNS, "-opened"), institution_names()
    context = {
        "filters": filters,
        "said": filters.words(names),
        "tallies": queries.tallies(user),
        "kinds": kinds().values(),
        "institutions": names if user.may(Right.SEE_AGREEMENTS) else {},
        "sorting": order,
        "page": long_page_of(request, queries.measures_for(user, filters).order_by(*order.order)),
        "waiting": queries.waiting(user),
        "may_keep": user.may(Right.KEEP_AGREEMENTS),
    }
    return render(request, "agreements/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """对哪家机构、按哪一条、怎么处理？"""
    user = user_with(request, Right.KEEP_AGREEMENTS)
    about = request.GET.get("about", "")
    return _form(request, sources.known_of(user, about) if about else {})


def _form(request: HttpRequest, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_AGREEMENTS)
    own = user.scope(Right.KEEP_AGREEMENTS).areas
    context = {
        "said": said,
        "problem": problem,
        "kinds": kinds().values(),
        "needs": NEEDS,
        "institutions": institution_names(),
        "divisions": [one for one in divisions_of(user, Right.KEEP_AGREEMENTS) if one.pk in own],
    }
    return render(request, "agreements/new.html", context, status=400 if problem else 200)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a measure; what was written stays where something is wrong."""
    user, said = user_with(request, Right.KEEP_AGREEMENTS), request.POST
    about = said.get("about", "")
    known = sources.known_of(user, about) if about else {}
    try:
        made = actions.propose(known.get("area") or said.get("area", ""), _given(said, known), **by(request))
    except ValidationError as mistake:
        return _form(request, {**said.dict(), **known, "reason": said.get("reason", "")}, mistake.messages[0])
    return redirect("agreements:detail", made.pk)


def _given(said: QueryDict, known: Mapping[str, Any]) -> Given:
    points = said.get("points", "").strip()
    return Given(
        kind=said.get("kind", ""),
        institution=known.get("institution") or institution(said.get("institution", "")),
        reason=said.get("reason", "")[:3000],
        clause=said.get("clause", ""),
        about=known.get("about", ""),
        target=said.get("target", ""),
        amount=_yuan(said),
        due=_day(said, "due"),
        begin=_day(said, "begin"),
        end=_day(said, "end"),
        points=int(points) if points.isdecimal() and len(points) < 4 else None,
    )


def _yuan(said: QueryDict) -> Decimal | None:
    text = said.get("amount", "").strip()
    return yuan_given(text, least=CENT, most=None) if text else None


def _day(said: QueryDict, name: str) -> date | None:
    text = said.get(name, "").strip()
    return day_given(text) if text else None


@require_GET
def measure(request: HttpRequest, measure_id: int) -> HttpResponse:
    """这项处理落实了吗？"""
    user = person_of(request)
    one = queries.measure_for(user, measure_id)
    about = f"agreements.agreementmeasure:{one.pk}"
    context = {
        "measure": one,
        "steps": {word: STEPS[word] for word in queries.may_step(user, one)},
        "clock": clock_of(about) if user.may(Right.SEE_AGREEMENTS) else None,
        "source": sources.page_of_source(user, one.about),
        "order": actions.order_of(one),
        "files": attachments_of(about),
        "papers": papers_of(about),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "propose": "提请"},
        "words": WORDS,
        "inner": user.may(Right.SEE_AGREEMENTS),
    }
    return render(request, "agreements/detail.html", context)


@require_POST
def step(request: HttpRequest, measure_id: int, word: str) -> HttpResponse:
    """Take a measure through the step that its page offered."""
    if word not in STEPS:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user_with(request, Right(STEPS[word].right))
    common, reason = by(request), request.POST.get("reason", "")[:3000]
    match word:
        case "decide":
            actions.decide(measure_id, **common)
        case "finish":
            actions.finish(measure_id, reason=reason, files=request.FILES.getlist("files"), **common)
        case "drop":
            actions.drop(measure_id, reason=reason, **common)
        case _:
            actions.lift(measure_id, reason=reason, **common)
    return redirect("agreements:detail", measure_id)
