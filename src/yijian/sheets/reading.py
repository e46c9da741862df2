"""A filled-in Excel file of a form, read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError

from yijian.sheets.cells import Value, parsed
from yijian.sheets.checking import Problem, check
from yijian.sheets.form import NUMBERS, Sheet
from yijian.sheets.opening import opened
from yijian.sheets.writing import MARK, NOTE, TOTAL
from yijian.vocabulary.errors import UserError

MOST_ROWS = 5_000
DEEPEST = 30
"""The headings stand within so many rows from the top."""
Cells = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Filled:
    """What a file says. head: fields above and below the table by their keys; problems: cells that cannot be, sums that fail."""

    head: Mapping[str, str]
    rows: list[dict[str, Value]]
    problems: list[Problem] = field(default_factory=list[Problem])


def read_workbook(sheet: Sheet, data: bytes) -> Filled:
    """What a filled-in file says.

    A file without its hidden mark (copied into a new book) is taken by its headings. UserError: no Excel file, another
    form, an old template, columns or lines that are not where they belong, too many rows.
    """
    cells, mark = _opened(data)
    if mark and mark[0] != sheet.key:
        raise UserError(f"文件不是《{sheet.title}》的模板", do="请下载本表的模板填写")
    if mark and mark[1:] != [sheet.mark]:
        raise UserError(f"《{sheet.title}》的模板已经更新，文件用的是旧模板", do="请重新下载模板，把内容抄入后再导入")
    at = _headings(sheet, cells)
    end = _end(cells, at)
    problems: list[Problem] = []
    named = _lines(sheet, cells[at:end], problems) if sheet.lines else _open_rows(sheet, cells[at:end], at, problems)
    totals = None
    if end < len(cells) and _text(cells[end], 0) == TOTAL:
        totals = _row(sheet, cells[end], TOTAL, problems, only=NUMBERS)
    _nothing_below(sheet, cells, end)
    rows, wrong = list(named.values()), {(one.place, one.column) for one in problems}
    failing = check(sheet, rows, totals, list(named))
    found = [*problems, *(one for one in failing if (one.place, one.column) not in wrong)]
    return Filled(_fields(sheet, [*cells[:at], *cells[end:]]), rows, found)


def _opened(data: bytes) -> tuple[Cells, list[str]]:
    book = opened(data)
    try:
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        mark = book.get_sheet_by_name(MARK).to_python() if MARK in book.sheet_names else []
    except (CalamineError, OSError, IndexError) as error:
        raise UserError("Excel 文件里没有可以读的表", do="请使用下载的模板填写，保存为 .xlsx 后再导入") from error
    return cells, [str(row[0]) for row in mark if row]


def _text(row: Sequence[Any], column: int) -> str:
    return "".join(str(row[column]).split()) if column < len(row) else ""


def _headings(sheet: Sheet, cells: Cells) -> int:
    """The row below the headings. UserError if they are not there, or not all in their places."""
    wanted = ["".join(text.split()) for text in (sheet.stub, *(column.heading for column in sheet.columns))]
    grouped = any(column.group for column in sheet.columns)
    best, found = 0, [""] * len(wanted)
    for number in range(min(len(cells), DEEPEST) - grouped):
        upper, lower = cells[number], cells[number + grouped]
        said = [_text(lower, n) or _text(upper, n) for n in range(max(len(wanted), len(upper), len(lower)))]
        if len(set(said) & set(wanted)) > len(set(found) & set(wanted)):
            best, found = number, said
    if len(set(found) & set(wanted)) * 2 < len(wanted):
        raise UserError(f"文件里没有《{sheet.title}》的表头", do="请下载本表的模板填写，不要删改表头")
    for number, (want, have) in enumerate(zip(wanted, found, strict=False), 1):
        if want != have:
            said = f"，文件里是“{have}”" if have else "，文件里是空的"
            raise UserError(f"第 {number} 列应为“{want}”{said}", do="请不要移动、增加或删除列，按模板的顺序填写")
    if extra := [text for text in found[len(wanted) :] if text]:
        raise UserError(f"多出一列“{extra[0]}”", do="请不要移动、增加或删除列，按模板的顺序填写")
    return best + 1 + grouped


def _end(cells: Cells, at: int) -> int:
    """Where the rows end: at the total, the notes, or a field of the foot."""
    for number in range(at, len(cells)):
        stub = _text(cells[number], 0)
        if stub == TOTAL or stub.startswith(NOTE) or stub.endswith("："):
            return number
    return len(cells)


def _nothing_below(sheet: Sheet, cells: Cells, end: int) -> None:
    """UserError where somebody went on writing below the total or the notes: it would be left out without a word."""
    fields = {f"{one.heading}：" for one in (*sheet.head, *sheet.foot)}
    for number, row in enumerate(cells[end:], end + 1):
        stub = _text(row, 0)
        if stub == TOTAL or stub.startswith(NOTE) or any(_text(row, column) in fields for column in range(len(row))):
            continue
        if any(_text(row, column) for column in range(1, len(sheet.columns) + 1)):
            raise UserError(f"文件第 {number} 行写在合计或说明的下面", do="请在合计上面插入行，把内容移上去后再导入")


def _open_rows(sheet: Sheet, cells: Cells, at: int, problems: list[Problem]) -> dict[str, dict[str, Value]]:
    """Rows in which anything but the number is written, each under the name by which one finds it in the file."""
    rows = {
        f"第 {number} 行": row
        for number, row in enumerate(cells, at + 1)
        if any(_text(row, column) for column in range(1, len(sheet.columns) + 1))
    }
    if len(rows) > MOST_ROWS:
        raise UserError(f"有 {len(rows):,} 行，最多 {MOST_ROWS:,} 行", do="请分几次填报")
    return {place: _row(sheet, row, place, problems) for place, row in rows.items()}


def _lines(sheet: Sheet, cells: Cells, problems: list[Problem]) -> dict[str, dict[str, Value]]:
    rows: dict[str, dict[str, Value]] = {}
    for number, line in enumerate(sheet.lines):
        have = _text(cells[number], 0) if number < len(cells) else ""
        if have != "".join(line.label.split()):
            raise UserError(f"表头下第 {number + 1} 行应为“{line.label}”，文件里是“{have}”", do="请不要移动、增加或删除行")
        rows[line.label] = _row(sheet, cells[number], line.label, problems)
    return rows


def _row(sheet: Sheet, cells: Sequence[Any], place: str, problems: list[Problem], only: Sequence[str] = ()) -> dict[str, Value]:
    said: dict[str, Value] = {}
    for number, column in enumerate(sheet.columns, 1):
        if only and column.kind not in only:
            continue
        try:
            said[column.key] = parsed(column, cells[number] if number < len(cells) else None)
        except ValueError as error:
            said[column.key] = None
            problems.append(Problem(place, column.heading, str(error)))
    return said


def _fields(sheet: Sheet, cells: Cells) -> dict[str, str]:
    keys = {f"{one.heading}：": one.key for one in (*sheet.head, *sheet.foot)}
    said: dict[str, str] = {}
    for row in cells:
        for number in range(len(row)):
            if key := keys.get(_text(row, number)):
                value = row[number + 1] if number + 1 < len(row) else ""
                said[key] = str(value).strip()
    return said
