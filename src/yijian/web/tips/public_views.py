"""The public page: give a tip, and come back with the receipt code. It knows no session, and no user.

There is nothing that another site could do in somebody's name, for a browser sends nothing along by itself; so the forms carry no
CSRF token but a signed, single-use one (`limits`).
"""

import base64

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from yijian.web.audit_log.actions import address_of
from yijian.web.tips import actions, cleaning, limits, receiving, rewards
from yijian.web.tips.keyring import ready_areas
from yijian.web.tips.queries import Tip
from yijian.web.tips.receipts import Keys
from yijian.web.tips.receiving import Identity, Said
from yijian.web.tips.steps import OUTCOMES, WORDS


@login_not_required
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """您要举报什么？"""
    areas, given, now = ready_areas(), request.POST, timezone.now()
    if request.method == "GET":
        return render(request, "tips/give.html", {"areas": areas, "challenge": limits.fresh(when=now)})
    try:
        token = limits.spend(given.get("token", ""), given.get("proof", ""), when=now)
        limits.count(limits.SENT, address_of(request))
        said = said_in(request)
        said.check()
        files = cleaning.cleaned(request.FILES.getlist("files"))
        made = receiving.receive(
            said, files, area=given.get("area", ""), channel="web", token=token, who=None, when=now, where=None
        )
    except ValidationError as mistake:
        waits = isinstance(mistake, limits.TooSoon)
        challenge = limits.again(given["token"], when=now) if waits else limits.fresh(when=now)
        context = {"areas": areas, "challenge": challenge, "problem": mistake.messages[0], "said": given}
        return render(request, "tips/give.html", context, status=400)
    proof = base64.b64encode(made.proof).decode("ascii")
    return render(request, "tips/given.html", {"receipt": made, "proof": proof})


def said_in(request: HttpRequest) -> Said:
    """What a form says."""
    given = request.POST
    identity = Identity(*(given.get(name, "").strip()[:200] for name in ("name", "telephone", "address", "certificate")))
    return Said(given.get("subject", "")[:500], given.get("text", ""), identity if identity.any else None)


@login_not_required
@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """您的举报办到哪一步了？"""
    if request.method == "GET":
        return render(request, "tips/receipt.html", {})
    given, now, code = request.POST, timezone.now(), request.POST.get("code", "")
    try:
        limits.count(limits.GUESSED, address_of(request))
        tip, keys = held_by(code)
    except ValidationError as mistake:
        return render(request, "tips/receipt.html", {"problem": mistake.messages[0]}, status=400)
    problem, done = "", ""
    try:
        if "words" in given:
            actions.reply(tip, given["words"], when=now)
            done = "您的补充已加密送达受理人员。"
        elif "account" in given:
            rewards.claim(tip, given["account"], when=now)
            done = "您的领取信息已加密送达受理人员。"
    except ValidationError as mistake:
        problem = mistake.messages[0]
    context = {
        "tip": tip,
        "code": code,
        "state": WORDS[tip.state],
        "outcome": OUTCOMES.get(tip.outcome, ""),
        "answers": actions.answers(tip, keys),
        "reward": rewards.for_tipster(tip, now),
        "problem": problem,
        "done": done,
    }
    return render(request, "tips/holder.html", context, status=400 if problem else 200)


def held_by(code: str) -> tuple[Tip, Keys]:
    """The tip of a code. Wrong codes are counted together: what one address may not guess, many may not either.

    Nobody is shut out by others: too many wrong ones only end the slow answer to codes that begin like none.
    """
    limits.check(limits.ALL_GUESSED, unless=actions.begins_like_one(code))
    try:
        return actions.holder(code)
    except ValidationError:
        limits.count(limits.ALL_GUESSED, "")
        raise


@login_not_required
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """The tips' host by itself."""
    return redirect("tips_public:give")


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, 403 and 404 on the tips' host."""
    return render(request, "tips/missing.html", {"said": "没有这个页面。"}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500 on the tips' host; nothing of the request is said anywhere."""
    return render(None, "tips/missing.html", {"said": "系统出错，没有收下。请稍后再试，或改用电话、来信。"}, status=500)  # type: ignore[arg-type]
