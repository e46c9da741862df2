"""App: legal deadlines, shares and thresholds by area."""

from django.apps import AppConfig


class ParametersConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.parameters"
    label = "parameters"
