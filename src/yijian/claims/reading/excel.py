"""Excel workbooks through calamine: the first sheet with a header; cells become text as a person sees them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from yijian.claims.reading.held import held_layout
from yijian.claims.reading.source import Layout
from yijian.vocabulary.errors import UserError

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


def excel_layout(path: Path) -> Layout:
    """Look at a workbook; all of it is read here. Raises UserError if it is broken or empty."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            rows = next((r for r in (book.get_sheet_by_name(s).to_python() for s in book.sheet_names) if r), [])
    except (CalamineError, OSError) as error:
        raise UserError(
            f"工作簿无法读取：{str(error)[:120]}", where=str(path), do="请在 Excel 中打开确认后另存为 .xlsx"
        ) from None
    if not rows:
        raise UserError("工作簿是空的", where=str(path), do="请重新导出该文件")
    header = [str(cell).strip() for cell in rows[0]]
    while header and not header[-1]:
        header.pop()
    if "" in header or len(set(header)) < len(header):
        raise UserError("表头有空的或重复的列名", where=str(path), do="请改正第一行后重新导入")
    columns = [[_text(row[i]) for row in rows[1:]] for i in range(len(header))]
    return held_layout(pa.table({h: pa.array(c, pa.string()) for h, c in zip(header, columns, strict=True)}))


def _text(cell: Cell) -> str | None:
    match cell:
        case "":
            return None
        case bool():
            return "1" if cell else "0"
        case float():
            return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.10f}".rstrip("0").rstrip(".")
        case datetime():
            return cell.isoformat(" ")
        case _:
            return str(cell)
