"""App: what every page shares."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.frame"
    label = "frame"
