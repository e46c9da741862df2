"""A checkpoint: so many entries, this root, at this time, signed. Kept by another body, it holds the log to what it was.

It is a signed note as C2SP's tlog-checkpoint describes it, so that witnesses of transparency logs can read it:

    yijian.log/3f2a9c0e51b7d684            which log
    1024                                   how many entries
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2…=     root of their tree
    time 2026-11-22T03:00:00.000000Z
    key ed25519 9f3c…

    — yijian.log/3f2a9c0e51b7d684 <base64: 4 bytes of the key's hash, signature>

The two last lines of the text are extensions of ours: all else that Yijian signs carries its public key, too. Whoever keeps
checkpoints compares the key's fingerprint once, on another way. With SM2 the note is the same, and only Yijian checks it.
"""

import base64
import binascii
import hashlib
import re
from pathlib import Path

import msgspec

from yijian.trust.merkle import HASH_BYTES
from yijian.trust.signing import Signature, is_signed, public_key, sign
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

_NOTE = re.compile(
    r"(?P<text>(?P<origin>[^\s+]+)\n(?P<size>0|[1-9]\d{0,17})\n(?P<root>[A-Za-z0-9+/=]+)\n"
    r"time (?P<at>\S+)\nkey (?P<algorithm>\w+) (?P<key>[0-9a-f]+)\n)\n— (?P<name>[^\s+]+) (?P<signed>[A-Za-z0-9+/=]+)\n"
)
_KIND = {"ed25519": b"\x01", "sm2": b"\xffyijian.sm2"}
"""What C2SP hashes before a public key to tell algorithms apart; 0xff begins a name of one's own."""


class Checkpoint(msgspec.Struct, frozen=True):
    """`size` entries of the log `origin` had the tree root `root` at the time `at` (see `log_entry.instant`)."""

    origin: str
    size: int
    root: bytes
    at: str


def issue(home: Home, checkpoint: Checkpoint) -> str:
    """The note, signed with the home's key."""
    algorithm, public = public_key(home)
    root = base64.b64encode(checkpoint.root).decode()
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\ntime {checkpoint.at}\nkey {algorithm} {public}\n"
    signed = _key_id(checkpoint.origin, algorithm, public) + bytes.fromhex(sign(home, text.encode()).value)
    return f"{text}\n— {checkpoint.origin} {base64.b64encode(signed).decode()}\n"


def _key_id(name: str, algorithm: str, public: str) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _KIND[algorithm] + bytes.fromhex(public)).digest()[:4]


def read(note: str, where: str) -> tuple[Checkpoint, Signature]:
    """A checkpoint whose signature fits. UserError where it is none, or was changed."""
    found = _NOTE.fullmatch(note.replace("\r\n", "\n"))
    mistake = UserError("不是日志检查点，或文件已损坏", where=where, do="请给出 yijian log checkpoint 写出的文件")
    if found is None or found["algorithm"] not in _KIND:
        raise mistake
    try:
        root, signed = (base64.b64decode(found[name], validate=True) for name in ("root", "signed"))
        signature = Signature(found["algorithm"], found["key"], signed[4:].hex())
        known = signed[:4] == _key_id(found["name"], found["algorithm"], found["key"])
    except (binascii.Error, ValueError):
        raise mistake from None
    if len(root) != HASH_BYTES or found["name"] != found["origin"]:
        raise mistake
    if not known or not is_signed(signature, found["text"].encode()):
        raise UserError("签名与内容不符：检查点被改动过", where=where, do="请向保管单位重新取得该文件，并报告此事")
    return Checkpoint(found["origin"], int(found["size"]), root, found["at"]), signature


def read_file(path: Path) -> tuple[Checkpoint, Signature]:
    """The checkpoint in a file. UserError as in `read`, and where there is no such file."""
    try:
        return read(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise UserError("不是日志检查点，或文件已损坏", where=str(path), do="请给出 yijian log checkpoint 写出的文件") from None
    except OSError as fault:
        raise UserError(f"检查点文件打不开：{fault.strerror}", where=str(path), do="请检查路径") from None
