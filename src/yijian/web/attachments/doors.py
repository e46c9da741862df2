"""Who may see an attachment: the app whose record it belongs to says so, in its `attaching.py`.

# src/yijian/web/reviews/attaching.py
def may_see(user: User, kind: str, key: str) -> bool: ...
def area_of(kind: str, key: str) -> str: ...    # the division of the record, for the log; '' where there is none
"""

from importlib import import_module
from types import ModuleType

from django.apps import apps

from yijian.web.accounts.queries import User


def may_see(user: User, about: str) -> bool:
    """Whether the user may see what is attached to `about` (`reviews.review:17`). LookupError where no app answers for it."""
    door, kind, key = _door(about)
    return bool(door.may_see(user, kind, key))


def area_of(about: str) -> str:
    """The division of the record, six digits; '' where there is none. LookupError where no app answers for it."""
    door, kind, key = _door(about)
    return str(door.area_of(kind, key))


def _door(about: str) -> tuple[ModuleType, str, str]:
    thing, _, key = about.partition(":")
    label, _, kind = thing.partition(".")
    return import_module(f"{apps.get_app_config(label).name}.attaching"), kind, key
