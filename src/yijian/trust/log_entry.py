"""An entry of the audit log as those see it who keep watch over it: its fields, the bytes that stand for it, its leaf hash.

The canonical form, version 1: each field in the order below as a netstring (`<length in bytes>:<UTF-8 bytes>,`), after the
netstring of the form's name. Any language writes it in three lines, nothing needs escaping, and no two entries share their
bytes. A form that is ever changed gets another name; entries keep the form that they were written in.
"""

from datetime import UTC, datetime

import msgspec
from msgspec.structs import astuple

from yijian.trust.merkle import leaf_hash

FORM = "yijian-log/1"


class Entry(msgspec.Struct, frozen=True):
    """One line of the log. All that is not a number is text; '' where there is none.

    `at`: UTC with microseconds, `2026-11-22T03:00:00.000000Z` (`instant`). `account`: the account's number, `who` its name
    then. `person`: psn_no of the insured person whose data it was. `changes`: JSON, field → [old, new], exactly as stored.
    """

    number: int
    at: str
    who: str
    account: str
    address: str
    act: str
    kind: str
    about: str
    person: str
    purpose: str
    changes: str

    def canonical(self) -> bytes:
        """The bytes that are hashed."""
        texts = [str(field).encode() for field in (FORM, *astuple(self))]
        return b"".join([b"%d:%b," % (len(text), text) for text in texts])

    def leaf(self) -> bytes:
        """Its hash as a leaf of the log's tree."""
        return leaf_hash(self.canonical())


def instant(at: datetime) -> str:
    """A time as entries and checkpoints write it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
