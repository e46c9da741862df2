"""Sealing bytes with the installation's key: AES-256-GCM, or SM4-GCM where `keys/cipher.toml` says so.

A sealed value begins with a byte for its cipher, so that values sealed before a change of cipher stay readable.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from yijian.trust.keys import CIPHERS, cipher, key
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

_MARK = {"aes-256-gcm": b"\x01", "sm4-gcm": b"\x02"}
_NONCE, _TAG = 12, 16


class Sealer:
    """Seals and opens bytes. `context` is bound to a value: a value moved to another place does not open."""

    def __init__(self, home: Home) -> None:
        self._home, self._cipher = home, cipher(home)
        self._keys: dict[str, bytes] = {}

    def _key(self, named: str) -> bytes:
        if named not in self._keys:
            self._keys[named] = key(self._home, f"vault-{named}", CIPHERS[named])
        return self._keys[named]

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypted and authenticated bytes."""
        nonce = secrets.token_bytes(_NONCE)
        if self._cipher == "aes-256-gcm":
            return _MARK[self._cipher] + nonce + AESGCM(self._key(self._cipher)).encrypt(nonce, plain, context)
        encryptor = Cipher(SM4(self._key(self._cipher)), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        return _MARK[self._cipher] + nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The bytes that were sealed. Raises UserError if they were changed or the key is another."""
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            if sealed[:1] == _MARK["aes-256-gcm"]:
                return AESGCM(self._key("aes-256-gcm")).decrypt(nonce, body, context)
            decryptor = Cipher(SM4(self._key("sm4-gcm")), GCM(nonce, body[-_TAG:])).decryptor()
            decryptor.authenticate_additional_data(context)
            return decryptor.update(body[:-_TAG]) + decryptor.finalize()
        except (InvalidTag, ValueError):
            raise UserError(
                "加密内容无法解开：密钥不符或内容被改动", where=str(self._home.keys), do="请恢复导入时使用的密钥"
            ) from None
