"""The registry of figures: `figures.toml` as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from yijian.web.statistics.sources import SOURCES


@dataclass(frozen=True)
class Figure:
    """One line of `figures.toml`."""

    title: str
    says: str
    source: str = ""
    where: Mapping[str, Any] = field(default_factory=dict[str, Any])
    sum: tuple[str, ...] = ()
    yuan: bool = False
    parties: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    once: bool = False
    """Parties count once in all months together, which no month's table can say."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The figures that it is made of; none where it stands on a ledger itself."""
        return self.parties or self.adds


@cache
def figures() -> dict[str, Figure]:
    """All of them by their word. ValueError where one has no source, or parts that are none: a fault in the file."""
    said = tomllib.loads((Path(__file__).parent / "figures.toml").read_text(encoding="utf-8"))
    found = {word: msgspec.convert(one, Figure, strict=True) for word, one in said.items()}
    for word, one in found.items():
        if (one.source not in SOURCES and not one.parts) or any(part not in found or found[part].parts for part in one.parts):
            raise ValueError(f"figures.toml: {word} has neither a source nor parts")
    return found


def stands_on(word: str) -> tuple[str, ...]:
    """The figures with a ledger of their own that one is made of: itself, or its parts."""
    return figures()[word].parts or (word,)


def is_yuan(word: str) -> bool:
    """Whether it is an amount, and not a number of things."""
    return any(figures()[part].yuan for part in stands_on(word))


def is_stock(word: str) -> bool:
    """Whether it says what there is now, and not what happened in a month."""
    return all(not SOURCES[figures()[part].source].day for part in stands_on(word))
