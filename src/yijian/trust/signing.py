"""What this installation signs, others can check: Ed25519, or SM2 where `keys/signing.toml` says `algorithm = "sm2"`.

The private key never leaves `keys/`; the public key travels with each signature. Who trusts a signature must know the
signer's public key from elsewhere (`fingerprint` is what people compare).
"""

import hashlib
import tomllib

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yijian.trust import sm2
from yijian.trust.keys import key
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

ALGORITHMS = ("ed25519", "sm2")


class Signature(msgspec.Struct, frozen=True):
    """A signature over bytes. `public_key` and `value` in hex digits."""

    algorithm: str
    public_key: str
    value: str

    @property
    def fingerprint(self) -> str:
        """What people compare: sixteen hex digits of the public key's SHA-256, in fours."""
        digits = hashlib.sha256(self.public_key.encode()).hexdigest()[:16]
        return " ".join(digits[i : i + 4] for i in range(0, 16, 4))


class Signed(msgspec.Struct, frozen=True):
    """A signed document as it is written to a file: `content` is exactly the bytes that were signed."""

    content: msgspec.Raw
    signature: Signature


def algorithm(home: Home) -> str:
    """What this installation signs with. UserError where the configuration names something unknown."""
    path = home.keys / "signing.toml"
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8")).get("algorithm", "")
    except FileNotFoundError:
        return ALGORITHMS[0]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        named = ""
    if named not in ALGORITHMS:
        raise UserError("签名配置文件有误", where=str(path), do='请写成 algorithm = "ed25519" 或 "sm2"')
    return named


def public_key(home: Home) -> tuple[str, str]:
    """The algorithm and the public key (hex digits) that this installation signs with; the key is made at first use."""
    named = algorithm(home)
    secret = key(home, f"signing-{named}")
    if named == "sm2":
        return named, sm2.public_of(secret)
    return named, Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()


def sign(home: Home, message: bytes) -> Signature:
    """Sign with the installation's key, made at first use."""
    named, public = public_key(home)
    secret = key(home, f"signing-{named}")
    if named == "sm2":
        return Signature(named, public, sm2.sign(secret, message))
    return Signature(named, public, Ed25519PrivateKey.from_private_bytes(secret).sign(message).hex())


def is_signed(signature: Signature, message: bytes) -> bool:
    """Whether the signature's key signed the message."""
    if signature.algorithm == "sm2":
        return sm2.verify(signature.public_key, signature.value, message)
    if signature.algorithm != "ed25519":
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
        public.verify(bytes.fromhex(signature.value), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def signed_file(home: Home, content: object) -> bytes:
    """A document with its signature, as JSON."""
    plain = msgspec.json.encode(content, order="deterministic")
    return msgspec.json.encode(Signed(msgspec.Raw(plain), sign(home, plain))) + b"\n"


def read_signed(data: bytes, where: str) -> Signed:
    """A signed document. UserError where it is not one, or where the signature does not fit the content."""
    try:
        signed = msgspec.json.decode(data, type=Signed)
    except (msgspec.DecodeError, RuntimeError):  # RuntimeError: nested too deeply
        raise UserError("不是签名文件，或文件已损坏", where=where, do="请重新取得该文件") from None
    if not is_signed(signed.signature, bytes(signed.content)):
        raise UserError("签名与内容不符：内容被改动过", where=where, do="请向签发单位重新取得该文件，并报告此事")
    return signed
