"""App: cases by the procedure of Order No. 4, from filing to the archive."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.cases"
    label = "cases"
