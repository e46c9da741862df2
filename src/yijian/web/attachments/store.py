"""Where attached files lie: `Home.attachments`/ab/abcd…, by their SHA-256, readable by the owner only, the same content once."""

import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

DAY = 24 * 3600


def _path(home: Home, sha256: str) -> Path:
    return home.attachments / sha256[:2] / sha256


def put(home: Home, chunks: Iterable[bytes]) -> str:
    """Keep a content; its SHA-256. It appears whole or not at all."""
    home.attachments.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=home.attachments, prefix=".", delete=False) as out:  # made with mode 0600
        fresh = Path(out.name)
        try:
            for chunk in chunks:
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
            path = _path(home, digest.hexdigest())
            path.parent.mkdir(exist_ok=True, mode=0o700)
            fresh.replace(path)  # over the same content, so that `sweep` sees it as new
        finally:
            fresh.unlink(missing_ok=True)
    return digest.hexdigest()


def read(home: Home, sha256: str) -> bytes:
    """A content that was kept. UserError where it is gone or was altered on the disk."""
    path = _path(home, sha256)
    if not path.is_file():
        raise UserError("这份附件的文件不在存储中", where=sha256[:12], do="请联系系统管理员从备份恢复")
    held = path.read_bytes()
    if hashlib.sha256(held).hexdigest() != sha256:
        raise UserError("这份附件的内容与上传时不一致，已停止下载", where=sha256[:12], do="请联系系统管理员核对存储与备份")
    return held


def sweep(home: Home, known: Iterable[str]) -> int:
    """Remove what no record names for a day: uploads whose action was refused at the end. How many files.

    known: the hashes of all attachments.
    """
    if not home.attachments.is_dir():
        return 0
    kept, long_ago, gone = set(known), time.time() - DAY, 0
    for path in home.attachments.rglob("*"):
        if path.is_file() and path.name not in kept and path.stat().st_mtime < long_ago:
            path.unlink()
            gone += 1
    return gone
