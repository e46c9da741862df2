"""App: files that people attach to records."""

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.attachments"
    label = "attachments"
    verbose_name = "附件"
