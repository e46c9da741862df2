"""Pages of keys and sealed files."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.trust.office import MOST_BYTES, key_file
from yijian.web.accounts.queries import Right, by, divisions_of, partners_around, user_with
from yijian.web.transfers import opening, packing, partner_keys
from yijian.web.transfers.bodies import bodies
from yijian.web.transfers.queries import transfer_for


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """加密文件发给谁、谁发来的可信？"""
    user = user_with(request, Right.SEE_TRANSFERS)
    areas = user.scope(Right.APPROVE_TRANSFERS).areas if user.may(Right.APPROVE_TRANSFERS) else ()
    near = {one.pk: one for area in areas for one in partners_around(area)}
    context = {
        "ours": partner_keys.ours(user),
        "keys": partner_keys.keys_for(user),
        "areas": areas,
        "partners": near.values(),
        "bodies": {word: one.title for word, one in bodies().items()},
    }
    return render(request, "transfers/keys.html", context)


@require_GET
def own_key(request: HttpRequest) -> HttpResponse:
    """Our public key as a file for other offices."""
    user = user_with(request, Right.SEE_TRANSFERS)
    return _download(key_file(settings.HOME, user.organisation.name), "本单位公钥.json", "application/json")


def _download(held: bytes, name: str, media: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(held, content_type=media, headers={"Content-Disposition": header})


@require_POST
def enter_key(request: HttpRequest) -> HttpResponse:
    """A head enters another office's key file."""
    user_with(request, Right.APPROVE_TRANSFERS)
    file = request.FILES.get("key")
    if file is None or not file.size or file.size > MOST_BYTES:
        raise ValidationError("请选择对方的公钥文件")
    code, body, area, heard = (request.POST.get(name, "") for name in ("partner", "body", "area", "fingerprint"))
    partner_keys.enter(code, body, file.read(), area, heard[:100], **by(request))
    return redirect("transfers:keys")


@require_POST
def end_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """A key is used no more."""
    user_with(request, Right.APPROVE_TRANSFERS)
    partner_keys.end(key_id, **by(request))
    return redirect("transfers:keys")


@require_POST
def packed(request: HttpRequest, transfer_id: int, kind: str) -> HttpResponse:
    """Download a file for the other office: each time a fresh one, so it is no GET."""
    user_with(request, Right.KEEP_TRANSFERS)
    made = packing.pack_transfer(transfer_id, kind, **by(request))
    return _download(made.held, made.name, "application/octet-stream")


@require_http_methods(["GET", "POST"])
def incoming_file(request: HttpRequest) -> HttpResponse:
    """收到的加密文件里是什么？"""
    user = user_with(request, Right.KEEP_TRANSFERS)
    areas = user.scope(Right.KEEP_TRANSFERS).areas
    problem, addressed = "", None
    if request.method == "POST":
        area, file = request.POST.get("area", ""), request.FILES.get("file")
        if area not in areas:
            raise PermissionDenied
        try:
            held = opening.held_in(file.size if file else None, file.read if file else bytes)
            made = opening.take_in(held, area, to=request.POST.get("addressed"), **by(request))
            return redirect("transfers:detail", made.pk)
        except opening.Addressed as mistake:
            problem, addressed = mistake.messages[0], mistake.to
        except ValidationError as mistake:
            problem = mistake.messages[0]
    divisions = [one for one in divisions_of(user, Right.KEEP_TRANSFERS) if one.pk in areas]
    context = {"problem": problem, "divisions": divisions, "ours": partner_keys.ours(user), "addressed": addressed}
    return render(request, "transfers/open.html", context, status=400 if problem else 200)


@require_POST
def answered_file(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Take in the other office's receipt, request, supplement or result for the transfer of this page."""
    user = user_with(request, Right.KEEP_TRANSFERS)
    one, file = transfer_for(user, transfer_id), request.FILES.get("file")
    held = opening.held_in(file.size if file else None, file.read if file else bytes)
    opening.take_in(held, one.area, of=one.pk, **by(request))
    return redirect("transfers:detail", one.pk)
