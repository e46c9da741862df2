"""Where the pages keep their database and their key: in `Home.web`, or where the environment says."""

import os
import secrets
from dataclasses import dataclass
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


def own_host(name: str, not_the_one_of: str = "") -> str:
    """A host name of its own for some pages, or '': the environment variable `name`. UserError where another one has the same."""
    host = os.environ.get(name, "").strip().lower()
    if host and not_the_one_of and host == os.environ.get(not_the_one_of, "").strip().lower():
        raise UserError(f"{name} 与 {not_the_one_of} 是同一个域名", do="请分别设不同的域名：举报页面不能有访问日志和缓存")
    return host


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


PORTS = {"ssl": 465, "starttls": 587, "none": 25}
"""How the connection to a mail server is protected, and the port that is usual for it."""


@dataclass(frozen=True)
class Mail:
    """Whom mail is handed to, who sends it, the address of the pages, and from which hour of a working day it is sent."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    site: str
    hour: int


def mail() -> Mail | None:
    """The mail server for daily digests; None, and no mail, where YIJIAN_MAIL_HOST is not set.

    YIJIAN_MAIL_HOST, YIJIAN_MAIL_PORT      the server (465, 587 or 25, as its security is)
    YIJIAN_MAIL_SECURITY                    ssl (the default) | starttls | none
    YIJIAN_MAIL_USER, YIJIAN_MAIL_PASSWORD  where it asks for them
    YIJIAN_MAIL_FROM                        the sender's address
    YIJIAN_MAIL_SITE                        how the pages are reached, for the link: https://…
    YIJIAN_MAIL_HOUR                        from which hour (8)

    UserError where something is missing or cannot be.
    """
    given = {k.removeprefix("YIJIAN_MAIL_").lower(): v for k, v in os.environ.items() if k.startswith("YIJIAN_MAIL_")}
    if not given.get("host"):
        return None
    security = given.get("security") or "ssl"
    if security not in PORTS:
        raise UserError("邮件服务器的加密方式看不懂", where="环境变量 YIJIAN_MAIL_SECURITY", do="请写 ssl、starttls 或 none")
    if "@" not in given.get("from", ""):
        raise UserError("邮件的发件地址没有写明", where="环境变量 YIJIAN_MAIL_FROM", do="请写成 name@example.com 的样子")
    site = given.get("site", "").rstrip("/")
    if urlsplit(site).scheme not in ("https", "http") or not urlsplit(site).hostname:
        raise UserError("邮件里的登录地址没有写明", where="环境变量 YIJIAN_MAIL_SITE", do="请写成 https://主机 的样子")
    return Mail(
        host=given["host"],
        port=_number("port", given.get("port") or str(PORTS[security]), 1, 65535),
        security=security,
        user=given.get("user", ""),
        password=given.get("password", ""),
        sender=given["from"],
        site=site,
        hour=_number("hour", given.get("hour") or "8", 0, 23),
    )


def _number(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        where = f"环境变量 YIJIAN_MAIL_{name.upper()}"
        raise UserError(f"“{text[:20]}”应是 {least} 到 {most} 的整数", where=where, do="请更正，或去掉它而用默认值")
    return int(text)
