"""App: random draws."""

from django.apps import AppConfig


class DrawsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.draws"
    label = "draws"
