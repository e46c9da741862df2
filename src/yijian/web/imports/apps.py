"""App: imports and quarantine."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.imports"
    label = "imports"
