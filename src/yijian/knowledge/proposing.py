"""Official limits that are sentences (限原发性高血压。) → code prefixes of diagnoses: the program proposes, a person settles.

A sentence names diseases; a code list names them too. Where a name of the code list stands in the sentence, its category
(the first three characters of the code) is proposed. What people say differently than the code list (肺癌, 房颤) is in
`disease_words.toml`. A proposal is kept with `confirmed` 0, and findings by it say so, until a person has settled it.
"""

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from yijian.knowledge.lists import KnowledgeList, knowledge_lists
from yijian.knowledge.sources import Row, Source
from yijian.knowledge.store import Change, KnowledgeStore
from yijian.vocabulary.errors import UserError

KEY = "诊断前缀"
"""The source under which settled and proposed prefixes are kept: one a list, replaced as a whole."""

HEADER = ("point_id", "name", "note", "diag_prefix", "matched", "confirmed")
LEAST_NAME = 2
MOST_CATEGORIES = 3
_CODE = re.compile(r"^[A-Z][0-9]{2}(\.[0-9A-Zx+*]+)?$")
_NOT_MEANT = re.compile(r"\([^()]*除外[^()]*\)|[^,;。:()]*(?:除外|不宜|禁用于)")
_BRACKET = re.compile(r"[\[(]([^\[\]()]{2,})[\])]")
_QUALIFIER = re.compile(r"[,\[(\s].*$")


class Proposal(msgspec.Struct, frozen=True):
    """A point whose limit is a sentence: prefixes as codes begin, and beside them the words that led there."""

    point_id: str
    name: str
    note: str
    prefixes: tuple[str, ...]
    matched: tuple[str, ...]
    confirmed: bool


class _Words(msgspec.Struct, frozen=True):
    not_diseases: frozenset[str]
    same: dict[str, tuple[str, ...]]
    endings: dict[str, str]


