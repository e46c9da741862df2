"""The kinds of inspections, the kinds of subjects, and the checklists: data of `kinds.toml` and `checklists.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
from django.core.exceptions import ValidationError

SUBJECTS = {"medical": "定点医疗机构", "pharmacy": "定点零售药店", "agency": "经办机构"}
"""Kinds of subjects."""
ANSWERS = {"yes": "符合", "no": "不符合", "unseen": "未查看"}
"""What an item may be answered with."""


@dataclass(frozen=True)
class Kind:
    """A kind of inspection; see `kinds.toml`."""

    word: str
    title: str
    announced: bool = False
    abroad: bool = False
    sealed: bool = False


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at: what must be so, and how it is looked at."""

    what: str
    how: str


class Checklist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked at for one focus, at these kinds of subjects."""

    key: str
    title: str
    subjects: tuple[str, ...]
    source: str
    items: tuple[Item, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    checklist: tuple[Checklist, ...]


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by their word, in the order of the file."""
    said = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))
    return {word: Kind(word, **one) for word, one in said.items()}


@cache
def checklists() -> dict[str, Checklist]:
    """All checklists by their key, in the order of the file."""
    said = tomllib.loads((Path(__file__).parent / "checklists.toml").read_text(encoding="utf-8"))
    return {one.key: one for one in msgspec.convert(said, _File).checklist}


def fitting(subject_kind: str) -> list[Checklist]:
    """The checklists for a kind of subject."""
    return [one for one in checklists().values() if subject_kind in one.subjects]


def chosen(keys: Sequence[str], subject_kind: str) -> list[Checklist]:
    """The checklists of these keys. ValidationError where there is none, or one is for other subjects."""
    known = {one.key: one for one in fitting(subject_kind)}
    if not keys:
        raise ValidationError("请至少选择一份检查清单")
    if wrong := [checklists()[key].title if key in checklists() else key[:30] for key in keys if key not in known]:
        raise ValidationError(f"“{wrong[0]}”不适用于{SUBJECTS[subject_kind]}，请改选适用的清单")
    return [known[key] for key in dict.fromkeys(keys)]
