"""A list as an Excel file that says in its first rows who took it out, when, and what it was narrowed to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter

from yijian.vocabulary.errors import UserError

MOST_ROWS = 1_000_000
"""Rows below the head that still fit a sheet."""

Value = str | float | int | None
Column = tuple[str, int]
"""Title, width. Where the title ends in 元 or 元） figures show two decimals, where it ends in 占比 they are per cent."""


def workbook(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]], count: int, said: Iterable[tuple[str, str]],
    *, who: str, when: datetime,
) -> IO[bytes]:  # fmt: skip
    """An open file to be read from its start. title: what the rows are; said: (title, value) of each narrowing.

    UserError if there are more rows than a sheet holds.
    """
    if count > MOST_ROWS:
        raise UserError(f"有 {count:,} 行，超过 Excel 一张表的容量", do="请先缩小筛选范围，再分次导出")
    out = TemporaryFile()  # noqa: SIM115 - handed to the response, which closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(title), book.add_format({"bold": True, "bottom": 1})
    money, percent = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "0.0%"})
    formats = [money if t.endswith(("元", "元）")) else percent if t.endswith("占比") else None for t, _ in columns]
    for column, (_, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    head = head_of(title, count, said, who=who, when=when)
    for number, text in enumerate(head):
        sheet.write_string(number, 0, text)
    top = len(head) + 1
    sheet.write_row(top, 0, [name for name, _ in columns], bold)
    for number, row in enumerate(rows, top + 1):
        for column, value in enumerate(row):
            if value is None or isinstance(value, str):
                sheet.write_string(number, column, value or "")
            else:
                sheet.write_number(number, column, value, formats[column])
    sheet.autofilter(top, 0, top + count, len(columns) - 1)
    book.close()
    out.seek(0)
    return out


def head_of(title: str, count: int, said: Iterable[tuple[str, str]], *, who: str, when: datetime) -> list[str]:
    """The lines above a list: what it is, who took it out and when, what it was narrowed to."""
    narrowed = "；".join(f"{name} {value}" for name, value in said) or "全部"
    return [f"医监 {title}清单，共 {count:,} 条", f"导出：{who}，{when:%Y-%m-%d %H:%M}", f"筛选条件：{narrowed}"]
