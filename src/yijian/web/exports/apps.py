"""App: lists that leave as files."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.exports"
    label = "exports"
    verbose_name = "导出"
