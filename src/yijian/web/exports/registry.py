"""All lists that may be exported: each app declares its own in `exports.py` (`LISTINGS`)."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule

from yijian.web.frame.export import Listing


@cache
def listings() -> dict[str, Listing]:
    """Name → listing, of every installed app. ImproperlyConfigured where two have one name."""
    found: dict[str, Listing] = {}
    for app in apps.get_app_configs():
        if not app.name.startswith("yijian.") or not module_has_submodule(app.module, "exports"):
            continue
        declared: dict[str, Listing] = import_module(f"{app.name}.exports").LISTINGS
        if twice := found.keys() & declared.keys():
            raise ImproperlyConfigured(f"{app.name}.exports: {sorted(twice)} are declared twice")
        found |= declared
    return found
