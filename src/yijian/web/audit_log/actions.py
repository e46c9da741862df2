"""Writing to the log."""

from datetime import datetime
from typing import Protocol

from django.http import HttpRequest

from yijian.web.audit_log.models import Act, LogEntry

__all__ = ["Act", "address_of", "record"]


class Someone(Protocol):
    """Whoever acts: an account."""

    pk: int

    def get_username(self) -> str: ...


def record(
    act: Act, *, who: Someone | None, when: datetime, where: str | None, about: str = "", purpose: str = "", name: str = ""
) -> LogEntry:
    """Add one line. `name` stands for an account that does not exist (a failed log-in, the command line)."""
    return LogEntry.objects.create(
        at=when,
        user=who,
        who=name or (who.get_username() if who else ""),
        address=where,
        act=act,
        about=about,
        purpose=purpose,
    )


def address_of(request: HttpRequest) -> str | None:
    """Where a request came from: the peer as uvicorn saw it (it resolves trusted proxies' headers itself)."""
    return request.META.get("REMOTE_ADDR") or None
