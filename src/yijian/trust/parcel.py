"""One signed and sealed file between two offices (docs/transfer-file.md):

    {"form":"yijian-transfer/1","kind":…,"number":…,"sender":…,"recipient":…,"manifest":…,"key":…}    head, one line
    {"algorithm":"ed25519","value":…}                                                                signature of the head
    …                                                                                                the body, bytes

1. The body is a zip without compression, encrypted with a fresh key (XSalsa20-Poly1305: 24 bytes of nonce, then the text).
2. `key` is that key, sealed to the recipient (crypto_box_seal: X25519).
3. The zip holds `manifest.json`, and `files/1`, `files/2` …; `manifest` in the head is its SHA-256, and the manifest has that of
   each file. So the head's signature covers everything, and head, signature and manifest alone prove what was sent.
4. The manifest repeats kind, number, sender and recipient: nobody signs somebody else's body as his own.

Nothing is compressed and no more is unpacked than came in, so there is nothing that grows.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox
from nacl.secret import SecretBox

from yijian.trust.office import OfficeKey, fingerprint, own_key, sealing_key
from yijian.trust.plain import is_name, plain
from yijian.trust.signing import Signature, is_signed, sign
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

FORM = "yijian-transfer/1"
KINDS = {"letter": "移送书", "receipt": "回执", "ask": "补正通知", "supplement": "补正材料", "result": "处理结果"}
MONTH = {"month": "统计月报"}
"""What statistics send upward in the same envelope (`trust.months`)."""
MOST_BYTES = 200 * 2**20
"""Of a whole file: it is opened in memory."""
MOST_FILES = 100
MOST_HEAD = 4096
MOST_ORGAN = 200
MANIFEST = "manifest.json"


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be read without a key. sender, recipient: ids of keys; manifest: SHA-256; key: base64."""

    form: str
    kind: str
    number: str
    sender: str
    recipient: str
    manifest: str
    key: str


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second line. The public key is not in it: who checks it has it already."""

    algorithm: str
    value: str


class File(msgspec.Struct, frozen=True):
    """A file inside: its name for people, its length, its SHA-256."""

    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What is inside. organ: the sender in words; at: UTC; answers: hash of the letter's manifest that this one answers, or ''.

    said: what the kind says (`trust.letters`); nonce: random, so that the manifest's hash tells nothing.
    """

    form: str
    nonce: str
    kind: str
    number: str
    sender: str
    recipient: str
    organ: str
    at: str
    answers: str
    said: msgspec.Raw
    files: list[File]


@dataclass(frozen=True)
class Parcel:
    """An opened file whose signature, recipient and hashes are right. proof: head, signature and manifest, as they came."""

    head: Head
    sender: OfficeKey
    manifest: Manifest
    files: Sequence[tuple[File, bytes]]
    proof: tuple[str, str, str]


@dataclass(frozen=True)
class Contents:
    """What is to be packed."""

    kind: str
    number: str
    organ: str
    said: object
    files: Sequence[tuple[str, bytes]] = ()
    answers: str = ""


def pack(home: Home, contents: Contents, recipient: OfficeKey, *, when: datetime) -> tuple[bytes, Head, str]:
    """The file, its head, and its manifest as text. UserError where it is too large."""
    if len(contents.files) > MOST_FILES or sum(len(held) for _, held in contents.files) > MOST_BYTES - 2**20:
        most = f"{MOST_FILES} 个文件、共 {MOST_BYTES // 2**20} MB"
        raise UserError(f"移送文件最多装 {most}", do="请减少附件，其余另行送达")
    own = own_key(home, contents.organ)
    manifest = msgspec.json.encode(
        Manifest(
            FORM, secrets.token_hex(16), contents.kind, contents.number, own.id, recipient.id, contents.organ,
            when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), contents.answers,
            msgspec.Raw(msgspec.json.encode(contents.said)),
            [File(name, len(held), hashlib.sha256(held).hexdigest()) for name, held in contents.files],
        )
    )  # fmt: skip
    secret = secrets.token_bytes(SecretBox.KEY_SIZE)
    sealed = SealedBox(PublicKey(bytes.fromhex(recipient.sealing))).encrypt(secret)
    head = Head(
        FORM, contents.kind, contents.number, own.id, recipient.id, hashlib.sha256(manifest).hexdigest(),
        base64.b64encode(sealed).decode(),
    )  # fmt: skip
    line = msgspec.json.encode(head)
    signature = sign(home, line)
    second = msgspec.json.encode(Signed(signature.algorithm, signature.value))
    body = SecretBox(secret).encrypt(_zipped(manifest, [held for _, held in contents.files]))
    return b"\n".join((line, second, bytes(body))), head, manifest.decode()


