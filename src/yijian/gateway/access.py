"""Who may ask: a key for each institution, kept as a hash with its day of expiry; how often; each message once; clocks."""

import hashlib
import os
import secrets
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
from apsw.bestpractice import connection_busy_timeout

from yijian.gateway.answer import now
from yijian.gateway.message import Refused
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

FILE = "gateway-keys.json"
SKEW = timedelta(hours=1)
"""How far a sender's clock may be off."""

KEEP_SEEN = 2
"""Days for which message ids are remembered; older messages are refused by their time."""


class Key(msgspec.Struct, frozen=True):
    """A key of an institution: sha256 of it, and the last day on which it opens."""

    digest: str
    expires: date


class Keys:
    """The keys of a home, read again when the file changes."""

    def __init__(self, home: Home) -> None:
        self._path = home.keys / FILE
        self._stamp, self._checked = -1.0, -1e9
        self._by_digest: dict[str, tuple[str, Key]] = {}

    def institution_of(self, key: str, today: date) -> str:
        """Whose key it is. Refused where nobody's, or expired."""
        self._refresh()
        found = self._by_digest.get(_digest(key)) if key else None
        if found is None:
            raise Refused("未认证：缺少机构密钥或密钥不正确")
        institution, entry = found
        if entry.expires < today:
            raise Refused(f"机构密钥已于 {entry.expires.isoformat()} 到期，请向医保经办机构换发")
        return institution

    def _refresh(self) -> None:
        if time.monotonic() - self._checked < 1:
            return
        self._checked = time.monotonic()
        stamp = self._path.stat().st_mtime if self._path.is_file() else 0.0
        if stamp != self._stamp:
            self._stamp = stamp
            self._by_digest = {k.digest: (who, k) for who, keys in _read(self._path).items() for k in keys}


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()  # keys are 256 random bits: nothing to guess, no salt needed


def _read(path: Path) -> dict[str, list[Key]]:
    if not path.is_file():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[Key]])
    except msgspec.DecodeError as error:
        raise UserError("机构密钥文件已损坏", where=str(path), do="请从备份恢复，或删除后重新发放密钥") from error


def _write(path: Path, keys: dict[str, list[Key]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.encode(keys))
    fresh.replace(path)


def issue(home: Home, institution: str, days: int) -> str:
    """A new key for an institution; it is shown once and kept nowhere. Earlier keys stay valid until they expire."""
    path, key = home.keys / FILE, secrets.token_urlsafe(32)
    keys = _read(path)
    keys.setdefault(institution, []).append(Key(_digest(key), now().date() + timedelta(days=days)))
    _write(path, keys)
    return key


def revoke(home: Home, institution: str) -> int:
    """Take all keys of an institution back; how many there were."""
    path = home.keys / FILE
    keys = _read(path)
    gone = len(keys.pop(institution, []))
    if gone:
        _write(path, keys)
    return gone


def issued(home: Home) -> dict[str, list[Key]]:
    """All keys by institution."""
    return _read(home.keys / FILE)


class Limiter:
    """Requests of each institution: so many a second, and as many at once. Counted by each worker for itself."""

    def __init__(self, per_second: float) -> None:
        self._rate = per_second
        self._left: dict[str, tuple[float, float]] = {}

    def check(self, institution: str) -> None:
        """Refused where the institution asks more often than it may."""
        if self._rate <= 0:
            return
        at = time.monotonic()
        left, since = self._left.get(institution, (self._rate, at))
        left = min(self._rate, left + (at - since) * self._rate) - 1
        self._left[institution] = (max(left, -1.0), at)
        if left < 0:
            raise Refused(f"请求过于频繁，每秒不得超过 {self._rate:g} 次，请稍后重发")


class Seen:
    """Message ids that were taken, shared by the workers: a message counts once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = apsw.Connection(str(path))
        connection_busy_timeout(self._db)
        self._db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, day INTEGER) WITHOUT ROWID")
        self._db.execute("DELETE FROM seen WHERE day < ?", (now().toordinal() - KEEP_SEEN,))

    def take(self, institution: str, msgid: str, at: datetime) -> None:
        """Refused where the message was taken before."""
        before = self._db.total_changes()
        self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (f"{institution}|{msgid}", at.toordinal()))
        if self._db.total_changes() == before:
            raise Refused("msgid（发送方报文ID）重复：该报文已处理过")

    def close(self) -> None:
        self._db.close()


def check_clock(sent: datetime, received: datetime) -> None:
    """Refused where the sender's clock is off."""
    if abs(sent - received) > SKEW:
        raise Refused(f"inf_time（交易时间）与服务器时间 {received:%Y-%m-%d %H:%M:%S} 相差超过 1 小时，请校准时钟")
