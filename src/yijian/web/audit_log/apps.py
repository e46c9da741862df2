"""App: who did what."""

from django.apps import AppConfig


class AuditLogConfig(AppConfig):
    """See README.md."""

    name = "yijian.web.audit_log"
    label = "audit_log"
