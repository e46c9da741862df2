"""Making accounts; logging in and out."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from yijian.web.accounts.acts import Act
from yijian.web.accounts.models import Role, User
from yijian.web.audit_log.actions import address_of, record

DEMO = {"jianguan": ("监管科演示", Role.SUPERVISOR), "guanli": ("管理员演示", Role.ADMINISTRATOR)}
"""Username → name and role of the accounts of a demo."""


@transaction.atomic
def make_account(username: str, password: str, *, display_name: str, role: str, who: User | None, when: datetime) -> User:
    """Make an account; `who` is None on the command line. ValidationError if the password is too weak."""
    validate_password(password, User(username=username, display_name=display_name))
    user = User.objects.create_user(username, password, display_name=display_name, role=role)
    record(
        Act.MAKE_ACCOUNT,
        who=who,
        when=when,
        where=None,
        about=username,
        purpose=str(Role(role).label),
        name="" if who else "命令行",
    )
    return user


def make_demo_accounts(*, when: datetime) -> dict[str, str]:
    """Make the demo accounts that do not exist yet, with random passwords. Returns username → password of the new ones."""
    made: dict[str, str] = {}
    for username, (name, role) in DEMO.items():
        if not User.objects.filter(username=username).exists():
            made[username] = secrets.token_urlsafe(12)
            make_account(username, made[username], display_name=name, role=role, who=None, when=when)
    return made


@receiver(user_logged_in)
def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    record(Act.LOG_IN, who=user, when=timezone.now(), where=address_of(request))


@receiver(user_logged_out)
def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        record(Act.LOG_OUT, who=user, when=timezone.now(), where=address_of(request))


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    tried = str(credentials.get("username", ""))[:150]
    record(Act.LOG_IN_FAILED, who=None, when=timezone.now(), where=address_of(request) if request else None, name=tried)
