"""What an app above has to show on the page of another app's record: it says so in its `beside.py`.

    # src/yijian/web/joint/beside.py
    def beside(about: str, user: User, record: Any) -> Iterable[Note]: ...

`about` names the record as attachments do (`transfers.transfer:17`); record is what the page has read of it, if it is one. The
page has asked whether the user may see the record; what a note says is nobody else's business than his who sees that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True)
class Note:
    """A line beside a record: what kind of thing it is, what of it, and its page ('' where the user may not open one)."""

    title: str
    words: str
    link: str = ""


def notes(about: str, user: Any, record: Any) -> list[Note]:
    """What all apps have to say of a record, in the order of the apps."""
    return [note for said in _sayers() for note in said(about, user, record)]


@cache
def _sayers() -> "list[Callable[[str, Any, Any], Iterable[Note]]]":
    ours = [app for app in apps.get_app_configs() if app.name.startswith("yijian.") and app.label != "frame"]
    return [import_module(f"{app.name}.beside").beside for app in ours if module_has_submodule(app.module, "beside")]
