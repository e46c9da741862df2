"""Finds `rules/` and `knowledge/`: at the root of a checkout, inside the package of an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent.parent


def content(name: str) -> Path:
    """The folder `rules` or `knowledge` that ships with the project."""
    packed = _PACKAGE / "_content" / name
    return packed if packed.is_dir() else _CHECKOUT / name
