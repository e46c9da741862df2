"""App: work that takes longer than a page."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.jobs"
    label = "jobs"
    verbose_name = "后台任务"
