"""Many sources of a list → one list in which later batches have closed what they replace.

The answer depends on the set of sources, never on the order of import. See docs/decisions/knowledge-validity.md.
"""

import unicodedata
from datetime import date, timedelta

import msgspec

from yijian.knowledge.sources import Cell, Row, Source


class Effect(msgspec.Struct):
    """What a batch did to earlier ones: points replaced; names left out and thereby ended, or still open."""

    replaced: int = 0
    ended: list[str] = []
    still_open: list[str] = []


class Combined(msgspec.Struct):
    """The list's rows, and the effect of each source by its key."""

    rows: list[Row]
    effects: dict[str, Effect]


def combine(sources: list[Source]) -> Combined:
    """All sources of one list as one list. Shipped rows count only while there is nothing else."""
    own = [source for source in sources if source.origin != "shipped"] or sources
    ordered = sorted(own, key=lambda s: (s.origin == "local", s.since or date.min, s.published or date.min, s.key))
    rows = {source.key: [dict(row) for row in source.rows] for source in ordered}
    effects = {source.key: Effect() for source in ordered}
    for at, later in enumerate(ordered):
        for earlier in ordered[:at]:
            if _may_replace(later, earlier):
                _replace(later, rows[later.key], rows[earlier.key], effects[later.key])
    flat = [row for source in ordered for row in rows[source.key]]
    _close_named([row for source in ordered if source.origin == "local" for row in rows[source.key]], flat)
    in_force = [row for row in flat if _day(row["valid_from"]) <= _day(row["valid_to"])]
    return Combined(sorted(in_force, key=_order), effects)


def _may_replace(later: Source, earlier: Source) -> bool:
    """Only a national batch that came into force later replaces; parts of one catalogue stand beside each other."""
    dated = later.since is not None and earlier.since is not None and later.since > earlier.since
    return later.origin == earlier.origin == "national" and dated


def _replace(later: Source, new: list[Row], old: list[Row], effect: Effect) -> None:
    """Close each old row whose name or code stands in the later batch; all where it restates the class."""
    assert later.since is not None
    eve = later.since - timedelta(days=1)
    by_name = {_name(row): row["point_id"] for row in new}
    by_code = {_identity(later, row): row["point_id"] for row in new}
    successors: dict[Cell, Cell] = {}
    left_out: dict[str, None] = {}
    for row in old:
        if _day(row["valid_to"]) <= eve:
            continue
        successor = by_name.get(_name(row)) or by_code.get(_identity(later, row))
        if successor is None:
            left_out[str(row["name"])] = None
        elif successor not in successors or by_name.get(_name(row)):  # the same name says it better than a shared code
            successors[successor] = row["point_id"]
        if successor or later.whole:
            row["valid_to"] = eve
    for row in new:
        row["supersedes"] = successors.get(row["point_id"], row["supersedes"])
    effect.replaced += len(set(successors.values()))
    (effect.ended if later.whole else effect.still_open).extend(left_out)


def _close_named(local: list[Row], every: list[Row]) -> None:
    """A local row that names the point it supersedes closes it the day before it begins itself."""
    ends: dict[Cell, date] = {}
    for row in local:
        if row["supersedes"]:
            eve = _day(row["valid_from"]) - timedelta(days=1)
            ends[row["supersedes"]] = min(eve, ends.get(row["supersedes"], eve))
    for row in every:
        end = ends.get(row["point_id"])
        if end and end < _day(row["valid_to"]):
            row["valid_to"] = end


def _order(row: Row) -> tuple[str, str, str]:
    return (str(row["point_id"]), str(row["code"]), str(row.get("code_a") or ""))


def _name(row: Row) -> str:
    """What makes two drugs the same by name; a pair of items is told apart by both names."""
    text = f"{row.get('name_a') or ''}|{row['name'] or ''}"
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def _identity(source: Source, row: Row) -> tuple[Cell, ...]:
    return tuple(row[column] for column in source.kind.identity)


def _day(cell: Cell) -> date:
    assert isinstance(cell, date)
    return cell
