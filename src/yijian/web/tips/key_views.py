"""Pages of keys: one's own, those of the office, the passphrase of this session."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, by, division_name, user_with
from yijian.web.tips import keyring, unlocking
from yijian.web.tips import keys as acting
from yijian.web.tips.models import TipKey


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """谁能打开举报？"""
    return _page(request)


def _page(request: HttpRequest, **more: object) -> HttpResponse:
    user = user_with(request, Right.SEE_TIPS)
    ring = list(keyring.keys_for(user))
    areas = sorted({*user.scope(Right.HANDLE_TIPS).areas, *user.scope(Right.APPROVE_TIPS).areas})
    own = keyring.own_keys(user)
    context = {
        "ring": [(key, keyring.may_confirm(user, key)) for key in ring],
        "own": own,
        "areas": [(area, division_name(area)) for area in areas],
        "ready": keyring.ready_areas(),
        "parts": [(part, title) for part, title in TipKey.Part.choices if user.may(keyring.RIGHTS[part])],
        "unlocked": unlocking.opened(request),
        "may_approve": user.may(Right.APPROVE_TIPS),
        "least": acting.LEAST_PASSPHRASE,
        **more,
    }
    return render(request, "tips/keys.html", context)


@sensitive_post_parameters()
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Open one's keys for half an hour, or lock them again."""
    user = user_with(request, Right.SEE_TIPS)
    back = request.POST.get("back", "")
    here = back if url_has_allowed_host_and_scheme(back, None) and back.startswith(unlocking.PATH) else unlocking.PATH
    response = redirect(here)
    if request.POST.get("word") == "lock":
        unlocking.forget(request, response)
    else:
        unlocking.unlock(request, response, user, request.POST.get("passphrase", ""))
    return response


@sensitive_post_parameters()
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make one's own key, or a recovery key, whose passphrase is shown once."""
    user_with(request, keyring.RIGHTS.get(request.POST.get("part", ""), Right.SEE_TIPS))
    given, common = request.POST, by(request)
    part, area = given.get("part", ""), given.get("area", "")
    if part.startswith("recovery"):
        key, passphrase = acting.make_recovery(part, area, **common)
        return _page(request, fresh=key, passphrase=passphrase)
    if given.get("passphrase") != given.get("again"):
        raise ValidationError("两次输入的口令不一样，请重新输入")
    acting.make_key(part, area, given.get("passphrase", ""), **common)
    return redirect("tips:keys")


@sensitive_post_parameters()
@require_POST
def step(request: HttpRequest, word: str) -> HttpResponse:
    """Confirm, end, hand on, recover, change the passphrase."""
    user_with(request, Right.SEE_TIPS)
    given, common, opened = request.POST, by(request), unlocking.opened(request)
    key = int(given["key"]) if given.get("key", "").isdecimal() else 0
    said = ""
    match word:
        case "confirm":
            acting.confirm(key, opened, **common)
        case "end":
            acting.end_key(key, **common)
        case "passphrase":
            if given.get("passphrase") != given.get("again"):
                raise ValidationError("两次输入的新口令不一样，口令没有更换")
            acting.change_passphrase(key, given.get("old", ""), given.get("passphrase", ""), **common)
            said = "口令已更换。"
        case "hand_on":
            said = f"补发了 {acting.hand_on(given.get('area', ''), opened, **common)} 份。"
        case "recover":
            n = acting.recover(given.get("area", ""), given.get("part", ""), given.get("passphrase", ""), **common)
            said = f"用恢复密钥补发了 {n} 份。"
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return _page(request, done=said) if said else redirect("tips:keys")
