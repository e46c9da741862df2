"""The authorities and the categories of `bodies.toml`."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of authority. threshold: the parameter from which on a transfer to it is proposed; '' = none. names: their parts."""

    title: str
    threshold: str = ""
    names: tuple[str, ...] = ()


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is transferred. bodies: to whom; empty = whoever it comes from. causes: of cases whose penalty makes it due."""

    word: str
    direction: str
    title: str
    source: str
    bodies: tuple[str, ...] = ()
    causes: tuple[int, ...] = ()


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bodies: dict[str, Body]
    category: tuple[Category, ...]


@cache
def _table() -> _Table:
    said = tomllib.loads((Path(__file__).parent / "bodies.toml").read_text(encoding="utf-8"))
    return msgspec.convert(said, _Table)


def bodies() -> dict[str, Body]:
    """Word → authority, in the order of the file."""
    return _table().bodies


def categories(direction: str = "") -> dict[str, Category]:
    """Word → category of one direction, or of both, in the order of the file."""
    return {one.word: one for one in _table().category if direction in ("", one.direction)}


def suits(category: str, direction: str, body: str) -> bool:
    """Whether such a thing is transferred in this direction, to or from this authority."""
    found = categories(direction).get(category)
    return found is not None and body in bodies() and (not found.bodies or body in found.bodies)


def category_of_cause(cause: int) -> Category | None:
    """What a penalty for this cause is transferred as, or None where the notice names no such transfer."""
    return next((one for one in _table().category if cause in one.causes), None)


def body_named(name: str) -> str:
    """The kind of authority that an organisation is by its name, or ''."""
    return next((word for word, one in bodies().items() if any(part in name for part in one.names)), "")
