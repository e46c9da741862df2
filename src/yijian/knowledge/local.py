"""Reads local lists: CSV or Excel with the columns of the stored list, by their names or Chinese titles.

A file says which list it is by its name (`drug_sex.csv`) or in a column `list` (清单), which may differ
from row to row.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from yijian.knowledge.batches import FOREVER, OPEN
from yijian.knowledge.limits import from_cell, limits_of
from yijian.knowledge.lists import Column, KnowledgeList, by_title, knowledge_lists
from yijian.knowledge.sources import Row, Source
from yijian.knowledge.workbooks import sheets_of
from yijian.vocabulary.errors import UserError

_LIST = ("list", "清单")
_HEAD = "请用 yijian knowledge list --columns 查看各清单的列名"

Table = tuple[list[str], list[tuple[int, list[object]]], str]
"""Header, numbered rows, and where they stand."""


def read_local(path: Path, shipped: bool = False) -> list[Source]:
    """The sources in a local file, one for each list that it speaks of."""
    header, rows, where = _csv(path) if path.suffix.lower() == ".csv" else _excel(path)
    named = _list_by_name(path.stem)
    at_list = next((i for i, cell in enumerate(header) if cell in _LIST), None)
    if named is None and at_list is None:
        what = "看不出属于哪个清单：文件名不是清单 id 或规则名称，也没有 list 列"
        raise UserError(what, where=where, do=_HEAD)
    layouts: dict[str, dict[int, Column]] = {}
    found: dict[str, list[Row]] = {named.id: []} if named and at_list is None else {}
    for number, row in rows:
        place = f"{where}第 {number} 行"
        word = _text(row, at_list) if at_list is not None else ""
        kind = _list_by_name(word) if word else named
        if kind is None:
            raise UserError(f"没有名为“{word}”的清单", where=place, do=_HEAD)
        columns = layouts.get(kind.id) or layouts.setdefault(kind.id, _columns(kind, header, where))
        _refuse_numbers(columns, row, place)
        cells = {c.name: _text(row, i) for i, c in columns.items()}
        found.setdefault(kind.id, []).append(_row(kind, cells, place, path.stem, number))
    origin, key = ("shipped", "随项目发布") if shipped else ("local", re.sub(r"\s", "", path.stem))
    return [Source(list_id, key, origin, path.name, rows) for list_id, rows in found.items()]


def _list_by_name(word: str) -> KnowledgeList | None:
    return knowledge_lists().get(word) or by_title().get(word)


def _columns(kind: KnowledgeList, header: list[str], where: str) -> dict[int, Column]:
    """Position → column; every header must be known, and the code must be there."""
    known = {word: c for c in kind.columns for word in (c.name, c.title)}
    columns = {i: known.get(cell) for i, cell in enumerate(header) if cell and cell not in _LIST}
    if strange := [header[i] for i, column in columns.items() if column is None]:
        raise UserError(f"清单 {kind.id} 没有“{strange[0]}”列", where=f"{where}表头", do=_HEAD)
    found = {i: column for i, column in columns.items() if column is not None}
    names = [column.name for column in found.values()]
    if "code" not in names or len(set(names)) < len(names):
        what = "缺少编码列 code" if "code" not in names else "同一列出现两次"
        raise UserError(what, where=f"{where}表头", do=_HEAD)
    return found


def _refuse_numbers(columns: dict[int, Column], row: list[object], where: str) -> None:
    for i, column in columns.items():
        if column.name in ("code", "code_a") and i < len(row) and isinstance(row[i], int | float):
            what = f"编码 {_text(row, i)} 是数字格式，前导零可能已经丢失"
            raise UserError(what, where=where, do="请把该列设为文本格式并补全编码")


def _row(kind: KnowledgeList, cells: dict[str, str], where: str, stem: str, number: int) -> Row:
    if not cells["code"]:
        raise UserError("编码为空", where=where, do="请补全编码或删除该行")
    limits = limits_of(kind, cells, cells.get("note", ""))
    for column in kind.limits:
        if (cell := cells.get(column.name)) and from_cell(column, cell) is None:
            lawful = "，可用值：" + "、".join(f"{k}（{v}）" for k, v in column.values.items()) if column.values else ""
            raise UserError(f"{column.title}“{cell}”无法识别{lawful}", where=where, do="请更正后重新导入")
    since = _date(cells.get("valid_from", ""), OPEN, where)
    until = _date(cells.get("valid_to", ""), FOREVER, where)
    if until < since:
        raise UserError(f"失效日期 {until} 早于生效日期 {since}", where=where, do="请更正后重新导入")
    return {
        "point_id": cells.get("point_id") or f"{kind.id}:{stem}:{number}", "code": cells["code"],
        "name": cells.get("name", ""), **limits, "note": cells.get("note", ""), "valid_from": since,
        "valid_to": until, "source": cells.get("source") or stem, "supersedes": cells.get("supersedes") or None,
    }  # fmt: skip


def _date(text: str, default: date, where: str) -> date:
    if not text:
        return default
    try:
        return date.fromisoformat(text[:10].replace("/", "-"))
    except ValueError:
        what = f"日期“{text}”无法识别"
        raise UserError(what, where=where, do="请写成 2026-01-31 的形式") from None


def _text(row: list[object], position: int) -> str:
    cell: object = row[position] if position < len(row) else ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _csv(path: Path) -> Table:
    """A CSV file: UTF-8 (with or without mark) or GB18030."""
    try:
        raw = path.read_bytes()
    except OSError as broken:
        raise UserError("文件无法读取", where=str(path), do="请检查文件后重新导入") from broken
    text = io.StringIO(_decoded(raw, path), newline="")
    try:
        rows: list[tuple[int, list[object]]] = list(_numbered(csv.reader(text, strict=True)))
    except csv.Error as broken:
        raise UserError(f"CSV 格式有误：{broken}", where=str(path), do="请另存为标准 CSV 后重新导入") from broken
    if not rows:
        raise UserError("文件是空的", where=str(path), do="请检查文件后重新导入")
    return [str(cell).strip() for cell in rows[0][1]], rows[1:], f"{path}，"


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[object]]]:
    for row in reader:
        if any(cell.strip() for cell in row):
            yield getattr(reader, "line_num", 0), list(row)


def _decoded(raw: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError("文件编码无法识别", where=str(path), do="请另存为 UTF-8 编码的 CSV")


def _excel(path: Path) -> Table:
    name, rows = next(iter(sheets_of(path)), ("", []))
    where = f"{path}，工作表“{name}”"
    if not rows:
        raise UserError("工作表是空的", where=where, do="请检查文件后重新导入")
    return [str(cell).strip() for cell in rows[0][1]], rows[1:], where
