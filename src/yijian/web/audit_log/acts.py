"""What can be logged: each app says it in its own `acts.py`, and this app needs no migration for a new one.

    # src/yijian/web/reviews/acts.py
    class Act(TextChoices):
        SEND = "reviews.send", "发送初审意见"

The word begins with the app's label and is never given another meaning, for it stands in the log for ever. Pages show the title.
"""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices
from django.utils.module_loading import module_has_submodule


class Act(TextChoices):
    """What the log says of itself."""

    EXPORT = "audit_log.export", "导出日志"
    CHECKPOINT = "audit_log.checkpoint", "签发日志检查点"


@cache
def titles() -> dict[str, str]:
    """Word → Chinese title of every act of every installed app. ImproperlyConfigured where one does not bear its app's label."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        if not module_has_submodule(app.module, "acts"):
            continue
        for word, title in _acts_of(f"{app.name}.acts").choices:
            if not word.startswith(f"{app.label}."):
                raise ImproperlyConfigured(f"{app.name}.acts: {word!r} must begin with '{app.label}.'")
            found[word] = str(title)
    return found


def _acts_of(module: str) -> type[TextChoices]:
    declared = getattr(import_module(module), "Act", None)
    if not (isinstance(declared, type) and issubclass(declared, TextChoices)):
        raise ImproperlyConfigured(f"{module} must define `class Act(TextChoices)`")
    return declared


def title_of(word: str) -> str:
    """The title of an act; the word itself where the app that declared it is gone."""
    return titles().get(word, word)
