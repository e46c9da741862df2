"""How a tip is sealed: nothing here knows the database, people or pages.

A pair of keys (X25519) belongs to a person; its private half is locked by a passphrase (argon2id) and is only kept so. A text is
encrypted with a fresh key (XSalsa20-Poly1305), and that key is sealed to the public keys of those who may read it. The key of an
identity is first cut into two halves, either of which says nothing; each half is sealed to other people.
"""

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

BLOCK = 4096
"""Bytes that a text's length is rounded up to, so that the length of what is kept says little."""
KEY = 32


class Cost(NamedTuple):
    """How hard a passphrase is to try out: rounds, and bytes of memory."""

    ops: int
    mem: int


PASSPHRASE = Cost(argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE)
"""For what people choose: 256 MB, about a second."""
RECEIPT = Cost(argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE)
"""For receipt codes, which are random: 64 MB."""


class CannotOpen(Exception):
    """A wrong passphrase or key, or something that was altered."""


@dataclass(frozen=True)
class Locked:
    """A pair of keys as it is kept. public: 32 bytes; locked: the private half under the passphrase."""

    public: bytes
    salt: bytes
    locked: bytes
    ops: int
    mem: int


def fresh_pair(passphrase: str) -> Locked:
    """A new pair, locked."""
    return lock(bytes(PrivateKey.generate()), passphrase)


def lock(private: bytes, passphrase: str) -> Locked:
    """Lock a private key with a passphrase; each time with a fresh salt."""
    salt, cost = token_bytes(argon2id.SALTBYTES), PASSPHRASE
    key = argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, cost.ops, cost.mem)
    return Locked(bytes(PrivateKey(private).public_key), salt, bytes(SecretBox(key).encrypt(private)), cost.ops, cost.mem)


def unlock(kept: Locked, passphrase: str) -> bytes:
    """The private key, 32 bytes. CannotOpen for a wrong passphrase."""
    key = argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), kept.salt, kept.ops, kept.mem)
    return _opened(SecretBox(key), kept.locked)


def seal(public: bytes, secret: bytes) -> bytes:
    """Seal a few bytes to a public key: who seals cannot open again."""
    return bytes(SealedBox(PublicKey(public)).encrypt(secret))


def unseal(private: bytes, sealed: bytes) -> bytes:
    """Open what was sealed to this key. CannotOpen otherwise."""
    try:
        return bytes(SealedBox(PrivateKey(private)).decrypt(sealed))
    except CryptoError:
        raise CannotOpen from None


def fresh_key() -> bytes:
    """A key for one text."""
    return token_bytes(KEY)


def encrypt(key: bytes, plain: bytes) -> bytes:
    """Encrypt a text or file, padded to whole blocks."""
    return bytes(SecretBox(key).encrypt(sodium_pad(plain, BLOCK)))


def decrypt(key: bytes, held: bytes) -> bytes:
    """The text or file again. CannotOpen with another key, or where a byte was altered."""
    return sodium_unpad(_opened(SecretBox(key), held), BLOCK)


def _opened(box: SecretBox, held: bytes) -> bytes:
    try:
        return bytes(box.decrypt(held))
    except CryptoError:
        raise CannotOpen from None


def halves(key: bytes) -> tuple[bytes, bytes]:
    """Two halves of a key: one alone is random bytes."""
    one = token_bytes(len(key))
    return one, joined(one, key)


def joined(one: bytes, other: bytes) -> bytes:
    """The key again from its halves."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def fingerprint(public: bytes) -> str:
    """A public key as two people read it to each other: 8 groups of 4 hexadecimal digits."""
    hexed = sha256(public).hexdigest()[:32]
    return " ".join(hexed[i : i + 4] for i in range(0, 32, 4))
