"""App: leads, from whatever source, until each has a result."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.leads"
    label = "leads"
