"""Which batch a workbook belongs to and since when its points have been in force; `batches.toml` holds the dates."""

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

OPEN = date(2000, 1, 1)
"""Since when a standing limit counts that names no date: before any claim."""
FOREVER = date(9999, 12, 31)
"""Until when a point counts that nothing has ended."""

_NAME = re.compile(r"第[一二三四五六七八九十]+批|20\d\d年\d{1,2}月更新")


class Batch(msgspec.Struct, frozen=True):
    """A published batch; an unknown one has no date."""

    name: str = ""
    published: date | None = None
    in_force: date | None = None
    whole: tuple[str, ...] = ()


class _Basis(msgspec.Struct, frozen=True):
    match: str
    in_force: date


@cache
def _file() -> tuple[dict[str, Batch], tuple[_Basis, ...]]:
    raw = tomllib.loads((files(__package__ or "") / "batches.toml").read_text(encoding="utf-8"))
    batches = {name: msgspec.convert({**spec, "name": name}, Batch) for name, spec in raw["batches"].items()}
    return batches, msgspec.convert(raw["bases"], tuple[_Basis, ...])


def batch_of(file_name: str) -> Batch:
    """The batch that a file name begins with, as the announcements name their attachments.

    >>> batch_of("第五批 药品限医疗机构级别.xlsx").published.isoformat()
    '2025-08-14'
    """
    found = _NAME.search(file_name)
    return _file()[0].get(found[0], Batch(found[0])) if found else Batch()


def in_force_since(batch: Batch, basis_header: str) -> date:
    """From when a point counts: the batch's own date, else its catalogue's (named by the basis column), else always."""
    if batch.in_force:
        return batch.in_force
    named = (b.in_force for b in _file()[1] if b.match in basis_header)
    return next(named, OPEN)
