"""App: what is due, by when, and for whom."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.clocks"
    label = "clocks"
