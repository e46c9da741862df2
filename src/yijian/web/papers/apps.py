"""App: official documents from declarations."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.papers"
    label = "papers"
    verbose_name = "文书"
