"""Reads the national workbooks as published.

The first sheet holds the points under a title («“…”规则对应知识点明细») and a header that is found by its cells; the
second one (drugs) the codes of each point, joined by 序号. Rows without a number (合计, 备注) are not points.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from yijian.knowledge.batches import Batch, batch_of
from yijian.knowledge.lists import KnowledgeList, by_title
from yijian.vocabulary.errors import UserError

Cells = list[tuple[int, list[object]]]
"""Rows of a sheet: number as Excel counts them, cells without the empty tail."""

_TITLE = re.compile(r"[“\"](.+?)[”\"]规则对应知识点")


class Point(msgspec.Struct):
    """A published point: its number in the workbook, name, codes, the number of codes announced, its other cells."""

    number: int
    row: int
    name: str
    codes: list[str]
    declared: int | None
    cells: dict[str, str]


class NationalWorkbook(msgspec.Struct):
    """A workbook as read. `problems` name contradictions inside it; `remarks`, numbered rows that are no points."""

    kind: KnowledgeList
    batch: Batch
    basis_header: str
    points: list[Point]
    total: int | None
    remarks: list[str]
    problems: list[str]


def sheets_of(path: Path) -> list[tuple[str, Cells]]:
    """The sheets of a workbook with their rows, or a UserError where it cannot be read to its end."""
    try:
        book = CalamineWorkbook.from_path(path)
        return [(name, _cells(book.get_sheet_by_name(name))) for name in book.sheet_names]
    except (CalamineError, OSError) as broken:
        what = "工作簿无法打开：文件损坏、加了密码或不是 Excel 文件"
        raise UserError(what, where=str(path), do="请重新下载或另存为 .xlsx 后再导入") from broken


def _cells(sheet: CalamineSheet) -> Cells:
    """The rows that hold anything. Some sheets claim 16384 columns: the empty tail of a row is cut at once."""
    rows: Cells = []
    start = sheet.start[0] if sheet.start else 0
    for at, row in enumerate(sheet.iter_rows(), start + 1 if sheet.start else 1):
        while row and row[-1] in ("", None):
            row.pop()
        if row:
            rows.append((at, list(row)))
    return rows


def kind_of(path: Path, first: Cells) -> KnowledgeList | None:
    """The list that the title above the header names, else the file name; None where neither names any."""
    titles = [m[1] for _, row in first[:5] for cell in row if (m := _TITLE.search(str(cell)))]
    if titles and titles[0] not in by_title():
        raise UserError(f"规则类别“{titles[0]}”的知识点暂不支持", where=str(path), do="请移出该文件后重新导入其余文件")
    if titles:
        return by_title()[titles[0]]
    named = [kind for title, kind in by_title().items() if title in path.stem]
    return max(named, key=lambda kind: len(kind.title)) if named else None


def read_workbook(path: Path) -> NationalWorkbook | None:
    """The workbook at `path`; None where it is not one of the national form (its first sheet has no 序号 header)."""
    sheets = sheets_of(path)
    if not sheets:
        return None
    first, rows = sheets[0]
    kind = kind_of(path, rows)
    at = _header_at(rows)
    if kind is None or at is None:
        return None
    header = _header(rows[at], _columns()["points"], f"{path}，工作表“{first}”")
    book_read = NationalWorkbook(kind, batch_of(path.stem), header.get("basis", (0, ""))[1], [], None, [], [])
    _read_points(book_read, rows[at + 1 :], header, f"{path}，工作表“{first}”")
    if kind.subject == "drug":
        _join_codes(book_read, sheets[1:], path)
    _count(book_read)
    return book_read


@cache
def _columns() -> dict[str, dict[str, re.Pattern[str]]]:
    raw = tomllib.loads((files(__package__ or "") / "sheets.toml").read_text(encoding="utf-8"))
    return {sheet: {name: re.compile(match) for name, match in names.items()} for sheet, names in raw.items()}


def _header_at(rows: Cells) -> int | None:
    """The first of the upper rows that begins with 序号 (or, in the second sheet, 对应知识点序号)."""
    numbers = ("序号", "对应知识点序号")
    return next((i for i, (_, row) in enumerate(rows[:20]) if str(row[0]).strip() in numbers), None)


def _header(header: tuple[int, list[object]], known: dict[str, re.Pattern[str]], where: str) -> dict[str, tuple[int, str]]:
    """Column word → position and full header text."""
    found: dict[str, tuple[int, str]] = {}
    for position, cell in enumerate(header[1]):
        text = re.sub(r"\s", "", str(cell))
        word = next((name for name, match in known.items() if match.fullmatch(text)), None)
        if word is None or (word in found and word != "ignore"):
            what = f"表头“{text}”无法识别" if word is None else f"表头“{text}”与“{found[word][1]}”重复"
            raise UserError(what, where=f"{where}第 {header[0]} 行第 {position + 1} 列", do="请核对是否为公布的原表")
        found[word] = (position, text)
    return found


def _read_points(book: NationalWorkbook, rows: Cells, header: dict[str, tuple[int, str]], where: str) -> None:
    wanted = {"name", "code"} - ({"code"} if book.kind.subject == "drug" else set())
    if lost := wanted - set(header):
        words = {"name": "名称", "code": "代码"}
        what = "缺少" + "、".join(words[w] for w in sorted(lost)) + "列"
        raise UserError(what, where=where, do="请核对是否为公布的原表")
    for at, row in rows:
        if str(row[0]).strip() == "合计":
            book.total = next((int(str(c).split(".")[0]) for c in row[1:] if re.fullmatch(r"\d+(\.0)?", str(c))), None)
        number = _whole(row[0])
        if number is None:
            continue
        cells = {word: _text(row, position) for word, (position, _) in header.items()}
        point = Point(number, at, cells["name"], [], _whole(cells.get("declared", "")), cells)
        if "code" in header:
            code = _code(row, header["code"][0], f"{where}第 {at} 行")
            if "code_a" in header:
                cells["code_a"] = _code(row, header["code_a"][0], f"{where}第 {at} 行")
            point.codes = [code] if code else []
        if not point.name:
            raise UserError(f"序号 {number} 没有名称", where=f"{where}第 {at} 行", do="请核对是否为公布的原表")
        book.points.append(point)


def _join_codes(book: NationalWorkbook, sheets: list[tuple[str, Cells]], path: Path) -> None:
    """Put the codes of the second sheet to the points that they belong to."""
    points = {point.number: point for point in book.points}
    for name, rows in sheets:
        at = _header_at(rows)
        if at is None:
            continue
        where = f"{path}，工作表“{name}”"
        header = _header(rows[at], _columns()["codes"], where)
        if not {"number", "code"} <= set(header):
            raise UserError("缺少“对应知识点序号”或“药品代码”列", where=where, do="请核对是否为公布的原表")
        for row_at, row in rows[at + 1 :]:
            number = _whole(row[header["number"][0]] if row else "")
            if number is None:
                continue
            if number not in points:
                what = f"药品代码对应的知识点序号 {number} 在知识点明细中不存在"
                raise UserError(what, where=f"{where}第 {row_at} 行", do="请核对是否为公布的原表")
            if code := _code(row, header["code"][0], f"{where}第 {row_at} 行"):
                points[number].codes.append(code)
        return
    raise UserError("没有找到药品代码工作表", where=str(path), do="请核对是否为公布的原表（应有两个工作表）")


def _count(book: NationalWorkbook) -> None:
    """Compare what was read with what the workbook says it holds; set rows aside that carry no code."""
    if book.total is not None and book.total != len(book.points):
        book.problems.append(f"合计行为 {book.total} 个知识点，实际读到 {len(book.points)} 个")
    numbers = [point.number for point in book.points]
    if len(set(numbers)) < len(numbers):
        twice = sorted({n for n in numbers if numbers.count(n) > 1})
        book.problems.append(f"序号重复：{'、'.join(map(str, twice))}")
    for point in book.points:
        if point.declared is not None and point.declared != len(point.codes):
            announced = f"公布 {point.declared} 个药品代码，实际 {len(point.codes)} 个"
            book.problems.append(f"序号 {point.number}“{point.name}”{announced}")
    book.remarks = [f"序号 {p.number}：{p.name}" for p in book.points if not p.codes]


def _whole(cell: object) -> int | None:
    text = str(cell).strip()
    return int(float(text)) if re.fullmatch(r"\d+(\.0+)?", text) else None


def _text(row: list[object], position: int) -> str:
    """A cell as text; whole numbers without the .0 that Excel gives them."""
    cell = row[position] if position < len(row) else ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _code(row: list[object], position: int, where: str) -> str:
    cell = row[position] if position < len(row) else ""
    if isinstance(cell, int | float):
        raise UserError(
            f"代码 {_text(row, position)} 是数字格式，前导零可能已经丢失",
            where=f"{where}第 {position + 1} 列", do="请把该列设为文本格式并补全代码",
        )  # fmt: skip
    return re.sub(r"\s", "", str(cell))


def national_files(folder: Path) -> Iterator[Path]:
    """The workbooks and tables of a folder, in order of name, without the lock files that Excel leaves behind."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".xlsx", ".xls", ".csv") and not path.name.startswith(("~$", ".")):
            yield path
