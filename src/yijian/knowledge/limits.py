"""Reads limits from a point: from its own columns where it has them, from the official Chinese text elsewhere.

`limits.toml` holds the patterns. What no pattern reads, or what two patterns read differently, stays None: the row
is kept with its sentence, no rule judges by it, and a person must look.
"""

import re
import tomllib
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

import msgspec

from yijian.knowledge.lists import Column, KnowledgeList

Limit = str | int | Decimal | None
"""A limit as it is stored: text, whole number or decimal; None = a person must look."""

_NUMBERED = re.compile(r"(?:^|(?<=[:;。,\n]))\s*\d{1,2}\.(?=\D|\d+(?:\.\d+)?周?岁)")


class Pattern(msgspec.Struct, frozen=True):
    """One way to say a limit: where `match` is found, `sets` is meant ("$1" = group 1); or a person must look."""

    match: str
    sets: dict[str, str | int] = {}
    tier: int = 0
    person: bool = False


class Group(msgspec.Struct, frozen=True):
    """The patterns for some limits of some lists."""

    limits: tuple[str, ...]
    lists: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    widest: bool = False
    fill: dict[str, int] = {}


class _File(msgspec.Struct, frozen=True):
    words: dict[str, dict[str, str]]
    groups: dict[str, Group]


@cache
def _file() -> _File:
    raw = tomllib.loads((files(__package__ or "") / "limits.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, _File)


def plain(text: str) -> str:
    """Text as patterns see it: compatibility forms and full-width signs folded, list numbers gone.

    >>> plain("限：1.1岁至14岁⼉童")
    '限:1岁至14岁儿童'
    """
    return _NUMBERED.sub("", unicodedata.normalize("NFKC", text).replace("～", "~"))


def limits_of(kind: KnowledgeList, columns: dict[str, str], note: str, logic: str = "") -> dict[str, Limit]:
    """The limits of one point.

    `columns` are the cells of its own limit columns (as text), `note` its official basis, `logic` the published
    检出逻辑, which is read only where the basis says nothing. Every limit of the list is a key of the answer.
    """
    found: dict[str, Limit] = dict.fromkeys(c.name for c in kind.limits)
    for column in kind.limits:
        if cell := columns.get(column.name, "").strip():
            found[column.name] = from_cell(column, cell)
    for group in _file().groups.values():
        if kind.id in group.lists and not any(columns.get(name, "").strip() for name in group.limits):
            found.update(_read(group, plain(note)) or _read(group, plain(logic)) or {})
    return found


def from_cell(column: Column, cell: str) -> Limit:
    """A cell as its column's type; None where it is none of its lawful words or no number."""
    word = unicodedata.normalize("NFKC", cell).strip()
    if column.type == "text":
        known = {**{v: k for k, v in column.values.items()}, **_file().words.get(column.name, {})}
        if column.values and word not in column.values:
            return known.get(word)
        return cell.strip() if not column.values else word
    by_title = {v: k for k, v in column.values.items()}
    try:
        number = Decimal(by_title.get(word, word))
    except InvalidOperation:
        return None
    if not number.is_finite() or (column.values and str(number.normalize()) not in column.values):
        return None
    if column.type == "integer":
        return int(number) if number == number.to_integral_value() else None
    return number


def _read(group: Group, text: str) -> dict[str, Limit]:
    """What a text says about the group's limits; {} where it says nothing or a person must look."""
    matched = [(p, m) for p in group.patterns for m in re.finditer(p.match, text)]
    if not matched:
        return {}
    tier = min(p.tier for p, _ in matched)
    deciding = [(p, m) for p, m in matched if p.tier == tier]
    if any(p.person for p, _ in deciding):
        return dict.fromkeys(group.limits)  # not {}: the text has spoken, nothing else is asked
    answers = [{**group.fill, **{k: _value(v, m) for k, v in p.sets.items()}} for p, m in deciding]
    if group.widest:
        return {
            "min_age": min(a["min_age"] for a in answers),
            "max_age": max(a["max_age"] for a in answers),
        }
    agreed = {name: {a.get(name) for a in answers} for name in group.limits}
    if any(len(values) > 1 for values in agreed.values()):
        return dict.fromkeys(group.limits)
    return {name: values.pop() for name, values in agreed.items()}


def _value(value: str | int, match: re.Match[str]) -> str | int:
    return int(match[int(value[1:])]) if isinstance(value, str) and value.startswith("$") else value
