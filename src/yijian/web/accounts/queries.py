"""Asking who may do what."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from yijian.web.accounts.models import Right, User

__all__ = ["Right", "User", "need", "user_with", "usernames"]


def user_with(request: HttpRequest, right: Right) -> User:
    """The person of this request, who has this right. PermissionDenied otherwise."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    need(user, right)
    return user


def need(user: User, right: Right) -> None:
    """PermissionDenied unless the user has this right."""
    if not user.may(right):
        raise PermissionDenied


def usernames() -> set[str]:
    """All accounts."""
    return set(User.objects.values_list("username", flat=True))
