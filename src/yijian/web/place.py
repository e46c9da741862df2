"""Where the pages keep their database and their key: in `Home.web`, or where the environment says."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home


def secret_key(home: Home) -> str:
    """The key of sessions and signatures: the environment's, else the home's, made at its first use.

    Where the home has no folder for the pages yet (tests, checks) it lasts as long as the process.
    """
    given = os.environ.get("YIJIAN_SECRET_KEY")
    if given:
        return given
    path = home.web / "secret_key"
    if path.exists():
        return path.read_text(encoding="ascii")
    fresh = secrets.token_urlsafe(60)
    if home.web.is_dir():
        write_private(path, fresh)
    return fresh


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read. It appears whole; one that is there already is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(path)


def database(home: Home) -> dict[str, Any]:
    """Django's description of the database: PostgreSQL by YIJIAN_DATABASE_URL, else SQLite in the home."""
    url = os.environ.get("YIJIAN_DATABASE_URL")
    if url:
        return _postgresql(url)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home.web / "yijian.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise UserError(
            "数据库地址看不懂", where="环境变量 YIJIAN_DATABASE_URL", do="请写成 postgresql://用户:密码@主机:端口/库名"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),  # a folder of a socket is written %2Frun%2Fpostgresql
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


def oidc() -> dict[str, Any]:
    """The OIDC provider that people may log in at; empty where YIJIAN_OIDC_ISSUER is not set.

    YIJIAN_OIDC_ISSUER          https address whose /.well-known/openid-configuration says the rest
    YIJIAN_OIDC_CLIENT_ID, YIJIAN_OIDC_CLIENT_SECRET
    YIJIAN_OIDC_CLAIM           the claim that is the account's name here (preferred_username)
    YIJIAN_OIDC_SCOPE           (openid profile)
    YIJIAN_OIDC_NAME            what the log-in page calls it (统一身份认证)
    YIJIAN_OIDC_SECOND_FACTOR   1: the provider asks for a second factor itself, so the pages do not

    UserError where the issuer is named and the client is not, or the issuer is no https address (loopback excepted).
    """
    given = {k.removeprefix("YIJIAN_OIDC_").lower(): v for k, v in os.environ.items() if k.startswith("YIJIAN_OIDC_")}
    if not given.get("issuer"):
        return {}
    for name in ("client_id", "client_secret"):
        if not given.get(name):
            where = f"环境变量 YIJIAN_OIDC_{name.upper()}"
            raise UserError("统一身份认证的配置不全", where=where, do="请补上，或去掉 YIJIAN_OIDC_ISSUER")
    parts = urlsplit(given["issuer"])
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        where = "环境变量 YIJIAN_OIDC_ISSUER"
        raise UserError("统一身份认证的地址必须以 https:// 开头", where=where, do="请改用加密的地址")
    return {
        "issuer": given["issuer"],
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        "claim": given.get("claim") or "preferred_username",
        "scope": given.get("scope") or "openid profile",
        "name": given.get("name") or "统一身份认证",
        "second_factor": given.get("second_factor") == "1",
    }
