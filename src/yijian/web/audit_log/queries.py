"""Reading the log."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from yijian.web.audit_log.models import LogEntry


def entries(*, may_read: bool, act: str = "", who: str = "", about: str = "") -> "QuerySet[LogEntry]":
    """Lines, newest first. PermissionDenied unless the caller vouches that the reader may read the log."""
    if not may_read:
        raise PermissionDenied
    lines = LogEntry.objects.order_by("-at", "-pk")
    if act:
        lines = lines.filter(act=act)
    if who:
        lines = lines.filter(who__icontains=who)
    if about:
        lines = lines.filter(about__icontains=about)
    return lines
