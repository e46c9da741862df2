"""What happens when somebody logs in, fails to, or leaves: each stands in the log, and a session knows since when it lasts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from yijian.web.accounts.acts import Act
from yijian.web.accounts.models import User
from yijian.web.accounts.queries import user_named
from yijian.web.accounts.second_factor import enrolled
from yijian.web.audit_log.actions import address_of, record

BEGAN = "began"
"""In a session: seconds since 1970 when it began."""
ENROLLED = "enrolled"
"""In a session: whether the account had an authenticator at log-in; then it is asked for, whatever the roles."""
ELSEWHERE = "elsewhere"
"""In a session that the OIDC provider began: 'password' is its business; 'both' if the second factor is, too."""


def began_of(request: HttpRequest) -> datetime | None:
    """When this session began; None where that is not known."""
    began = request.session.get(BEGAN)
    return datetime.fromtimestamp(began, UTC) if began else None


def too_long(request: HttpRequest) -> bool:
    """Whether this session has lasted as long as any may, however busy."""
    began = began_of(request)
    return began is None or timezone.now() - began > timedelta(seconds=settings.SESSION_LONGEST)


def verified(request: HttpRequest) -> bool:
    """Whether the second factor was given in this session, or nobody asks for it."""
    user: Any = request.user
    if request.session.get(ELSEWHERE) == "both" or user.is_verified():
        return True
    return not (user.needs_second_factor or request.session.get(ENROLLED))


def locked_until(username: str, address: str | None) -> datetime | None:
    """Until when an account stays locked for an address: attempts during that time do not prolong it."""
    last = AccessAttempt.objects.filter(username=username, ip_address=address).order_by("-attempt_time").first()
    return last.attempt_time + settings.AXES_COOLOFF_TIME if last else None


@receiver(user_logged_in)
def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    request.session[BEGAN] = int(timezone.now().timestamp())
    request.session[ENROLLED] = enrolled(user)
    record(Act.LOG_IN, who=user, when=timezone.now(), where=address_of(request))


@receiver(user_logged_out)
def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record(Act.LOG_OUT, who=user, when=timezone.now(), where=address_of(request))


def _area_of(username: str) -> str:
    """Where the account that somebody tried belongs; '' where there is none."""
    found = user_named(username)
    return found.home if found else ""


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    tried = str(credentials.get("username", ""))[:150]
    where = address_of(request) if request else None
    record(Act.LOG_IN_FAILED, who=None, when=timezone.now(), where=where, name=tried, area=_area_of(tried))


@receiver(user_locked_out)
def _locked(request: HttpRequest, username: str | None, **_: Any) -> None:
    if getattr(request, "axes_failures_since_start", None) is None:
        return  # was locked before: the attempt stands in the log as failed
    tried = (username or "")[:150]
    record(Act.LOCKED, who=None, when=timezone.now(), where=address_of(request), name=tried, area=_area_of(tried))


def note_wrong_code(*, who: User, when: datetime, where: str | None) -> None:
    """A second factor was wrong."""
    record(Act.CODE_FAILED, who=who, when=when, where=where)


def note_refused(username: str, why: str, *, when: datetime, where: str | None) -> None:
    """The OIDC provider named somebody who may not come in here."""
    record(Act.REFUSED, who=None, when=when, where=where, name=username[:150], purpose=why, area=_area_of(username))
