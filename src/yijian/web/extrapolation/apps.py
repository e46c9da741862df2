"""App: from a sample of bills to all of them."""

from django.apps import AppConfig


class ExtrapolationConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.extrapolation"
    label = "extrapolation"
