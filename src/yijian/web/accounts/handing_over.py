"""Open work that stands with one person by name. The app whose work it is says so, in its `open_work.py`:

    # src/yijian/web/findings/open_work.py
    TITLE = "疑点组"
    def held_by(user: User) -> list[str]: ...                # for an administrator: no institution, rule or money in it
    def pass_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None: ...    # to None = back

`pass_on` raises ValidationError where `to` may not do that work.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from yijian.web.accounts.models import User


class OpenWork(Protocol):
    """What an app's `open_work` has."""

    TITLE: str

    def held_by(self, user: User) -> list[str]:
        """What waits for this person, most urgent first, in words for an administrator, who sees no findings."""
        ...

    def pass_on(self, user: User, to: User | None, *, who: User | None, when: datetime) -> None:
        """Give all of it to somebody else, or back to whoever has the right for it. A part of the caller's action."""
        ...


def _declared() -> Iterator[OpenWork]:
    for app in apps.get_app_configs():
        if app.name.startswith("yijian.") and module_has_submodule(app.module, "open_work"):
            yield cast(OpenWork, import_module(f"{app.name}.open_work"))


def open_work(user: User) -> dict[str, list[str]]:
    """Title → what waits for this person by name; titles without any are left out."""
    found = {one.TITLE: one.held_by(user) for one in _declared()}
    return {title: held for title, held in found.items() if held}


def hand_over(user: User, to: User | None, *, who: User | None, when: datetime) -> dict[str, tuple[str, str]]:
    """Give all of it to `to`, or back (None); a part of the caller's action. Returns what the log says: title → (old, new)."""
    changes: dict[str, tuple[str, str]] = {}
    for one in _declared():
        held = one.held_by(user)
        one.pass_on(user, to, who=who, when=when)
        if held:
            changes[one.TITLE] = (f"{user.username}：{len(held)} 项", to.username if to else "退回待分派")
    return changes
