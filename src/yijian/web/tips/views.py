"""Pages of the tip officers. What a tip says is shown only in the answer to a POST, which the log notes."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts.queries import Right, by, division_name, user_with
from yijian.web.attachments.checking import MEDIA
from yijian.web.clocks.queries import clock_of
from yijian.web.frame.given import CENT, yuan_given
from yijian.web.frame.tables import long_page_of, sorting
from yijian.web.institutions.queries import institution, institution_names
from yijian.web.leads.actions import Given
from yijian.web.leads.queries import lead_of
from yijian.web.tips import actions, cleaning, erasing, queries, receiving, rewards, unlocking, unsealing
from yijian.web.tips.keyring import ready_areas, serves
from yijian.web.tips.models import Tip
from yijian.web.tips.public_views import said_in
from yijian.web.tips.steps import OUTCOMES, STEPS, WORDS

COLUMNS = {
    "number": ("举报", "number"),
    "channel": ("途径", "channel"),
    "named": ("署名", "named"),
    "received": ("收到时间", "received"),
    "due": ("期限", ""),
    "state": ("状态", "state"),
    "outcome": ("结果", "outcome"),
}


@require_GET
def tips(request: HttpRequest) -> HttpResponse:
    """哪些举报还没有办结？"""
    user = user_with(request, Right.SEE_TIPS)
    unsealing.forget_halves(when=timezone.now())
    filters = queries.Filters.of(request.GET)
    order = sorting(request, COLUMNS, "-received")
    page = long_page_of(request, queries.tips_for(user, filters).order_by(*order.order))
    clocks = queries.clocks_of(list(page))
    context = {
        "filters": filters,
        "said": filters.words(),
        "tallies": queries.tallies(user),
        "channels": Tip.Channel.choices,
        "outcomes": OUTCOMES,
        "sorting": order,
        "page": page,
        "rows": [(one, clocks.get(one.pk)) for one in page],
        "today": timezone.localdate(),
        "may_handle": user.may(Right.HANDLE_TIPS),
    }
    return render(request, "tips/list.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """电话、来信、来访说了什么？"""
    user = user_with(request, Right.HANDLE_TIPS)
    areas = {code: name for code, name in ready_areas().items() if serves(user, Right.HANDLE_TIPS, code)}
    context = {
        "areas": areas,
        "channels": [one for one in Tip.Channel.choices if one[0] != "web"],
        "token": get_random_string(32),
    }
    if request.method == "GET":
        return render(request, "tips/new.html", context)
    given = request.POST
    try:
        said = said_in(request)
        said.check()
        made = receiving.receive(
            said, cleaning.cleaned(request.FILES.getlist("files")), area=given.get("area", ""),
            channel=given.get("channel", ""), token=given.get("token", "")[:64], **by(request),
        )  # fmt: skip
    except ValidationError as mistake:
        return render(request, "tips/new.html", context | {"given": given, "problem": mistake.messages[0]}, status=400)
    return render(request, "tips/noted.html", {"receipt": made})


@require_GET
def tip(request: HttpRequest, tip_id: int) -> HttpResponse:
    """这件举报办到哪一步了？"""
    user = user_with(request, Right.SEE_TIPS)
    one = queries.tip_for(user, tip_id)
    return render(request, "tips/detail.html", _about(request, one))


def _about(request: HttpRequest, one: Tip) -> dict[str, object]:
    """What the page of a tip shows to whoever may know of it, without what it says."""
    user, opened = user_with(request, Right.SEE_TIPS), unlocking.opened(request)
    reward = getattr(one, "reward", None)
    may_approve = serves(user, Right.APPROVE_TIPS, one.area)
    return {
        "tip": one,
        "area": division_name(one.area),
        "steps": {word: STEPS[word] for word in queries.may_step(user, one)},
        "clock": clock_of(f"tips.tip:{one.pk}"),
        "lead": lead_of(f"tips.tip:{one.pk}"),
        "may_lead": user.may(Right.SEE_LEADS),
        "handles": serves(user, Right.HANDLE_TIPS, one.area),
        "approves": may_approve,
        "unlocked": bool(opened),
        "has_share": bool(opened) and queries.has_share(one, opened),
        "has_identity": one.named and one.state != "erased",
        "unsealings": queries.asked(user, one),
        "now": timezone.now(),
        "erasure": getattr(one, "erasure", None),
        "reward": reward,
        "grades": rewards.GRADES,
        "reasons": actions.reasons(),
        "changes": one.changes.select_related("by").order_by("at", "pk"),  # type: ignore[attr-defined]
        "step_titles": {**{word: step.title for word, step in STEPS.items()}, "receive": "收到"},
        "words": WORDS,
        "me": user,
    }


@require_POST
def open_tip(request: HttpRequest, tip_id: int) -> HttpResponse:
    """What the tip says, with the forms that need it."""
    user = user_with(request, Right.HANDLE_TIPS)
    one, content, messages = actions.open_tip(tip_id, unlocking.opened(request), **by(request))
    context = {"content": content, "messages": messages, "institutions": institution_names(), "watermark": user.display_name}
    return render(request, "tips/detail.html", _about(request, one) | context)


@require_POST
def file(request: HttpRequest, tip_id: int, place: int) -> HttpResponse:
    """An attachment, to be kept and not to be shown."""
    user_with(request, Right.HANDLE_TIPS)
    kind, held = actions.open_file(tip_id, place, unlocking.opened(request), **by(request))
    headers = {
        "Content-Disposition": f'attachment; filename="tip-{tip_id}-{place}.{kind}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(held, content_type=MEDIA[kind], headers=headers)


@require_POST
def identity(request: HttpRequest, tip_id: int) -> HttpResponse:
    """Who gave the tip, for the officer to whom a head has agreed."""
    user = user_with(request, Right.HANDLE_TIPS)
    one, known = unsealing.see(tip_id, unlocking.opened(request), **by(request))
    return render(request, "tips/identity.html", {"tip": one, "identity": known, "watermark": user.display_name})


@sensitive_post_parameters()
@require_POST
def step(request: HttpRequest, tip_id: int, word: str) -> HttpResponse:
    """Take a tip through what its page offered."""
    approving = word in ("grant", "refuse", "erase")
    user_with(request, Right.APPROVE_TIPS if approving else Right.HANDLE_TIPS)
    common, given = by(request), request.POST
    words = given.get("words", "")
    match word:
        case "accept":
            actions.accept(tip_id, _lead(request, tip_id), **common)
        case "reject" | "pass_on":
            actions.turn_away(tip_id, word, given.get("reason", ""), words, **common)
        case "feedback":
            actions.feedback(tip_id, words, **common)
        case "write":
            actions.write(tip_id, words, **common)
        case "ask":
            unsealing.ask(tip_id, given.get("reason", ""), **common)
        case "grant" | "refuse":
            asked = given.get("asked", "")
            unsealing.decide(
                int(asked) if asked.isdecimal() else 0, grant=word == "grant", opened=unlocking.opened(request), **common
            )
        case "ask_erasure":
            erasing.ask(tip_id, given.get("reason", ""), **common)
        case "erase":
            erasing.erase(tip_id, **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("tips:detail", tip_id)


def _lead(request: HttpRequest, tip_id: int) -> Given:
    """The lead as the officer writes it."""
    said = request.POST
    amount = said.get("amount", "").strip()
    one = queries.tip_for(user_with(request, Right.HANDLE_TIPS), tip_id)
    yuan: Decimal | None = yuan_given(amount, least=CENT, most=None) if amount else None
    return Given(
        source="tip",
        title=said.get("title", "")[:200],
        facts=said.get("facts", "")[:5000],
        subject_kind=said.get("subject_kind", ""),
        received=timezone.localdate(one.received),
        institution=institution(said.get("institution", "")),
        subject=said.get("subject", "")[:200],
        about=f"tips.tip:{tip_id}",
        amount=yuan,
    )
