"""Keys of the vault, of tokens and of look-ups: random, one file each, mode 0600, apart from lake and vault."""

import os
import secrets
import tomllib

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

CIPHERS = {"aes-256-gcm": 32, "sm4-gcm": 16}
"""Ciphers that the vault knows, with the bytes of their key."""


def key(home: Home, purpose: str, size: int = 32) -> bytes:
    """The key for a purpose (`vault`, `token`, `lookup`), made at first use. Raises UserError if others may read it."""
    path = home.keys / f"{purpose}.key"
    try:
        return _read(home, purpose, size)
    except FileNotFoundError:
        home.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{purpose}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, secrets.token_bytes(size))
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(fresh, path)  # of two processes that make the key at the same time one wins, and both use its key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return _read(home, purpose, size)


def _read(home: Home, purpose: str, size: int) -> bytes:
    path = home.keys / f"{purpose}.key"
    with path.open("rb") as f:
        mode, value = os.fstat(f.fileno()).st_mode, f.read()
    if os.name == "posix" and mode & 0o077:  # elsewhere the folder's owner alone decides
        raise UserError("密钥文件可被其他用户读取", where=str(path), do=f"请运行 chmod 600 {path} 后重试")
    if len(value) != size:
        raise UserError("密钥文件已损坏", where=str(path), do="请从备份恢复密钥；没有密钥，已加密的身份信息无法读取")
    return value


def cipher(home: Home) -> str:
    """The cipher that `keys/cipher.toml` names (`cipher = "sm4-gcm"`); AES-256-GCM where there is no such file."""
    path = home.keys / "cipher.toml"
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8")).get("cipher", "")
    except FileNotFoundError:
        return "aes-256-gcm"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UserError("加密配置文件有误", where=str(path), do='请写成 cipher = "aes-256-gcm" 或 "sm4-gcm"') from None
    if named not in CIPHERS:
        raise UserError(f"不认识加密算法 “{named}”", where=str(path), do='请写成 cipher = "aes-256-gcm" 或 "sm4-gcm"')
    return named