def _zipped(manifest: bytes, files: Sequence[bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as made:
        for name, held in ((MANIFEST, manifest), *((f"files/{n}", held) for n, held in enumerate(files, 1))):
            made.writestr(ZipInfo(name), held)
    return out.getvalue()


def head_of(data: bytes, where: str, kinds: Mapping[str, str] = KINDS) -> tuple[Head, Signed, bytes, bytes]:
    """Head, signature, the head's line, the body; nothing of it is checked yet. UserError where it is no such file.

    kinds: word → title of what is expected.
    """
    mistake = UserError("不是移送文件，或文件已损坏", where=where, do="请向发件单位重新取得该文件")
    if len(data) > MOST_BYTES:
        raise UserError(f"文件超过 {MOST_BYTES // 2**20} MB，没有打开", where=where, do="请发件单位减少附件")
    first = data.find(b"\n", 0, MOST_HEAD)
    second = data.find(b"\n", first + 1, first + MOST_HEAD) if first > 0 else -1
    if second < 0:
        raise mistake
    line = data[:first]
    try:
        head = msgspec.json.decode(line, type=Head)
        signed = msgspec.json.decode(data[first + 1 : second], type=Signed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise mistake from None
    if head.form != FORM and plain(head.form):
        raise UserError(f"文件是另一种格式（{head.form[:40]}），本程序读 {FORM}", where=where, do="请双方使用相同版本的程序")
    if head.form == FORM and head.kind not in kinds and head.kind in {**KINDS, **MONTH}:
        said = "、".join(kinds.values())
        raise UserError(f"这是{ {**KINDS, **MONTH}[head.kind] }的文件，这里接收{said}", where=where, do="请到对应的页面上传")
    if head.form != FORM or head.kind not in kinds or not plain(msgspec.to_builtins(head)):
        raise mistake
    return head, signed, line, data[second + 1 :]


def open_parcel(
    home: Home, data: bytes, senders: Mapping[str, OfficeKey], where: str, kinds: Mapping[str, str] = KINDS
) -> Parcel:
    """Open a file that came in. senders: key id → key of the offices that are known; kinds: as of `head_of`.

    UserError, in this order, for what is no such file, an unknown sender, a wrong signature, another recipient, what was altered,
    and for names and texts that are none.
    """
    head, signed, line, body = head_of(data, where, kinds)
    sender = senders.get(head.sender)
    if sender is None:
        raise UserError(
            f"发件单位的公钥没有登记（指纹 {fingerprint(head.sender)}）", where=where, do="请核对指纹并登记对方公钥后再打开"
        )
    if signed.algorithm != sender.algorithm or not is_signed(Signature(sender.algorithm, sender.signing, signed.value), line):
        raise UserError("签名与内容不符：文件被改动过，或不是该单位发出的", where=where, do="请向发件单位重新取得，并报告此事")
    if head.recipient != own_key(home, "").id:
        raise UserError("文件不是发给本单位的，打不开", where=where, do="请退回发件单位，或转交收件单位")
    altered = UserError("文件内容被改动过或已损坏", where=where, do="请向发件单位重新取得该文件")
    try:
        secret = SealedBox(sealing_key(home)).decrypt(base64.b64decode(head.key, validate=True))
        held, files = _unzipped(SecretBox(secret).decrypt(body))
        manifest = msgspec.json.decode(held, type=Manifest)
    except (CryptoError, ValueError, TypeError, BadZipFile, EOFError, OverflowError, RuntimeError):
        raise altered from None  # RuntimeError: an encrypted member, or what is nested too deeply; msgspec's is a ValueError
    same = (manifest.form, manifest.kind, manifest.number, manifest.sender, manifest.recipient)
    if same != (head.form, head.kind, head.number, head.sender, head.recipient):
        raise altered
    if hashlib.sha256(held).hexdigest() != head.manifest or len(files) != len(manifest.files):
        raise altered
    pairs = list(zip(manifest.files, files, strict=True))
    if any(len(got) != said.bytes or hashlib.sha256(got).hexdigest() != said.sha256 for said, got in pairs):
        raise altered
    if not all(is_name(one.name) for one in manifest.files):
        wrong = "有附件没有名称，或名称含有路径或控制字符"
        raise UserError(wrong, where=where, do="请发件单位改正附件名称后重新制作")
    if not plain((manifest.nonce, manifest.organ, manifest.at, manifest.answers)) or len(manifest.organ) > MOST_ORGAN:
        raise UserError("发件单位或时间过长，或含有控制字符", where=where, do="请发件单位重新制作")
    second = msgspec.json.encode(signed).decode()
    return Parcel(head, sender, manifest, pairs, (line.decode(), second, held.decode()))


def _unzipped(plain: bytes) -> tuple[bytes, list[bytes]]:
    """The manifest and the files. ValueError where one is compressed, named otherwise, or claims to be more than came."""
    with ZipFile(BytesIO(plain)) as parts:
        infos = parts.infolist()
        wanted = [MANIFEST, *(f"files/{n}" for n in range(1, len(infos)))]
        if len(infos) > MOST_FILES + 1 or [one.filename for one in infos] != wanted:
            raise ValueError("unexpected members")
        if any(one.compress_type != ZIP_STORED for one in infos) or sum(one.file_size for one in infos) > len(plain):
            raise ValueError("members that grow")
        manifest, *files = (parts.read(one) for one in infos)
    return manifest, files
