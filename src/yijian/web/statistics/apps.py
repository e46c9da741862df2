"""App: statistical tables."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.statistics"
    label = "statistics"
    verbose_name = "统计报表"
