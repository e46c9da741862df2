"""App: pages of the rulebook."""

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.rules"
    label = "rules"
