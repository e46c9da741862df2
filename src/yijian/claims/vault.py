"""The identity vault: who a number of the lake is. Encrypted at rest, keyed by an opaque look-up, keys kept elsewhere.

    vault/identity.sqlite     identity(lookup, sealed, digest)
      lookup   HMAC of kind and number: the file alone does not even say whose rows it holds
      sealed   JSON of column → [value, as of], sealed with the look-up as context
      digest   HMAC of the same: unchanged identities are not written again

Putting the same identities again changes nothing, so an import that was killed is simply run again.
"""

import hashlib
import hmac
import sqlite3
from collections.abc import Iterable, Mapping
from itertools import islice
from types import TracebackType

import msgspec

from yijian.claims.sealing import Sealer
from yijian.trust.keys import key
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

TOKEN_DIGITS = 32
"""Hexadecimal digits of a token: 128 bits of an HMAC-SHA256."""

_BATCH = 5000
Stored = dict[str, tuple[str, str]]


def token(home: Home, value: str) -> str:
    """The token under which an identity value stands in the lake; `token_sql` is the same in DuckDB."""
    digest = hmac.digest(key(home, "token"), normal(value).encode(), "sha256")
    return digest.hex()[:TOKEN_DIGITS]


def normal(value: str) -> str:
    """An identity value as it is compared: without spaces, letters upper case."""
    return value.replace(" ", "").replace("\u3000", "").upper()


def token_pads(home: Home) -> tuple[bytes, bytes]:
    """HMAC's inner and outer pads of the token key, for `token_sql`."""
    block = key(home, "token").ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def token_sql(value: str) -> str:
    """HMAC-SHA256 spelled out in DuckDB's SQL, with the pads in the variables `ipad` and `opad`: no Python per row."""
    bare = f"upper(replace(replace({value}, ' ', ''), chr(12288), ''))"
    inner = f"unhex(sha256(getvariable('ipad') || encode({bare})))"
    return f"CASE WHEN {bare} <> '' THEN substr(sha256(getvariable('opad') || {inner}), 1, {TOKEN_DIGITS}) END"


class Vault:
    """Identities by number. One process writes (the importer), any number read."""

    def __init__(self, home: Home) -> None:
        self._sealer, self._lookup_key = Sealer(home), key(home, "lookup")
        home.vault.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(home.vault / "identity.sqlite", timeout=60, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS identity (lookup BLOB PRIMARY KEY, sealed BLOB, digest BLOB) WITHOUT ROWID"
            )
        except sqlite3.DatabaseError:
            raise UserError("身份库文件已损坏", where=str(home.vault), do="请从备份恢复") from None

    @classmethod
    def open(cls, home: Home) -> "Vault":
        """The vault of an installation, made at first use."""
        return cls(home)

    def __enter__(self) -> "Vault":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._db.close()

    def identity(self, number: str, kind: str = "psn_no") -> dict[str, str]:
        """Identity columns of a person (or, by `kind`, of another number such as `fixmedins_code`); {} if unknown."""
        lookup = self._lookup(kind, number)
        row = self._db.execute("SELECT sealed FROM identity WHERE lookup = ?", (lookup,)).fetchone()
        return {column: value for column, (value, _) in self._opened(row[0], lookup).items()} if row else {}

    def put(self, identities: Iterable[tuple[str, Mapping[str, str], str]], kind: str = "psn_no") -> int:
        """Store (number, column → value, as-of time) triples; a value of a later time replaces an earlier one.

        Returns how many identities changed. All of one call's batches are separate transactions, each complete.
        """
        changed, remaining = 0, iter(identities)
        while batch := list(islice(remaining, _BATCH)):
            changed += self._put_batch([(self._lookup(kind, number), v, t) for number, v, t in batch])
        return changed

    def _put_batch(self, batch: list[tuple[bytes, Mapping[str, str], str]]) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            changed = [row for one in batch if (row := self._merged(*one))]
            self._db.executemany("INSERT OR REPLACE INTO identity VALUES (?, ?, ?)", changed)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return len(changed)

    def _merged(self, lookup: bytes, values: Mapping[str, str], as_of: str) -> tuple[bytes, bytes, bytes] | None:
        row = self._db.execute("SELECT sealed, digest FROM identity WHERE lookup = ?", (lookup,)).fetchone()
        fresh: Stored = {c: (v, as_of) for c, v in sorted(values.items()) if v}
        if not fresh or (row and hmac.compare_digest(row[1], self._digest(lookup, fresh))):
            return None
        held = self._opened(row[0], lookup) if row else {}
        merged = dict(sorted({**held, **{c: f for c, f in fresh.items() if c not in held or f[1] >= held[c][1]}}.items()))
        if merged == held:
            return None
        return lookup, self._sealer.seal(msgspec.json.encode(merged), lookup), self._digest(lookup, merged)

    def _opened(self, sealed: bytes, lookup: bytes) -> Stored:
        return msgspec.json.decode(self._sealer.open(sealed, lookup), type=Stored)

    def _lookup(self, kind: str, number: str) -> bytes:
        return hmac.digest(self._lookup_key, f"{kind}\0{number}".encode(), hashlib.sha256)

    def _digest(self, lookup: bytes, values: Stored) -> bytes:
        return hmac.digest(self._lookup_key, lookup + msgspec.json.encode(values), hashlib.sha256)
