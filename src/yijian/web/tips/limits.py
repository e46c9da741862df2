"""Against floods, without cookies and without keeping anybody's address.

A form carries a signed, single-use token with the time at which it was fetched; it is taken only after a wait, and the wait grows
with what has come in lately. Guessing receipts and sending are counted by a keyed hash of the address whose key lives in this
process only; addresses of the machine itself (an onion service, a proxy) share no such limit, for all of Tor would share it.
"""

import ipaddress
import secrets
import time
from datetime import datetime, timedelta
from hashlib import blake2b

from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError

from yijian.web.tips.models import Tip

SALT = "yijian.tips.form"
LONGEST = 12 * 3600
"""Seconds that a form may be open."""
WAITS = ((300, 600), (60, 60), (0, 3))
"""(tips by the page in the last ten minutes above which, seconds that a form must have been open)."""
SENT = ("sent", 10, 3600)
GUESSED = ("guessed", 20, 600)
ALL_GUESSED = ("all_guessed", 400, 600)
"""(what is counted, how often it may happen, in how many seconds)"""
_PROCESS = secrets.token_bytes(32)


def fresh_token() -> str:
    """For a form that is being shown."""
    return signing.dumps([secrets.token_urlsafe(16), int(time.time())], salt=SALT)


def spend(token: str, *, when: datetime) -> str:
    """Whether a form may be taken now; what identifies it, for it is taken once. ValidationError says how long to wait."""
    try:
        nonce, fetched = signing.loads(token, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        raise ValidationError("页面已过期，请核对内容后重新提交") from None
    wait = fetched + waiting(when) - int(time.time())
    if wait > 0:
        raise ValidationError(f"为防止恶意提交，请等 {wait} 秒后再点提交，填写的内容已保留")
    return blake2b(nonce.encode(), digest_size=32).hexdigest()


def waiting(when: datetime) -> int:
    """Seconds that a form must have been open: more, the more comes in."""
    lately = Tip.objects.filter(channel=Tip.Channel.WEB, received__gte=when - timedelta(minutes=10)).count()
    return next((seconds for above, seconds in WAITS if lately > above), WAITS[-1][1])


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


def _own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _hidden(address: str | None) -> str:
    return blake2b((address or "").encode(), key=_PROCESS, digest_size=16).hexdigest()
