"""Reading and writing files that others made or get: a sentence where that cannot be."""

import os
from pathlib import Path

from yijian.vocabulary.errors import UserError


def read_file(path: Path, most: int = 1 << 30) -> bytes:
    """A file from the disk. UserError where there is none, or it has more than so many bytes."""
    try:
        if path.stat().st_size > most:
            raise UserError(f"文件超过 {most // 2**20} MB", where=str(path), do="请核对文件")
        return path.read_bytes()
    except OSError as fault:
        raise UserError(f"文件打不开：{fault.strerror}", where=str(path), do="请检查路径") from None


def write_file(path: Path, held: bytes) -> None:
    """Write a file that only its owner reads; it appears whole. UserError where that cannot be."""
    fresh = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(held)
        fresh.replace(path)
    except OSError as fault:
        raise UserError(f"文件写不进去：{fault.strerror}", where=str(path), do="请换一个目录") from None
