"""App: designated institutions."""

from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.institutions"
    label = "institutions"
