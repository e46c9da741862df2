"""Pages between the log-in form and the first page: the lock, the code, the first authenticator, the OIDC provider."""

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods
from django_otp import login as verified_by

from yijian.web.accounts import oidc, second_factor
from yijian.web.accounts.logging_in import locked_until, note_refused, note_wrong_code, verified
from yijian.web.accounts.models import User
from yijian.web.accounts.queries import by, person_of, user_named
from yijian.web.audit_log.actions import address_of

PROPOSED = "proposed_secret"
"""In a session: the secret of the QR code on the enrolment page, until a code proves that an authenticator holds it."""
WANTED = "wanted_after_oidc"


class LogIn(LoginView):
    """The log-in form."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the name of the OIDC provider where one is set up."""
        return super().get_context_data(**kwargs) | {"provider": settings.OIDC["name"] if settings.OIDC else ""}


def locked_out(request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """django-axes calls this instead of the form's answer: one sentence with a time, the same whether the password was right."""
    username = str((credentials or {}).get("username", ""))
    until = locked_until(username, address_of(request)) or timezone.now() + settings.AXES_COOLOFF_TIME
    said = {"limit": settings.AXES_FAILURE_LIMIT, "until": until, "next": request.POST.get("next", "")}
    return render(request, "accounts/login.html", said, status=429)


def after_log_in(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is here."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _is_here(request, wanted) else resolve_url(settings.LOGIN_REDIRECT_URL)


def _is_here(request: HttpRequest, wanted: str) -> bool:
    return url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """动态验证码是多少？"""
    user = person_of(request)
    if verified(request):
        return HttpResponseRedirect(after_log_in(request))
    if not second_factor.enrolled(user):
        return redirect("accounts:enrol")
    if request.method == "GET":
        return render(request, "accounts/code.html", {"next": after_log_in(request)})
    try:
        device = second_factor.verify(user, request.POST.get("code", ""))
    except ValidationError as mistake:
        note_wrong_code(**by(request))
        said = {"problem": mistake.messages[0], "next": after_log_in(request)}
        return render(request, "accounts/code.html", said, status=400)
    verified_by(request, device)
    request.session.cycle_key()
    return HttpResponseRedirect(after_log_in(request))


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """怎样登记身份验证器？ Who has one already must have given its code first: else a stolen password would be enough."""
    user = person_of(request)
    has = second_factor.enrolled(user)
    if has and not _gave_code(request):
        return redirect("accounts:code")
    problem = ""
    if request.method == "POST":
        try:
            return _enrolled(request, user)
        except ValidationError as mistake:
            problem = mistake.messages[0]
    secret = request.session.setdefault(PROPOSED, second_factor.fresh_secret())
    context = {
        "picture": second_factor.picture_of(user, secret),
        "secret": second_factor.secret_in_text(secret),
        "problem": problem,
        "replaces": has,
        "next": after_log_in(request),
    }
    return render(request, "accounts/enrol.html", context, status=400 if problem else 200)


def _gave_code(request: HttpRequest) -> bool:
    user: Any = request.user
    return user.is_verified()


def _enrolled(request: HttpRequest, user: User) -> HttpResponse:
    secret = request.session.get(PROPOSED)
    if not secret:
        raise ValidationError("页面已经过期，请用下面新的二维码重新登记")
    device, codes = second_factor.enrol(user, secret, request.POST.get("code", ""), **by(request))
    del request.session[PROPOSED]
    update_session_auth_hash(request, user)
    verified_by(request, device)
    return render(request, "accounts/backup_codes.html", {"codes": codes, "next": after_log_in(request), "enrolled": True})


@login_not_required
@require_GET
def oidc_begin(request: HttpRequest) -> HttpResponse:
    """Off to the provider."""
    if not settings.OIDC:
        raise Http404
    wanted = request.GET.get("next", "")
    request.session[WANTED] = wanted if _is_here(request, wanted) else ""
    try:
        return oidc.redirect_to_provider(request)
    except oidc.Refused as refused:
        return _not_let_in(request, refused)


@login_not_required
@require_GET
def oidc_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: in, if it names an account that is open here."""
    if not settings.OIDC:
        raise Http404
    wanted = request.session.get(WANTED, "")
    try:
        username = oidc.username_from(request)
        user = user_named(username)
        if user is None or not user.open:
            raise oidc.Refused("统一身份认证的账号在本系统没有对应的可用账号，请联系本单位管理员", username)
    except oidc.Refused as refused:
        return _not_let_in(request, refused)
    oidc.let_in(request, user)
    return HttpResponseRedirect(wanted or resolve_url(settings.LOGIN_REDIRECT_URL))


def _not_let_in(request: HttpRequest, refused: oidc.Refused) -> HttpResponse:
    note_refused(refused.username, refused.why, when=timezone.now(), where=address_of(request))
    said = {"refused": refused.said, "provider": settings.OIDC["name"]}
    return render(request, "accounts/login.html", said, status=403)
