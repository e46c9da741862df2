"""The log's rows by number, in pieces: as entries, or only their hashes. Memory does not grow with the log."""

from collections.abc import Iterator
from datetime import datetime

from yijian.trust.log_entry import Entry, instant
from yijian.trust.merkle import Range, root_of
from yijian.web.audit_log.models import LogEntry

PIECE = 10_000
"""Numbers read at once. Pieces, not one cursor: a cursor outside a transaction makes PostgreSQL store the whole answer."""

_FIELDS = ("who", "user_id", "address", "act", "kind", "about", "person", "purpose", "changes")


def rows(first: int, last: int) -> Iterator[tuple[Entry, datetime, str]]:
    """(entry, time, kept hash) of numbers first … last-1, in order; numbers that are missing are left out."""
    for start in range(first, last, PIECE):
        piece = LogEntry.objects.filter(number__gte=start, number__lt=min(start + PIECE, last)).order_by("number")
        for number, at, leaf, who, user, *rest in piece.values_list("number", "at", "leaf", *_FIELDS):
            yield Entry(number, instant(at), who, str(user or ""), *rest), at, leaf


def leaves(first: int, last: int) -> Iterator[bytes]:
    """The kept hashes of numbers first … last-1."""
    for start in range(first, last, PIECE):
        piece = LogEntry.objects.filter(number__gte=start, number__lt=min(start + PIECE, last)).order_by("number")
        yield from (bytes.fromhex(leaf) for leaf in piece.values_list("leaf", flat=True))


def roots(ranges: list[Range]) -> list[str]:
    """The roots of ranges of lines, in hex digits: a proof as files carry it."""
    return [root_of(leaves(*one)).hex() for one in ranges]
