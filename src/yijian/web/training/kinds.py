"""The kinds of activities: `kinds.toml`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec


@dataclass(frozen=True)
class Kind:
    """One kind. attended: institutions or offices take part; counts: what is counted → its title; venues: where it may be."""

    word: str
    title: str
    attended: bool
    counts: dict[str, str] = field(default_factory=dict[str, str])
    venues: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by their word, in the order of the file."""
    said = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))
    return {word: msgspec.convert({"word": word, **one}, Kind) for word, one in said.items()}


def titles() -> dict[str, str]:
    """Everything that is counted, of all kinds."""
    return {what: title for kind in kinds().values() for what, title in kind.counts.items()}
