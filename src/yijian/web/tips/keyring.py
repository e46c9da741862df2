"""Which keys there are, and to whom a tip of an area is sealed. `Opened`: key id → private half, while a request lasts."""

from collections.abc import Mapping

from django.db.models import QuerySet

from yijian.web.accounts.queries import Right, User, division_name, need
from yijian.web.tips.models import TipKey

Opened = Mapping[int, bytes]

RIGHTS = {
    "officer": Right.HANDLE_TIPS,
    "recovery_one": Right.HANDLE_TIPS,
    "head": Right.APPROVE_TIPS,
    "recovery_two": Right.APPROVE_TIPS,
}
"""Part → the right of whoever makes such a key; it is confirmed by somebody with the other one."""
READERS = ("officer", "recovery_one")
"""Parts that content and the first half of an identity are sealed to."""
WITNESSES = ("head", "recovery_two")
"""Parts that the second half of an identity is sealed to."""


def serves(user: User, right: Right, area: str) -> bool:
    """Whether the right is the user's for exactly this area: a tip is read where it is handled, not by those above."""
    return user.may(right) and area in user.scope(right).areas


def recipients(area: str, parts: tuple[str, ...]) -> list[TipKey]:
    """Keys of an area that something is sealed to now: confirmed, and their owners still have the post."""
    return [key for key in _active().filter(area=area, part__in=parts) if _in_post(key)]


def ready_areas() -> dict[str, str]:
    """Area → name of those that can take tips: each of the four parts is there."""
    parts: dict[str, set[str]] = {}
    for key in _active():
        if _in_post(key):
            parts.setdefault(key.area, set()).add(key.part)
    return {area: division_name(area) for area, held in sorted(parts.items()) if held == set(RIGHTS)}


def _active() -> "QuerySet[TipKey]":
    found = TipKey.objects.filter(state=TipKey.State.ACTIVE).select_related("user__organisation__division")
    return found.prefetch_related("user__postings").order_by("pk")


def _in_post(key: TipKey) -> bool:
    return key.user is None or (key.user.open and serves(key.user, RIGHTS[key.part], key.area))


def keys_for(user: User) -> "QuerySet[TipKey]":
    """All keys of the areas that the user serves, ended ones too: everybody there sees who can read."""
    need(user, Right.SEE_TIPS)
    found = TipKey.objects.filter(area__in=user.scope(Right.SEE_TIPS).areas)
    return found.select_related("user", "by", "confirmed_by", "ended_by").order_by("area", "part", "pk")


def own_keys(user: User) -> list[TipKey]:
    """Keys of the user that have not ended."""
    return list(TipKey.objects.filter(user=user).exclude(state=TipKey.State.ENDED).order_by("pk"))


def may_confirm(user: User, key: TipKey) -> bool:
    """Whether the user may vouch for a key: of the other side, and not whoever made it."""
    other = Right.APPROVE_TIPS if RIGHTS[key.part] is Right.HANDLE_TIPS else Right.HANDLE_TIPS
    made_it = user.pk in (key.by_id, key.user_id)  # type: ignore[attr-defined]
    return key.state == TipKey.State.WAITING and not made_it and serves(user, other, key.area)
