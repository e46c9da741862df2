"""App: findings and coverage."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.findings"
    label = "findings"
