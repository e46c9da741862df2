"""Reading the log: the door, pages by key, and how far the log is signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import Exact
from django.http import Http404, HttpRequest

from yijian.vocabulary.divisions import prefix_of
from yijian.web.audit_log.actions import Someone
from yijian.web.audit_log.filters import Filters
from yijian.web.audit_log.models import LogCheckpoint, LogEntry, LogHead, city_of_area

PAGE_ROWS = 50
CITY, COUNTY = 4, 6
"""Digits of a division's prefix."""
COUNTED = 10_000
"""Lines that are counted; beyond it is "more than": a page does not read a log of millions to say how long it is."""


class Reader(Protocol):
    """Whoever reads. The right is a word here: this app stands below accounts.

    log_areas: divisions whose lines he reads, with those below; None = all, and those that are of no division.
    """

    def may(self, right: str) -> bool: ...

    def log_areas(self) -> Sequence[str] | None: ...


def reader_of(request: HttpRequest) -> Reader:
    """The person of this request, who may read the log. PermissionDenied otherwise."""
    user: Any = request.user
    if not (user.is_authenticated and user.may("read_log")):
        raise PermissionDenied
    return user


def entries(reader: Reader, filters: Filters) -> "QuerySet[LogEntry]":
    """Lines of the reader's divisions that the filters leave, newest first. PermissionDenied without the right to the log."""
    if not reader.may("read_log"):
        raise PermissionDenied
    return LogEntry.objects.filter(_inside(reader.log_areas(), filters.narrow), filters.condition()).order_by("-at", "-number")


def _inside(areas: Sequence[str] | None, narrowed: bool) -> Q:
    """Lines of these divisions. narrowed: a word leaves so few that its own index must serve, not that of the division.

    Where the division's index must not serve, its digits are compared with a parameter, which SQLite looks up in no index.
    A province has so many lines that its newest are found soonest by walking all.
    """
    if areas is None:
        return Q()
    whole = Q(pk__in=[])
    for division in areas:
        prefix = prefix_of(division)
        if len(prefix) == COUNTY and not narrowed:
            whole |= Q(area=division)
        elif len(prefix) == CITY and not narrowed:
            whole |= Q(Exact(city_of_area(), prefix))
        else:
            whole |= Q(Exact(Substr("area", 1, len(prefix)), prefix))
    return whole


def lines_of_oneself(someone: Someone, acts: Iterable[str], most: int = 10) -> "list[LogEntry]":
    """The newest lines of these acts that bear one's own account name: everybody may see when and whence one logged in."""
    mine = LogEntry.objects.filter(who=someone.get_username(), act__in=list(acts))
    return list(mine.order_by("-at", "-number")[:most])


def entry_for(reader: Reader, number: int) -> LogEntry:
    """One line. Http404 if there is none."""
    found = entries(reader, Filters()).filter(number=number).first()
    if found is None:
        raise Http404(f"日志里没有第 {number} 条，或不在您的管辖范围内。")
    return found


@dataclass(frozen=True)
class Slice:
    """A page of lines; `older` and `newer` are the numbers that the neighbouring pages begin from, None at the ends."""

    rows: list[LogEntry]
    older: int | None
    newer: int | None


def slice_of(lines: "QuerySet[LogEntry]", *, older: str = "", newer: str = "", size: int = PAGE_ROWS) -> Slice:
    """The lines next to the one that the address names: older than it, or newer; the newest where it names none.

    By key, not by count: the thousandth page costs what the first does.
    """
    start = _line(lines, older or newer)
    if start is None:
        rows = list(lines[: size + 1])
        return _slice(rows[:size], more_older=len(rows) > size, more_newer=False)
    if newer:
        after = Q(at__gt=start.at) | Q(at=start.at, number__gt=start.number)
        rows = list(lines.filter(after, at__gte=start.at).order_by("at", "number")[: size + 1])
        return _slice(rows[:size][::-1], more_older=True, more_newer=len(rows) > size)
    before = Q(at__lt=start.at) | Q(at=start.at, number__lt=start.number)
    rows = list(lines.filter(before, at__lte=start.at)[: size + 1])
    return _slice(rows[:size], more_older=len(rows) > size, more_newer=True)


def _slice(rows: list[LogEntry], *, more_older: bool, more_newer: bool) -> Slice:
    return Slice(rows, rows[-1].number if rows and more_older else None, rows[0].number if rows and more_newer else None)


def _line(lines: "QuerySet[LogEntry]", number: str) -> LogEntry | None:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return lines.filter(number=int(number)).first()


@dataclass(frozen=True)
class Standing:
    """How long the log is, its last checkpoint, and how many lines came since."""

    size: int
    checkpoint: LogCheckpoint | None

    @property
    def since(self) -> int:
        return self.size - (self.checkpoint.size if self.checkpoint else 0)


def standing(reader: Reader) -> Standing:
    """Where the log stands. PermissionDenied unless the reader may read the log."""
    if not reader.may("read_log"):
        raise PermissionDenied
    head = LogHead.objects.first()
    return Standing(head.size if head else 0, LogCheckpoint.objects.order_by("-size").first())


def reads_all(reader: Reader) -> bool:
    """Whether the reader reads the lines of all divisions, and those of none."""
    return reader.log_areas() is None


def counted(lines: "QuerySet[LogEntry]", filters: Filters, whole: int | None) -> tuple[int, bool]:
    """How many lines the filters leave, and whether there are more than were counted.

    `whole`: how many there are without filters; None where that must be counted.
    """
    if whole is not None and not filters.any:
        return whole, False
    n = lines.order_by()[: COUNTED + 1].count()
    return min(n, COUNTED), n > COUNTED


def checkpoint_for(reader: Reader, size: int) -> LogCheckpoint:
    """The checkpoint that was signed at this size. Http404 if there is none."""
    standing(reader)
    found = LogCheckpoint.objects.filter(size=size).first()
    if found is None:
        raise Http404(f"没有在 {size} 条时签发的检查点。")
    return found
