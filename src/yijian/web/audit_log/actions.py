"""Writing to the log, and signing how far it has come."""

import ipaddress
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, Protocol

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils import timezone

from yijian.trust.checkpoint import Checkpoint, issue
from yijian.trust.log_entry import instant
from yijian.trust.merkle import Frontier
from yijian.vocabulary.divisions import within
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log.acts import Act, titles
from yijian.web.audit_log.models import LogCheckpoint, LogEntry, LogHead
from yijian.web.place import write_private

__all__ = ["address_of", "note_export", "record", "sign_checkpoint"]


class Someone(Protocol):
    """Whoever acts: an account. `home`: the division of its organisation, six digits."""

    pk: int

    @property
    def home(self) -> str: ...

    def get_username(self) -> str: ...


class Auditor(Someone, Protocol):
    """An account that may be asked for its rights, which are words here: this app stands below accounts."""

    def may(self, right: str) -> bool: ...


@transaction.atomic(savepoint=False)
def record(
    act: TextChoices,
    *,
    who: Someone | None,
    when: datetime,
    where: str | None,
    kind: str = "",
    about: str = "",
    person: str = "",
    purpose: str = "",
    name: str = "",
    area: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> LogEntry:
    """Add one line, in the transaction of the action that it is about: no line, no action.

    `kind` and `about`: what sort of record (疑点, 账号) and its id; `area`: its division, whose auditors read the line. `person`:
    psn_no, where the action shows or touches one person's data. `name` stands for an account that does not exist (a failed
    log-in, the command line). `changes`: field → (old, new). No names or certificate numbers of insured people, in any of these.

    Writers wait for one another from here to the end of their transactions: call it last, after the action's own locks.
    ValueError if no app declares the act (see `acts`).
    """
    if act.value not in titles():
        raise ValueError(f"no app declares the act {act.value!r} in its acts.py")
    head = _locked_head()
    line = LogEntry(
        number=head.tree.size,
        at=when,
        user_id=who.pk if who else None,
        who=_text(name or (who.get_username() if who else ""), 150),
        address=_address(where),
        act=act.value,
        kind=_text(kind, 40),
        about=_text(about, 200),
        person=_text(person, 50),
        purpose=_text(purpose),
        changes=msgspec.json.encode(changes, order="deterministic").decode() if changes else "",
        area=_area(who, area),
    )
    leaf = line.entry().leaf()
    line.leaf = leaf.hex()
    line.save(force_insert=True)
    head.tree.append(leaf)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_log_loghead SET size = %s, peaks = %s WHERE id = 1", [head.tree.size, head.tree.packed().hex()]
        )
    if _day(when) > head.signed_on:
        transaction.on_commit(_checkpoint_of_the_day, robust=True)
    return line


class _Head(NamedTuple):
    """The head as a writer holds it."""

    origin: str
    tree: Frontier
    signed_on: str


def _locked_head() -> _Head:
    """The head, which nobody else changes until the transaction ends (SQLite: our transactions begin with its write lock).

    Plain SQL, here and where it is written: putting together these two queries anew would cost more than all the rest.
    """
    lock = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT origin, size, peaks, signed_on FROM audit_log_loghead WHERE id = 1 {lock}")  # noqa: S608 - a word
        found = cursor.fetchone()
    if found is not None:
        origin, size, peaks, signed_on = found
        return _Head(origin, Frontier.unpacked(size, bytes.fromhex(peaks)), signed_on)
    if LogEntry.objects.exists():
        raise RuntimeError("the head of the audit log is gone: run `yijian log verify`")
    fresh = LogHead.objects.create(origin=f"yijian.log/{secrets.token_hex(8)}")  # a database that a test suite has emptied
    return _Head(fresh.origin, Frontier(), "")


def _area(who: Someone | None, area: str) -> str:
    """The narrowest division that a line concerns: the record's where it lies within that of who acted, else that of who acted.

    Whoever reads the lines of a division then also reads what its people did below it.
    """
    if who is None:
        return area
    return area if area and within(who.home, area) else who.home


def _day(at: datetime) -> str:
    return timezone.localdate(at).isoformat()


def _text(value: str, most: int | None = None) -> str:
    """As a database keeps it: PostgreSQL takes no NUL, and no more than the column's width (ids are far shorter)."""
    return value.replace("\x00", "")[:most]


def _address(where: str | None) -> str:
    """An address as everybody writes it (::ffff:10.0.0.1 is 10.0.0.1); what is none stays as it is."""
    try:
        address = ipaddress.ip_address(where or "")
    except ValueError:
        return _text(where or "", 45)
    return str(getattr(address, "ipv4_mapped", None) or address)


def address_of(request: HttpRequest) -> str | None:
    """Where a request came from: the peer as uvicorn saw it (it resolves trusted proxies' headers itself)."""
    return request.META.get("REMOTE_ADDR") or None


def _checkpoint_of_the_day() -> None:
    """The first line of a day also signs the log as it stands; of several processes at midnight the first does."""
    with transaction.atomic():
        head, now = _locked_head(), timezone.now()
        if _day(now) > head.signed_on:
            _sign(settings.HOME, head, when=now)


@transaction.atomic
def sign_checkpoint(home: Home, *, who: Auditor | None, when: datetime, where: str | None, name: str = "") -> LogCheckpoint:
    """Sign the log up to the line that says so. UserError while the log is empty, PermissionDenied without the right to read it.

    The note lies in the database and, once that is committed, in `Home.log`.
    """
    _need_reader(who)
    if not LogHead.objects.filter(size__gt=0).exists():
        raise UserError("日志还是空的，没有可签的检查点", do="请在有人使用网页之后再签")
    record(Act.CHECKPOINT, who=who, when=when, where=where, name=name)
    return _sign(home, _locked_head(), when=when)


def _sign(home: Home, head: _Head, *, when: datetime) -> LogCheckpoint:
    """The file's name holds part of the root: another history of the same length never takes the place of a kept note."""
    size, root = head.tree.size, head.tree.root()
    note = issue(home, Checkpoint(head.origin, size, root, instant(when)))
    signed, _ = LogCheckpoint.objects.get_or_create(size=size, defaults={"at": when, "note": note})
    LogHead.objects.update(signed_on=_day(when))
    transaction.on_commit(partial(write_private, home.log / f"{size:09d}-{root.hex()[:8]}.txt", signed.note))
    return signed


def note_export(*, rows: int, filters: str, who: Auditor | None, when: datetime, where: str | None, name: str = "") -> LogEntry:
    """Log that lines of the log left the system as a file. PermissionDenied without the right to read them."""
    _need_reader(who)
    return record(Act.EXPORT, who=who, when=when, where=where, kind="操作日志", about=f"{rows} 条", purpose=filters, name=name)


def _need_reader(who: Auditor | None) -> None:
    """The command line (None) has the database anyway."""
    if who is not None and not who.may("read_log"):
        raise PermissionDenied
