"""Writing to the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec
from django.db.models import TextChoices
from django.http import HttpRequest

from yijian.web.audit_log.acts import titles
from yijian.web.audit_log.models import LogEntry

__all__ = ["address_of", "record"]


class Someone(Protocol):
    """Whoever acts: an account."""

    pk: int

    def get_username(self) -> str: ...


def record(
    act: TextChoices,
    *,
    who: Someone | None,
    when: datetime,
    where: str | None,
    about: str = "",
    purpose: str = "",
    name: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> LogEntry:
    """Add one line. `name` stands for an account that does not exist (a failed log-in, the command line).

    `changes`: field → (old, new). No names or certificate numbers of people, here or elsewhere; `psn_no` is fine.
    ValueError if no app declares the act (see `acts`).
    """
    if act.value not in titles():
        raise ValueError(f"no app declares the act {act.value!r} in its acts.py")
    return LogEntry.objects.create(
        at=when,
        user=who,
        who=name or (who.get_username() if who else ""),
        address=where,
        act=act.value,
        about=about,
        purpose=purpose,
        changes=msgspec.json.encode(changes, order="deterministic").decode() if changes else "",
    )


def address_of(request: HttpRequest) -> str | None:
    """Where a request came from: the peer as uvicorn saw it (it resolves trusted proxies' headers itself)."""
    return request.META.get("REMOTE_ADDR") or None
