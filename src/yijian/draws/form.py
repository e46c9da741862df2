"""How everything here is written: canonical JSON, SHA-256, and checks of what a file says."""

import json
import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from yijian.vocabulary.errors import UserError

LONGEST = 200
"""Characters of a text at most."""
HASH = re.compile(r"[0-9a-f]{64}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]|^ | $")
"""A line end would make two texts one; a space at an end is not seen."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

Json = dict[str, Any]


def canonical(said: object) -> bytes:
    """Keys sorted, no spaces, UTF-8 without escapes, no line end. Whole numbers and text only."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(content: bytes) -> str:
    """SHA-256 in 64 hexadecimal digits, small letters."""
    return sha256(content).hexdigest()


def read(path: Path) -> Json:
    """An object from a file in canonical form with one line end. UserError where it is not."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise UserError(f"文件打不开：{fault.strerror}", where=str(path), do="请检查路径") from None
    return parse(content, str(path))


def parse(content: bytes, where: str) -> Json:
    """The same from bytes; `where` is said in the sentence of the UserError."""
    try:
        said = json.loads(content)
        same = canonical(said) + b"\n" == content
    except (ValueError, RecursionError):
        raise UserError("不是抽取文件，或文件已损坏", where=where, do="请重新取得该文件") from None
    if not isinstance(said, dict) or not same:
        raise UserError("文件不是规范的写法，写出之后被改动过", where=where, do="请重新取得该文件") from None
    return cast("Json", said)


def write(path: Path, said: Json) -> None:
    """Write an object; the file appears whole. UserError where that cannot be, or where the file is there already."""
    if path.exists():
        raise UserError("文件已存在，不覆盖", where=str(path), do="请换一个文件名")
    fresh = path.with_name(f".{path.name}.part")
    try:
        fresh.write_bytes(canonical(said) + b"\n")
        fresh.replace(path)
    except OSError as fault:
        raise UserError(f"文件写不进去：{fault.strerror}", where=str(path), do="请换一个目录") from None


class Broken(Exception):
    """One Chinese sentence: what of a draw's file is not as docs/draws.md says, and where."""


def fields(said: object, names: set[str], where: str) -> Json:
    """An object with exactly these fields. Broken otherwise."""
    if not isinstance(said, dict):
        raise Broken(f"{where}应是一个对象")
    found = cast("Json", said)
    if missing := sorted(names - found.keys()):
        raise Broken(f"{where}缺少 {missing[0]}")
    if extra := sorted(found.keys() - names):
        raise Broken(f"{where}多出 {extra[0]}")
    return found


def items(said: object, where: str) -> list[object]:
    """A list. Broken otherwise."""
    if not isinstance(said, list):
        raise Broken(f"{where}应是一个列表")
    return cast("list[object]", said)


def text(said: object, where: str, *, empty: bool = False) -> str:
    """One line of text. Broken otherwise."""
    if type(said) is not str or len(said) > LONGEST or not (said or empty):
        raise Broken(f"{where}应是 {'0' if empty else '1'} 至 {LONGEST} 个字的文字")
    if UNSEEN.search(said):
        raise Broken(f"{where}含有换行、控制字符或首尾空格")
    return said


def whole(said: object, most: int, where: str) -> int:
    """A whole number from 0 to `most`. Broken otherwise."""
    if type(said) is not int or not 0 <= said <= most:
        raise Broken(f"{where}应是 0 至 {most} 的整数")
    return said


def hashed(said: object, where: str) -> str:
    """64 hexadecimal digits in small letters. Broken otherwise."""
    if type(said) is not str or not HASH.fullmatch(said):
        raise Broken(f"{where}应是 64 位小写十六进制数")
    return said


def moment(said: object, where: str) -> str:
    """A moment of the universal time. Broken otherwise."""
    if type(said) is str and MOMENT.fullmatch(said):
        try:
            datetime.fromisoformat(said)
        except ValueError:
            pass
        else:
            return said
    raise Broken(f"{where}应是 2026-01-02T03:04:05Z 这样的世界时")
