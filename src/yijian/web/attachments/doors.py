"""Who may see an attachment: the app whose record it belongs to says so, in its `attaching.py`.

# src/yijian/web/reviews/attaching.py
def may_see(user: User, kind: str, key: str) -> bool: ...
"""

from importlib import import_module

from django.apps import apps

from yijian.web.accounts.queries import User


def may_see(user: User, about: str) -> bool:
    """Whether the user may see what is attached to `about` (`reviews.review:17`). LookupError where no app answers for it."""
    thing, _, key = about.partition(":")
    label, _, kind = thing.partition(".")
    door = import_module(f"{apps.get_app_config(label).name}.attaching")
    return bool(door.may_see(user, kind, key))
