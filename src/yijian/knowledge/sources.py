"""A source: what one imported file says about one list, before other sources are taken into account."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from yijian.knowledge.batches import FOREVER, in_force_since
from yijian.knowledge.limits import limits_of
from yijian.knowledge.lists import KnowledgeList, knowledge_lists
from yijian.knowledge.workbooks import NationalWorkbook, Point

Cell = str | int | Decimal | date | None
Row = dict[str, Cell]
"""One (point, code) with the columns of its list."""

_PART = re.compile(r"(?:第[一二三四五六七八九十]+批|20\d\d年\d{1,2}月更新)(?:-\d+)?")


class Source(msgspec.Struct):
    """One file's rows of one list.

    `key` tells sources of a list apart: a file that comes again under the same key takes the place of the earlier one.
    `since` is when a national batch came into force, `whole` whether it restates its class as a whole.
    """

    list_id: str
    key: str
    origin: Literal["national", "local", "shipped"]
    file: str
    rows: list[Row]
    published: date | None = None
    since: date | None = None
    whole: bool = False
    remarks: list[str] = []
    problems: list[str] = []

    @property
    def kind(self) -> KnowledgeList:
        return knowledge_lists()[self.list_id]

    @property
    def sha256(self) -> str:
        return digest_of(self.kind, self.rows)

    def counts(self) -> "Counts":
        return counts_of(self.kind, self.rows)


class Counts(msgspec.Struct, frozen=True):
    """Points, codes (rows: a code counts once a point), and the names of the points that need a person."""

    points: int
    codes: int
    needs_person: tuple[str, ...]


def counts_of(kind: KnowledgeList, rows: list[Row]) -> Counts:
    points = {str(row["point_id"]): row for row in rows}
    unread = [str(row["name"] or row["code"]) for row in points.values() if row_needs_person(kind, row)]
    return Counts(len(points), len(rows), tuple(unread))


def row_needs_person(kind: KnowledgeList, row: Row) -> bool:
    return kind.needs_person({c.name: row[c.name] for c in kind.limits})


def digest_of(kind: KnowledgeList, rows: list[Row]) -> str:
    """The hash of what the rows say, whatever file they are stored in."""
    said = hashlib.sha256("\t".join(c.name for c in kind.columns).encode())
    for row in rows:
        said.update(("\n" + "\t".join(_word(row[c.name]) for c in kind.columns)).encode())
    return said.hexdigest()


def _word(cell: Cell) -> str:
    if cell is None:
        return "\\N"
    if isinstance(cell, Decimal):  # 1, 1.0 and 1.0000 are the same limit
        return format(cell.normalize(), "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell).replace("\\", "\\\\").replace("\n", "\\n")


def national_source(book: NationalWorkbook, path: Path) -> Source:
    """The rows of a national workbook."""
    part = _PART.search(path.stem)
    key = part[0] if part else re.sub(r"\s", "", path.stem)
    since = in_force_since(book.batch, book.basis_header)
    published = f"，{book.batch.published.isoformat()} 公布" if book.batch.published else ""
    source = f"{book.kind.title}，{key}{published}"
    rows = [row for point in book.points for row in _rows(book.kind, point, key, since, source)]
    whole = book.kind.id in book.batch.whole
    return Source(
        book.kind.id, key, "national", path.name, rows,
        book.batch.published, since, whole, book.remarks, book.problems,
    )  # fmt: skip


def _rows(kind: KnowledgeList, point: Point, key: str, since: date, source: str) -> list[Row]:
    note, logic = point.cells.get("basis", ""), point.cells.get("logic", "")
    limits = limits_of(kind, point.cells, note, logic)
    return [
        {
            "point_id": f"{kind.id}:{key}:{point.number}", "code": code, "name": point.name, **limits,
            "note": note or logic, "valid_from": since, "valid_to": FOREVER, "source": source, "supersedes": None,
        }
        for code in point.codes
    ]  # fmt: skip
