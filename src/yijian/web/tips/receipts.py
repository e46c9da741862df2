"""The receipt code: the only key of whoever gave a tip. It is shown once and kept by nobody.

24 signs, 118 random bits: the first 8 find the tip, the other 16 are the secret. From the secret and the tip's salt argon2id
makes a pair of keys, to whose public half the answers are sealed (the server keeps only that), and the nonce of the commitment.
"""

import re
from hashlib import sha256
from secrets import choice, token_bytes
from typing import NamedTuple

from nacl.public import PrivateKey
from nacl.pwhash import argon2id

from yijian.web.tips import sealing

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs that nobody takes for another: no 0 1 I L O."""
HANDLE, LENGTH = 8, 24


class Keys(NamedTuple):
    """What a receipt code opens. nonce: hides the commitment from whoever guesses the text."""

    private: bytes
    public: bytes
    nonce: bytes


def fresh_code() -> str:
    """A new code."""
    return "".join(choice(SIGNS) for _ in range(LENGTH))


def fresh_salt() -> bytes:
    """A salt for `keys_of`."""
    return token_bytes(argon2id.SALTBYTES)


def read(typed: str) -> str | None:
    """A code as somebody typed it, with spaces, dashes and small letters; None where it cannot be one."""
    code = re.sub(r"[\s\-－—]", "", typed).upper()
    return code if len(code) == LENGTH and set(code) <= set(SIGNS) else None


def shown(code: str) -> str:
    """In groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def keys_of(code: str, salt: bytes) -> Keys:
    """The keys of a code. Slow on purpose."""
    made = argon2id.kdf(64, code[HANDLE:].encode(), salt, sealing.RECEIPT.ops, sealing.RECEIPT.mem)
    private = PrivateKey(made[:32])
    return Keys(bytes(private), bytes(private.public_key), made[32:])


def proof(number: str, received: str, nonce: bytes, subject: str, text: str, files: list[str]) -> bytes:
    """The text whose SHA-256 stands in the log: whoever keeps it can show what was handed in, and when. files: their SHA-256.

    It names nobody; the nonce keeps others from trying out what the tip may say.
    """
    lines = ["医监举报回执证明 v1", f"编号：{number}", f"收到：{received}", f"随机数：{nonce.hex()}", f"对象：{subject}"]
    lines += [f"附件 SHA-256：{one}" for one in files]
    return ("\n".join([*lines, "内容：", text]) + "\n").encode()


def commitment(proof_text: bytes) -> str:
    """What the log holds of it."""
    return sha256(proof_text).hexdigest()
