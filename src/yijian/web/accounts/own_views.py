"""我的账号: one's own password, second factor and sessions. No right is asked for: everybody has an account."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yijian.web.accounts import actions, second_factor
from yijian.web.accounts.acts import Act
from yijian.web.accounts.log_in_views import after_log_in
from yijian.web.accounts.logging_in import ELSEWHERE, ENROLLED, began_of
from yijian.web.accounts.queries import by, person_of
from yijian.web.audit_log.queries import lines_of_oneself

LONGEST = 300
OWN_LOG_INS = (Act.LOG_IN, Act.LOG_IN_FAILED, Act.LOCKED, Act.CODE_FAILED, Act.SECOND_FACTOR, Act.END_SESSIONS)


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """我的账号安全吗？"""
    return _page(request, {})


def _page(request: HttpRequest, more: Mapping[str, object], status: int = 200) -> HttpResponse:
    user, began = person_of(request), began_of(request)
    context = {
        "postings": user.postings.select_related("division").order_by("role"),  # type: ignore[attr-defined]
        "enrolled": second_factor.enrolled(user),
        "codes_left": second_factor.backup_codes_left(user),
        "began": began,
        "ends": began + timedelta(seconds=settings.SESSION_LONGEST) if began else None,
        "idle": settings.SESSION_COOKIE_AGE // 60,
        "lines": lines_of_oneself(user, OWN_LOG_INS),
        "elsewhere": request.session.get(ELSEWHERE, ""),
        "done": request.GET.get("done", ""),
        "mail": user.mail,
        "mail_is_sent": settings.MAIL is not None,
    }
    return render(request, "accounts/me.html", {**context, **more}, status=status)


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """新密码是什么？"""
    user, problem = person_of(request), ""
    if request.method == "POST":
        given = request.POST
        try:
            if given.get("new", "") != given.get("again", ""):
                raise ValidationError("两次输入的新密码不一致，请重新输入")
            actions.change_own_password(given.get("old", ""), given.get("new", ""), **by(request))
        except ValidationError as mistake:
            problem = "；".join(mistake.messages)
        else:
            update_session_auth_hash(request, user)
            return HttpResponseRedirect(after_log_in(request) if given.get("next") else _me("password"))
    context = {"problem": problem, "first": user.must_change, "next": after_log_in(request) if request.GET.get("next") else ""}
    return render(request, "accounts/password.html", context, status=400 if problem else 200)


@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Where the daily mail goes."""
    address = request.POST.get("mail", "")[:LONGEST]
    try:
        actions.set_own_mail(address, **by(request))
    except ValidationError as mistake:
        return _page(request, {"mail": address, "problem": mistake.messages[0]}, status=400)
    return redirect(_me("mail"))


@require_POST
def backup_codes(request: HttpRequest) -> HttpResponse:
    """Ten new ones, shown once."""
    codes = second_factor.fresh_backup_codes(**by(request))
    return render(request, "accounts/backup_codes.html", {"codes": codes, "next": _me("")})


@require_POST
def give_up_second_factor(request: HttpRequest) -> HttpResponse:
    """No authenticator any more."""
    second_factor.give_up(**by(request))
    request.session[ENROLLED] = False
    return redirect(_me("gave_up"))


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """All but this one."""
    actions.end_sessions(**by(request))
    update_session_auth_hash(request, person_of(request))
    return redirect(_me("sessions"))


def _me(done: str) -> str:
    return f"{reverse('accounts:me')}?done={done}" if done else reverse("accounts:me")
