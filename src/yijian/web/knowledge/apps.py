"""App: pages of the knowledge lists."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.knowledge"
    label = "knowledge"
