"""App: inspections."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.inspections"
    label = "inspections"
