"""Against floods, without cookies and without keeping anybody's address.

A form carries a signed, single-use token with the time at which it was fetched. It is taken with a proof of work (`proofs`), or,
from whoever has no scripts, after a wait; both grow with what has come in lately. Guessing receipts and sending are counted by a
keyed hash of the address whose key lives in this process only; addresses of the machine itself (an onion service, a proxy) share
no such limit, for all of Tor would share it.
"""

import ipaddress
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError

from yijian.web.tips import proofs
from yijian.web.tips.models import Tip

SALT = "yijian.tips.form"
LONGEST = 12 * 3600
"""Seconds that a form may be open."""
WAITS = ((300, 600, 128), (60, 60, 32), (0, 3, 8))
"""(tips by the page in the last ten minutes above which, seconds that a form without a proof must have been open, puzzles of a
proof)."""
SENT = ("sent", 10, 3600)
GUESSED = ("guessed", 20, 600)
ALL_GUESSED = ("all_guessed", 400, 600)
"""(what is counted, how often it may happen, in how many seconds)"""
_PROCESS = secrets.token_bytes(32)


@dataclass(frozen=True)
class Challenge:
    """What a form carries: its token, and how many puzzles its proof takes."""

    token: str
    puzzles: int
    rounds: int = proofs.ROUNDS
    zeros: int = proofs.ZEROS


def fresh(*, when: datetime) -> Challenge:
    """For a form that is being shown."""
    puzzles = demand(when)[1]
    return Challenge(signing.dumps([secrets.token_urlsafe(16), int(time.time()), puzzles], salt=SALT), puzzles)


def again(token: str, *, when: datetime) -> Challenge:
    """For a form that is shown once more and goes on waiting."""
    try:
        return Challenge(token, signing.loads(token, salt=SALT, max_age=LONGEST)[2])
    except signing.BadSignature:
        return fresh(when=when)


class TooSoon(ValidationError):
    """The form has neither been open long enough nor a proof; it may be sent again."""


def spend(token: str, proof: str, *, when: datetime) -> str:
    """Whether a form may be taken now; what identifies it, for it is taken once.

    ValidationError where it is not ours or too old; TooSoon says how long to wait.
    """
    try:
        nonce, fetched, puzzles = signing.loads(token, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        raise ValidationError("页面已过期，请核对内容后重新提交") from None
    wait = fetched + demand(when)[0] - int(time.time())
    if wait > 0 and not proofs.solves(token, proof, puzzles):
        raise TooSoon(f"为防止恶意提交，请等 {wait} 秒后再点提交，填写的内容已保留")
    return blake2b(nonce.encode(), digest_size=32).hexdigest()


def demand(when: datetime) -> tuple[int, int]:
    """(seconds that a form without a proof must have been open, puzzles of a proof): more, the more comes in."""
    lately = Tip.objects.filter(channel=Tip.Channel.WEB, received__gte=when - timedelta(minutes=10)).count()
    return next(((seconds, puzzles) for above, seconds, puzzles in WAITS if lately > above), WAITS[-1][1:])


def count(what: tuple[str, int, int], address: str | None) -> None:
    """Count one more of something from an address. ValidationError where it happened too often."""
    name, most, seconds = what
    if address is not None and _own(address):
        return
    key = f"tips:{name}:{_hidden(address)}"
    cache.add(key, 0, timeout=seconds)
    try:
        times = cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return
    if times > most:
        raise ValidationError(f"操作过于频繁，请 {seconds // 60} 分钟后再试")


def check(what: tuple[str, int, int], *, unless: bool) -> None:
    """ValidationError where something that is counted for all together has happened too often, unless this is something else."""
    name, most, seconds = what
    if not unless and cache.get(f"tips:{name}:{_hidden('')}", 0) > most:
        raise ValidationError(f"操作过于频繁，请 {seconds // 60} 分钟后再试")


def _own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _hidden(address: str | None) -> str:
    return blake2b((address or "").encode(), key=_PROCESS, digest_size=16).hexdigest()
