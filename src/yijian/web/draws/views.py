"""Pages of random draws."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.draws.frozen import KINDS
from yijian.web.accounts.queries import (
    Organisation,
    Right,
    User,
    by,
    division_name,
    divisions_of,
    need,
    organisations_taking_part,
    person_of,
    user_with,
)  # fmt: skip
from yijian.web.draws import actions, queries, taking_part
from yijian.web.draws.sources import CHOICES
from yijian.web.draws.steps import STEPS, WORDS
from yijian.web.frame.tables import long_page_of, page_of, sorting
from yijian.web.papers.queries import papers_of
from yijian.web.parameters.queries import value_of

COLUMNS = {
    "title": ("名称", "title"),
    "kind": ("对象", "kind"),
    "state": ("状态", "state"),
    "opened": ("拟定时间", "opened"),
    "drawn": ("抽取时间", "drawn_at"),
}
ON_PAPER = 2
"""Fields for bodies that hand in papers."""


@require_GET
def draws(request: HttpRequest) -> HttpResponse:
    """抽了谁、按什么抽、谁可以核验？"""
    user, filters = person_of(request), queries.Filters.of(request.GET)
    if not queries.may_read(user):
        raise PermissionDenied
    order = sorting(request, COLUMNS, "-opened")
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": queries.tallies(user),
        "kinds": KINDS,
        "sorting": order,
        "page": long_page_of(request, queries.draws_for(user, filters).order_by(*order.order)),
        "may_keep": user.may(Right.KEEP_DRAWS),
    }
    return render(request, "draws/list.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """从谁中间抽、由谁共同抽？"""
    return _form(request, {})


def _form(request: HttpRequest, said: Mapping[str, Any], problem: str = "") -> HttpResponse:
    user = user_with(request, Right.KEEP_DRAWS)
    own = user.scope(Right.KEEP_DRAWS).areas
    chosen = request.POST.getlist("bodies") or [user.organisation_id]  # type: ignore[attr-defined]
    context = {
        "said": said,
        "problem": problem,
        "kinds": KINDS,
        "choices": CHOICES,
        "divisions": [one for one in divisions_of(user, Right.KEEP_DRAWS) if one.pk in own],
        "organisations": organisations_taking_part(user.home),
        "chosen": chosen,
        "on_paper": (request.POST.getlist("on_paper") + [""] * ON_PAPER)[:ON_PAPER],
        "cool_down": value_of("draw_cool_down", user.home, timezone.localdate()),
    }
    return render(request, "draws/new.html", context, status=400 if problem else 200)


@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Prepare a draw; what was written stays where something is wrong."""
    user, said = user_with(request, Right.KEEP_DRAWS), request.POST
    try:
        made = actions.prepare(said.get("area", ""), _given(said, user), **by(request))
    except ValidationError as mistake:
        return _form(request, said.dict(), mistake.messages[0])
    return redirect("draws:detail", made.pk)


def _given(said: QueryDict, user: User) -> actions.Given:
    known: dict[str, Organisation] = {one.pk: one for one in organisations_taking_part(user.home)}
    of = said.get("of", "")
    return actions.Given(
        title=said.get("title", ""),
        kind=said.get("kind", ""),
        organisations=[known[code] for code in dict.fromkeys(said.getlist("bodies")) if code in known],
        on_paper=said.getlist("on_paper")[:ON_PAPER],
        of=of if of in CHOICES else "",
        sealed_until=_moment(said.get("sealed_until", "").strip()),
    )


def _moment(said: str) -> datetime | None:
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise ValidationError(f"时间“{said[:30]}”看不懂，请写成 2026-01-31T08:00 的样子") from None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


