"""The guarded door to the knowledge lists."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import Http404

from yijian.claims.diagnosis_names import settled_diagnoses
from yijian.knowledge.lists import KnowledgeList, knowledge_lists
from yijian.knowledge.proposing import DiseaseNames, Proposal, lists_of_sentences, propose
from yijian.knowledge.sources import row_needs_person
from yijian.knowledge.store import KnowledgeStore, ListVersion, SourceEntry, Version
from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import Right, User, need

SUBJECTS = {
    "drug": "药品",
    "slice": "中药饮片",
    "item": "医疗服务项目",
    "consumable": "医用耗材",
    "diagnosis": "诊断",
    "operation": "手术操作",
    "day": "日期",
    "role": "岗位",
    "word": "用语",
}


@dataclass(frozen=True)
class Line:
    """A list, what it is about, and its current version; `version` is None where nothing was imported."""

    kind: KnowledgeList
    subject: str
    version: ListVersion | None
    sources: int


@dataclass(frozen=True)
class Point:
    """A point with its codes. `limits`: (title, value in words)."""

    id: str
    name: str
    codes: list[str]
    limits: list[tuple[str, str]]
    note: str
    valid_from: str
    valid_to: str
    source: str
    needs_person: bool


def lists_for(user: User, home: Home) -> list[Line]:
    """All lists, by what they are about."""
    need(user, Right.SEE_DATA)
    store = KnowledgeStore.open(home)
    have = store.lists()
    return [
        Line(kind, SUBJECTS.get(kind.subject, "其他"), have.get(kind.id), len(store.sources(kind.id)))
        for kind in knowledge_lists().values()
    ]


def list_for(user: User, home: Home, list_id: str) -> tuple[Line, list[Version], list[SourceEntry]]:
    """One list with its versions, newest first, and the files that it was made of. Http404 if there is none."""
    for line in lists_for(user, home):
        if line.kind.id == list_id:
            store = KnowledgeStore.open(home)
            return line, list(store.versions(list_id))[::-1], list(store.sources(list_id))
    raise Http404(f"没有 {list_id} 这个清单。")


def points_for(user: User, home: Home, list_id: str, text: str = "", only: str = "") -> list[Point]:
    """Points of a list whose code begins with a text, or whose name or sentence has it. only: 'person' = a person must look."""
    need(user, Right.SEE_DATA)
    store = KnowledgeStore.open(home)
    version = store.lists().get(list_id)
    points = _points(list_id, str(version.path)) if version else []
    return [
        p
        for p in points
        if (only != "person" or p.needs_person)
        and (not text or text in p.name or text in p.note or any(c.startswith(text) for c in p.codes))
    ]


@lru_cache(maxsize=8)
def _points(list_id: str, path: str) -> list[Point]:
    """Points of a version. Its file never changes, so it is read once."""
    import pyarrow.parquet as pq

    kind = knowledge_lists()[list_id]
    by_point: dict[str, list[dict[str, Any]]] = {}
    for row in pq.read_table(path).to_pylist():
        by_point.setdefault(str(row["point_id"]), []).append(row)
    return [_point(kind, rows) for rows in by_point.values()]


def _point(kind: KnowledgeList, rows: list[dict[str, Any]]) -> Point:
    first = rows[0]
    limits = [
        (c.title, c.values.get(str(first.get(c.name)), str(first.get(c.name)).removesuffix(".0000").removesuffix(".000000")))
        for c in kind.limits
        if first.get(c.name) is not None
    ]
    until = max(str(r["valid_to"]) for r in rows)
    return Point(
        str(first["point_id"]),
        str(first["name"] or ""),
        sorted({str(r["code"]) for r in rows}),
        limits,
        str(first["note"] or ""),
        str(first["valid_from"]),
        "" if until.startswith("9999") else until,
        str(first["source"] or ""),
        row_needs_person(kind, {c.name: first.get(c.name) for c in kind.limits}),
    )


def has_sentences(list_id: str) -> bool:
    """Whether the limits of a list may be sentences about diseases."""
    return list_id in lists_of_sentences()


def proposals_for(user: User, home: Home, list_id: str, state: str = "") -> tuple[list[Proposal], Counter[str]]:
    """Points whose limit is a sentence, with proposed or settled prefixes, and how many are in each state.

    state: 'settled', 'proposed' (nobody has looked), 'empty' (nothing could be proposed), '' = all; unsettled ones first.
    """
    need(user, Right.SEE_DATA)
    if not has_sentences(list_id):
        raise Http404(f"清单 {list_id} 没有要确认的句子。")
    store = KnowledgeStore.open(home)
    if list_id not in store.lists():
        return [], Counter()
    names = settled_diagnoses(home)
    if "disease_code" in store.lists():
        names |= {(str(r["code"]), str(r["name"])) for r in store.rows("disease_code")}
    found = propose(store, list_id, DiseaseNames(names))
    counted = Counter(state_of(p) for p in found)
    wanted = [p for p in found if not state or state_of(p) == state]
    return sorted(wanted, key=lambda p: p.confirmed), counted


def proposal_for(user: User, home: Home, list_id: str, point_id: str) -> Proposal:
    """One of them. Http404 if there is none."""
    for proposal in proposals_for(user, home, list_id)[0]:
        if proposal.point_id == point_id:
            return proposal
    raise Http404(f"清单 {list_id} 没有知识点 {point_id}。")


def state_of(proposal: Proposal) -> str:
    """Where a proposal stands."""
    return "settled" if proposal.confirmed else "proposed" if proposal.prefixes else "empty"
