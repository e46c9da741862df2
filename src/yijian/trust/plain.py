"""Texts from elsewhere: without control characters, which databases refuse and terminals obey; names that are no paths."""

import re
from collections.abc import Iterable, Mapping

MOST_NAME = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def plain(value: object, *, lines: bool = False) -> bool:
    """Whether no text in it, in lists or mappings, has a control character. lines: line ends and tabs may be there."""
    if isinstance(value, str):
        return not (_CONTROL_BUT_LINES if lines else _CONTROL).search(value)
    if isinstance(value, Mapping):
        return all(plain(one, lines=lines) for one in value.values())  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, Iterable):
        return all(plain(one, lines=lines) for one in value)  # pyright: ignore[reportUnknownVariableType]
    return True


def is_name(text: str) -> bool:
    """Whether it is the name of a file, and of nothing else: no path, not empty, not longer than file systems take."""
    return plain(text) and 0 < len(text) <= MOST_NAME and text not in (".", "..") and not set("/\\") & set(text)