@require_GET
def draw(request: HttpRequest, draw_id: int) -> HttpResponse:
    """这次抽取到哪一步，抽中了谁？"""
    user = person_of(request)
    one = queries.draw_for(user, draw_id)
    bodies = list(one.bodies.order_by("place").select_related("committed_by", "revealed_by"))  # type: ignore[attr-defined]
    shown = request.GET.get("shown", "drawn" if one.drawn_at else "")
    steps = queries.may_step(user, one)
    context = {
        "draw": one,
        "area": division_name(one.area),
        "steps": {word: STEPS[word] for word in steps},
        "may_change": "freeze" in steps,
        "strata": queries.strata_of(one),
        "bodies": [(body, one.state == "frozen" and queries.acts_for(user, one, body)) for body in bodies],
        "all_committed": all(body.commitment for body in bodies),
        "sealed": one.sealed_until is not None and timezone.now() < one.sealed_until,
        "shown": shown,
        "shows": queries.SHOWN,
        "page": page_of(request, queries.objects_in(queries.Draw.objects.filter(pk=one.pk), shown)),
        "after": one.after.first(),  # type: ignore[attr-defined]
        "papers": papers_of(f"draws.draw:{one.pk}"),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "prepare": "拟定名单", "draw": "抽取"},
        "words": WORDS,
    }
    return render(request, "draws/detail.html", context)


@require_POST
def floors(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Set how many are drawn."""
    user, said = user_with(request, Right.KEEP_DRAWS), request.POST
    one = queries.draw_for(user, draw_id)
    given = {
        stratum.pk: (_number(said.get(f"number-{stratum.pk}", "")), _share(said.get(f"share-{stratum.pk}", "")))
        for stratum in one.strata.all()  # type: ignore[attr-defined]
    }
    actions.set_floors(draw_id, given, **by(request))
    return redirect("draws:detail", draw_id)


def _number(said: str) -> int:
    text = said.strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise ValidationError(f"数量“{said[:20]}”不是整数")
    return int(text)


def _share(said: str) -> int:
    """20 or 12.5 per cent as ten-thousandths."""
    whole, _, rest = said.strip().removesuffix("%").partition(".")
    text = (whole or "0") + rest.ljust(2, "0")
    if not (text.isascii() and text.isdecimal()) or len(rest) > 2 or len(whole) > 3:
        raise ValidationError(f"比例“{said[:20]}”看不懂，请填百分数，最多两位小数，例如 20 或 12.5")
    return int(text)


@require_POST
def recuse(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Take somebody out of the list."""
    need(person_of(request), Right.KEEP_DRAWS)
    actions.recuse(draw_id, request.POST.get("code", ""), reason=request.POST.get("reason", "")[:1000], **by(request))
    return redirect("draws:detail", draw_id)


@require_POST
def commit(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Take a commitment; a secret that was made here is shown this once."""
    one = queries.draw_for(person_of(request), draw_id)
    body_id = _key(request)
    secret = taking_part.commit(draw_id, body_id, request.POST.get("commitment", "")[:200], **by(request))
    if not secret:
        return redirect("draws:detail", draw_id)
    body = one.bodies.get(pk=body_id)  # type: ignore[attr-defined]
    return render(request, "draws/secret.html", {"draw": one, "body": body, "secret": secret})


@require_POST
def reveal(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Take a secret; the last one draws."""
    taking_part.reveal(draw_id, _key(request), request.POST.get("secret", "")[:200], **by(request))
    return redirect("draws:detail", draw_id)


def _key(request: HttpRequest) -> int:
    said = request.POST.get("body", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise ValidationError("没有说明是哪个参与单位，请从抽取的页面上操作")
    return int(said)


@require_GET
def file(request: HttpRequest, draw_id: int, form: str) -> HttpResponse:
    """The list or the record, for whoever wants to recompute."""
    one, content = taking_part.fetch(draw_id, form, **by(request))
    name = f"{'名单' if form == 'list' else '抽取记录'}-{one.number}.json"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


@require_POST
def step(request: HttpRequest, draw_id: int, word: str) -> HttpResponse:
    """Take a draw through the step that its page offered."""
    if word not in STEPS:
        raise ValidationError(f"没有这个步骤：{word[:20]}")
    user_with(request, Right(STEPS[word].right))
    common, reason = by(request), request.POST.get("reason", "")[:1000]
    if word == "redraw":
        return redirect("draws:detail", actions.redraw(draw_id, reason=reason, **common).pk)
    if word == "freeze":
        actions.freeze(draw_id, **common)
    else:
        actions.give_up(draw_id, word, reason=reason, **common)
    return redirect("draws:detail", draw_id)
