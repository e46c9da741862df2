"""Pages of spot checks."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, User, by, division_name, divisions_of, user_with
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import page_of
from yijian.web.joint import checks as actions
from yijian.web.joint import queries
from yijian.web.joint.checklist import ANSWERS, known, questions
from yijian.web.joint.steps import ITEM_STEPS, ITEM_WORDS
from yijian.web.papers.queries import papers_of
from yijian.web.parameters.queries import value_of

PERIOD = timedelta(days=182)
"""What the form proposes: half a year."""


@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """已移送的案件抽查过吗？"""
    user = user_with(request, Right.SEE_JOINT)
    yesterday, own = timezone.localdate() - timedelta(days=1), user.scope(Right.KEEP_JOINT).areas
    context = {
        "page": page_of(request, queries.checks_for(user)),
        "tally": queries.tally(user, timezone.localdate().year),
        "year": timezone.localdate().year,
        "share": value_of("spot_check_share", user.home, timezone.localdate()),
        "divisions": [one for one in divisions_of(user, Right.KEEP_JOINT) if one.pk in own] if user.may(Right.KEEP_JOINT) else [],
        "begin": yesterday - PERIOD,
        "end": yesterday,
    }
    return render(request, "joint/checks.html", context)


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw transfers to be looked at."""
    user_with(request, Right.KEEP_JOINT)
    given = request.POST
    begin, end = day_given(given.get("begin", "")), day_given(given.get("end", ""))
    made = actions.draw(given.get("area", ""), begin, end, seed=given.get("seed", "")[:64], **by(request))
    return redirect("joint:check", made.pk)


@require_GET
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """这次抽中了哪些移送，查得怎样？"""
    user = user_with(request, Right.SEE_JOINT)
    one = queries.check_for(user, check_id)
    context = {
        "check": one,
        "area": division_name(one.area),
        "clock": clock_of(f"joint.check:{one.pk}"),
        "again": actions.again(user, check_id),
        "page": page_of(request, queries.items_for(user).filter(check_of=one)),
    }
    return render(request, "joint/check.html", context)


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """抽查过的移送有什么问题？"""
    user = user_with(request, Right.SEE_JOINT)
    found = queries.narrowed(queries.items_for(user), request.GET)
    context = {
        "page": page_of(request, found),
        "states": ITEM_WORDS,
        "state": request.GET.get("state", ""),
        "year": request.GET.get("year", ""),
    }
    return render(request, "joint/items.html", context)


@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """这件移送做对了吗？"""
    user = user_with(request, Right.SEE_JOINT)
    return _item(request, user, item_id, {})


def _item(request: HttpRequest, user: User, item_id: int, said: "dict[str, str]", problem: str = "") -> HttpResponse:
    one = queries.item_for(user, item_id)
    asked, facts = questions(one.transfer.direction), known(one.transfer)
    context = {
        "item": one,
        "transfer": one.transfer,
        "steps": {word: ITEM_STEPS[word] for word in queries.may_item(user, one)},
        "questions": [(q, facts[word], said.get(word) or one.answers.get(word, "")) for word, q in asked.items()],
        "answers": ANSWERS,
        "said": said,
        "problem": problem,
        "clock": clock_of(f"joint.item:{one.pk}"),
        "papers": papers_of(f"joint.item:{one.pk}"),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {word: step.title for word, step in ITEM_STEPS.items()},
        "others": one.state == "waiting" and user.may(Right.CHECK_TRANSFERS),
    }
    return render(request, "joint/item.html", context, status=400 if problem else 200)


@require_POST
def look(request: HttpRequest, item_id: int) -> HttpResponse:
    """What was seen; what was written stays where something is missing."""
    user = user_with(request, Right.CHECK_TRANSFERS)
    said = _said(request.POST)
    try:
        actions.look(item_id, said, reason=said.get("reason", ""), **by(request))
    except ValidationError as mistake:
        return _item(request, user, item_id, said, mistake.messages[0])
    return redirect("joint:item", item_id)


def _said(given: QueryDict) -> dict[str, str]:
    return {name: given.get(name, "")[:3000] for name in (*questions(), "reason")}


@require_POST
def correct(request: HttpRequest, item_id: int) -> HttpResponse:
    """The office mended it."""
    user_with(request, Right.KEEP_TRANSFERS)
    actions.correct(item_id, reason=request.POST.get("reason", "")[:3000], **by(request))
    return redirect("joint:item", item_id)
