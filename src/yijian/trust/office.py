"""The keys of an office that sends and receives sealed files: one to sign with, one to open with.

The private halves lie in `keys/` (mode 0600, made at first use): the installation's signing key (`signing`), and an X25519 key,
`transfer-sealing.key`. The public halves travel as a file signed by the first; people compare their fingerprint on another way.
"""

import hashlib
import re

import msgspec
from nacl.public import PrivateKey

from yijian.trust.keys import key
from yijian.trust.signing import ALGORITHMS, public_key, read_signed, signed_file
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

FORM = "yijian-office-key/1"
MOST_BYTES = 10_000
"""Of a key file."""
_HEX = re.compile(r"[0-9a-f]{64}|[0-9a-f]{128}")


class OfficeKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The public halves, in hex digits. algorithm: of `signing` (`ed25519`, `sm2`); `sealing`: X25519, 32 bytes."""

    form: str
    name: str
    algorithm: str
    signing: str
    sealing: str

    @property
    def id(self) -> str:
        """SHA-256 of both keys, 64 hex digits: by it files name sender and recipient. The office's name is no part of it."""
        return hashlib.sha256(f"{self.algorithm}:{self.signing}:{self.sealing}".encode()).hexdigest()

    @property
    def fingerprint(self) -> str:
        """What two people read to each other: the first half of `id`, in fours."""
        return fingerprint(self.id)


def fingerprint(key_id: str) -> str:
    """A key's id as people compare it: 32 digits in fours."""
    return " ".join(key_id[i : i + 4] for i in range(0, 32, 4))


def sealing_key(home: Home) -> PrivateKey:
    """The private half that opens what is sealed to this office, made at first use."""
    return PrivateKey(key(home, "transfer-sealing"))


def own_key(home: Home, name: str) -> OfficeKey:
    """This office's public halves; made at first use."""
    algorithm, signing = public_key(home)
    return OfficeKey(FORM, name, algorithm, signing, bytes(sealing_key(home).public_key).hex())


def key_file(home: Home, name: str) -> bytes:
    """The public halves as they are given to others: a signed JSON document."""
    return signed_file(home, own_key(home, name))


def read_key(data: bytes, where: str) -> OfficeKey:
    """Somebody's public halves. UserError where it is no such file, or somebody else signed it."""
    signed = read_signed(data, where)
    try:
        found = msgspec.json.decode(signed.content, type=OfficeKey)
    except msgspec.DecodeError:
        found = None
    if found is None or found.form != FORM or found.algorithm not in ALGORITHMS or not found.name.strip():
        raise UserError("不是单位公钥文件", where=where, do="请使用 yijian transfer key 写出的文件")
    if not _HEX.fullmatch(found.signing) or len(found.sealing) != 64 or not _HEX.fullmatch(found.sealing):
        raise UserError("公钥文件里的公钥不完整", where=where, do="请向对方重新取得该文件")
    if (signed.signature.algorithm, signed.signature.public_key) != (found.algorithm, found.signing):
        raise UserError("公钥文件不是用其中的密钥签名的", where=where, do="请向对方重新取得该文件，并核对指纹")
    return found