@cache
def _words() -> _Words:
    raw = tomllib.loads((files(__package__ or "") / "disease_words.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, _Words)


def lists_of_sentences() -> dict[str, KnowledgeList]:
    """The lists whose limit may be a sentence about diseases."""
    return {name: one for name, one in knowledge_lists().items() if "diag_prefix" in one.by_name and "confirmed" in one.by_name}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("Ⅰ", "I").replace("Ⅱ", "II")


class DiseaseNames:
    """Names of diseases → categories. names: (code, name) pairs of a code list or of settled diagnoses."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._categories: dict[str, set[str]] = {}
        for code, name in names:
            if not _CODE.match(code):
                continue
            plain = _plain(name)
            for said in {plain, _QUALIFIER.sub("", plain), *_BRACKET.findall(plain)}:
                if len(said) >= LEAST_NAME and said not in _words().not_diseases:
                    self._categories.setdefault(said, set()).add(code[:3])
        # A name that stands for diseases of many categories names none.
        self._categories = {name: codes for name, codes in self._categories.items() if len(codes) <= MOST_CATEGORIES}
        self._longest = max(map(len, self._categories), default=0)

    def in_sentence(self, note: str) -> dict[str, tuple[str, ...]]:
        """Words of the sentence → categories, longest names first, none inside another; in the order of the sentence."""
        text = _NOT_MEANT.sub("", _plain(note))
        found: dict[str, tuple[str, ...]] = {}
        at = 0
        while at < len(text):
            word, categories = self._at(text, at)
            if categories:
                found.setdefault(word, tuple(sorted(categories)))
            at += len(word) or 1
        return found

    def _at(self, text: str, at: int) -> tuple[str, set[str]]:
        for length in range(min(self._longest + 4, len(text) - at), LEAST_NAME - 1, -1):
            word = text[at : at + length]
            if categories := self._said(word):
                return word, categories
        return "", set()

    def _said(self, word: str) -> set[str]:
        if word in self._categories:
            return self._categories[word]
        words = _words()
        if word in words.same:
            return {c for other in words.same[word] for c in self._categories.get(_plain(other), ())}
        for ending, official in words.endings.items():
            if word.endswith(ending) and len(word) > len(ending):
                return self._categories.get(word.removesuffix(ending) + official, set())
        return set()


def propose(store: KnowledgeStore, list_id: str, names: DiseaseNames) -> list[Proposal]:
    """A proposal for every point of the list that is a sentence; what a person settled before stays.

    UserError for a list whose limits are no sentences.
    """
    settled = {p.point_id: p for p in kept(store, list_id) if p.confirmed}
    proposed = [_propose(point, names) for point in _sentences(store, list_id).values()]
    return [settled.get(p.point_id, p) for p in proposed]


def _propose(rows: list[Row], names: DiseaseNames) -> Proposal:
    point = rows[0]
    note = str(point["note"] or "")
    found = names.in_sentence(note)
    prefixes = tuple(sorted({c for categories in found.values() for c in categories}))
    matched = tuple(f"{word}→{'、'.join(categories)}" for word, categories in found.items())
    return Proposal(str(point["point_id"]), str(point["name"] or ""), note, prefixes, matched, False)


def _sentences(store: KnowledgeStore, list_id: str) -> dict[str, list[Row]]:
    """Points of the list without a prefix of their own, with their codes."""
    if list_id not in lists_of_sentences():
        raise UserError(f"清单 {list_id} 的限定不是关于疾病的句子", do=f"可用：{'、'.join(lists_of_sentences())}")
    points: dict[str, list[Row]] = {}
    for row in store.rows(list_id):
        if row["diag_prefix"] is None and row["note"]:
            points.setdefault(str(row["point_id"]), []).append(row)
    return points


def kept(store: KnowledgeStore, list_id: str) -> list[Proposal]:
    """What was proposed or settled and is in force now, a line a point."""
    points: dict[str, list[Row]] = {}
    if list_id in store.lists():
        for row in store.rows(list_id):
            if str(row["source"] or "").startswith(KEY):
                points.setdefault(str(row["point_id"]).partition("#")[0], []).append(row)
    return [
        Proposal(
            point,
            str(rows[0]["name"] or ""),
            str(rows[0]["note"] or ""),
            tuple(sorted({str(r["diag_prefix"]) for r in rows})),
            tuple(filter(None, str(rows[0]["source"]).removeprefix(KEY).removeprefix("：").split("；"))),
            rows[0]["confirmed"] == "1",
        )
        for point, rows in points.items()
    ]


def keep(store: KnowledgeStore, list_id: str, proposals: Iterable[Proposal]) -> Change:
    """Take proposals in, for all codes of their points; they replace what was kept before. UserError for an unknown point."""
    sentences = _sentences(store, list_id)
    rows: list[Row] = []
    for proposal in proposals:
        point = sentences.get(proposal.point_id)
        if point is None:
            raise UserError(f"清单 {list_id} 没有知识点 {proposal.point_id}", do="请重新生成推荐文件（yijian knowledge propose）")
        source = f"{KEY}：{'；'.join(proposal.matched)}" if proposal.matched else KEY
        for row in point:
            for prefix in proposal.prefixes:
                more = {"diag_prefix": prefix, "confirmed": "1" if proposal.confirmed else "0", "source": source}
                rows.append({**row, "point_id": f"{proposal.point_id}#{prefix}", **more})
    return store.add([Source(list_id, KEY, "local", KEY, rows)])[0]


def settle(store: KnowledgeStore, list_id: str, settled: Proposal) -> None:
    """A person's decision about one point; the others stay."""
    others = [p for p in kept(store, list_id) if p.point_id != settled.point_id]
    keep(store, list_id, [*others, settled])


def write(proposals: Iterable[Proposal]) -> bytes:
    """A file that a person corrects: a line a point, prefixes by spaces, `confirmed` 0 or 1. UTF-8 with mark, for Excel."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(HEADER)
    for p in proposals:
        lines.writerow([p.point_id, p.name, p.note, " ".join(p.prefixes), "；".join(p.matched), int(p.confirmed)])
    return out.getvalue().encode("utf-8-sig")


def read(path: Path) -> list[Proposal]:
    """Such a file again. UserError names the line that cannot be understood."""
    try:
        lines = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError) as broken:
        raise UserError("文件无法读取", where=str(path), do="请给出 yijian knowledge propose 写出的 CSV（UTF-8）") from broken
    if not lines or not set(HEADER) <= set(lines[0]):
        raise UserError("不是推荐文件，或没有内容", where=str(path), do=f"表头应为 {','.join(HEADER)}")
    return [_line(line, f"{path}，第 {number} 行") for number, line in enumerate(lines, 2)]


def _line(line: Mapping[str, str], where: str) -> Proposal:
    confirmed = (line["confirmed"] or "0").strip()
    if confirmed not in ("0", "1"):
        raise UserError(f"confirmed 写成了“{confirmed}”", where=where, do="请写 1（已确认）或 0")
    prefixes = checked_prefixes(line["diag_prefix"], where)
    if confirmed == "1" and not prefixes:
        raise UserError("已确认的知识点没有诊断前缀", where=where, do="请写出编码前缀，或把 confirmed 改为 0")
    matched = tuple(filter(None, line["matched"].split("；")))
    return Proposal(line["point_id"], line["name"], line["note"], prefixes, matched, confirmed == "1")


def checked_prefixes(text: str, where: str) -> tuple[str, ...]:
    """Prefixes as a person types them, by spaces or commas. UserError for one that is none."""
    prefixes = tuple(sorted({p for p in re.split(r"[\s,，、;；]+", text.upper().strip()) if p}))
    if wrong := [p for p in prefixes if not re.match(r"^[A-Z][0-9]{1,2}(\.[0-9A-Z]*)?$", p)]:
        raise UserError(f"“{wrong[0]}”不是诊断编码的开头", where=where, do="请写成 I10、E11.2 的样子，多个用空格分开")
    return prefixes
