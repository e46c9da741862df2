"""Taking persons out of a text: what is known of a record, and what looks like a number, a name, a bed or an address.

Plain functions without Django. `spans` finds, `replaced` puts something else there, `left` looks once more in another way.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

GAP = r"[\s·•\-]*"
"""What may stand between the characters of a name or number without hiding it from a reader."""
LEAST_KNOWN = 2
SHORTENED = "某"


@dataclass(frozen=True)
class Known:
    """What identifies somebody in a record. names: of persons; numbers: of persons, certificates; institutions: all."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    institutions: frozenset[str] = frozenset()

    @cached_property
    def values(self) -> tuple[list[str], list[str], list[str]]:
        """names, numbers, institutions as they are looked for."""
        return _usable(self.names), _usable(self.numbers), _usable(self.institutions)

    def with_names_in(self, texts: Iterable[str]) -> "Known":
        """Also the names that stand after a cue word in these texts."""
        found = {name for text in texts for name in names_in(text)}
        return Known(self.names | found, self.numbers, self.institutions)


@dataclass(frozen=True)
class Span:
    """A piece of a text: from, to, what kind it is, what goes there. A warning puts nothing."""

    begin: int
    end: int
    title: str
    put: str = ""
    warn: str = ""


@dataclass(frozen=True)
class Rule:
    """An expression of `deidentify.toml`."""

    word: str
    title: str
    find: re.Pattern[str]
    put: str = ""
    warn: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of a text as it was and as it became; kind is '' where nothing changed. warn: why a person should look at it."""

    old: str
    new: str
    kind: str = ""
    warn: str = ""


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "deidentify.toml").read_text(encoding="utf-8"))


@cache
def rules() -> tuple[Rule, ...]:
    """All expressions, in the order of the file."""
    return tuple(
        Rule(one["word"], one["title"], re.compile(one["find"]), one.get("put", ""), one.get("warn", ""))
        for one in _said()["rule"]
    )


def normal(text: str) -> str:
    """Letters and digits in one width, nothing invisible, line ends as \\n; Chinese punctuation stays."""
    text = text.replace("\r\n", "\n")
    shown = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cn", "Cs"))
    return "".join(unicodedata.normalize("NFKC", c) if unicodedata.category(c)[0] == "L" or c.isdecimal() else c for c in shown)


@cache
def _name() -> str:
    """A personal name: a surname and one or two characters that begin no other word."""
    said = _said()["names"]
    surname = "|".join([*said["compound"], f"[{said['surnames'].strip()}]"])
    return rf"(?:{surname})(?![{re.escape(said['stops'])}])[\u4e00-\u9fff](?:(?![{re.escape(said['stops'])}])[\u4e00-\u9fff])?"


@cache
def _cued() -> re.Pattern[str]:
    cues = "|".join(sorted(map(re.escape, _said()["names"]["cues"]), key=len, reverse=True))
    return re.compile(rf"(?:{cues})(?:姓名|为|是|叫|[:：\s“\"])*({_name()}(?:[、和与及]{_name()})*)")


def looks_like_a_name(text: str) -> bool:
    """Whether the whole text is built as a personal name."""
    return re.fullmatch(_name(), text.strip()) is not None


def names_in(text: str) -> set[str]:
    """Names that stand after a cue word: 患者张三、李四 → 张三, 李四."""
    found = (name for match in _cued().finditer(normal(text)) for name in re.split("[、和与及]", match[1]))
    return {name for name in found if len(name) >= LEAST_KNOWN}


def shortened(name: str) -> str:
    """张三 → 张某; 欧阳三 → 欧阳某; what is built otherwise → 某人."""
    said, bare = _said()["names"], name.strip()
    if not bare or SHORTENED in bare:
        return bare or str(said["other"])
    for surname in [*said["compound"], *([bare[0]] if bare[0] in said["surnames"] else [])]:
        if bare.startswith(surname) and len(bare) > len(surname):
            return f"{surname}{SHORTENED}"
    return str(said["other"])


def shortened_institution(name: str) -> str:
    """示例市第一医院 → 某医院."""
    said = _said()["institutions"]
    kind = next((one for one in said["kinds"] if one in name), said["other"])
    return f"{SHORTENED}{kind}"


def _bare(text: str) -> str:
    """A normalised text without gaps, for comparing."""
    return re.sub(GAP, "", text).lower()


def _spaced(value: str) -> str:
    """The expression of a known value, with gaps between its characters."""
    return GAP.join(re.escape(c) for c in value)


def _usable(values: Iterable[str]) -> list[str]:
    """Known values as they are looked for, the longest first; what is shortened already identifies nobody."""
    found = {re.sub(GAP, "", normal(value)).strip() for value in values}
    return sorted((one for one in found if len(one) >= LEAST_KNOWN and SHORTENED not in one), key=len, reverse=True)


def _known_spans(text: str, known: Known, keep: str) -> Iterator[Span]:
    names, bare = _said()["names"]["title"], _bare(text)
    people, numbers, places = known.values
    for name in {*people, *_usable(names_in(text))}:
        if name.lower() in bare:
            yield from (Span(*m.span(), names, shortened(name)) for m in re.finditer(_spaced(name), text, re.IGNORECASE))
    for number in numbers:
        if number.lower() in bare:  # a group of findings may know thousands
            found = re.finditer(_spaced(number), text, re.IGNORECASE)
            yield from (Span(*m.span(), "案卷中的编号", "（编号略）") for m in found)
    title = _said()["institutions"]["title"]
    kept = re.sub(GAP, "", keep)
    for place in places:
        if place != kept and place.lower() in bare:
            put, found = shortened_institution(place), re.finditer(_spaced(place), text, re.IGNORECASE)
            yield from (Span(*m.span(), title, put) for m in found)


def spans(text: str, known: Known, keep: str = "") -> list[Span]:
    """What identifies somebody, in order, overlapping ones as one. text: normalised; keep: a name that may stand."""
    kept = [m.span() for m in re.finditer(re.escape(keep), text)] if keep else []
    found = list(_known_spans(text, known, keep))
    for rule in rules():
        if not rule.warn:
            found += [Span(*m.span(), rule.title, m.expand(rule.put)) for m in rule.find.finditer(text)]
    merged: list[Span] = []
    for one in sorted(found, key=lambda s: (s.begin, -s.end)):
        if any(begin <= one.begin and one.end <= end for begin, end in kept):
            continue
        if merged and one.begin < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.begin, max(last.end, one.end), last.title, last.put)
        else:
            merged.append(one)
    return merged


def warnings(text: str) -> list[Span]:
    """What may identify somebody and stays: a person looks at it."""
    found = [Span(*m.span(), rule.title, warn=rule.warn) for rule in rules() if rule.warn for m in rule.find.finditer(text)]
    return sorted(found, key=lambda s: (s.begin, -s.end))


def pieces(text: str, known: Known, keep: str = "") -> list[Piece]:
    """The whole text in order, what is replaced and what a person should look at set apart. text: normalised."""
    found, at = list[Piece](), 0
    changes = spans(text, known, keep)
    looked = [one for one in warnings(text) if not any(c.begin < one.end and one.begin < c.end for c in changes)]
    for one in sorted([*changes, *looked], key=lambda s: s.begin):
        if one.begin < at:
            continue  # a second warning about the same words
        if one.begin > at:
            found.append(Piece(text[at : one.begin], text[at : one.begin]))
        old = text[one.begin : one.end]
        found.append(Piece(old, old if one.warn else one.put, one.title, one.warn))
        at = one.end
    if at < len(text):
        found.append(Piece(text[at:], text[at:]))
    return found


def replaced(text: str, known: Known, keep: str = "") -> str:
    """The text without what identifies somebody."""
    return "".join(piece.new for piece in pieces(normal(text), known, keep))


def left(text: str, known: Known, keep: str = "") -> list[str]:
    """Kinds of what still identifies somebody; never the words themselves, for they go into messages.

    Known values are looked for in the text without gaps, apart from the expressions: what those overlook is seen here.
    """
    shown = normal(text)
    found = [one.title for one in spans(shown, known, keep)]
    bare = _bare(shown.replace(keep, "|") if keep else shown)
    people, numbers, places = known.values
    kinds: Sequence[tuple[str, Iterable[str]]] = (
        (_said()["names"]["title"], people),
        ("案卷中的编号", numbers),
        (_said()["institutions"]["title"], (place for place in places if place != re.sub(GAP, "", keep))),
    )
    found += [title for title, values in kinds for value in values if value.lower() in bare]
    return list(dict.fromkeys(found))
