"""The checks of intake as declared in `checks.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class Check(msgspec.Struct, frozen=True):
    """A named check: severity `rejected` (row to quarantine) or `suspect` (row loaded and reported)."""

    severity: str
    title: str
    do: str


@cache
def checks() -> dict[str, Check]:
    """All checks by name."""
    raw = tomllib.loads((files(__package__ or "") / "checks.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, dict[str, Check])
