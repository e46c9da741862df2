"""A list as an Excel file that says in its first rows what it is and what it was narrowed to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter

Column = tuple[str, int]
"""A column's title and its width in characters."""


def workbook(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    said: Iterable[tuple[str, str]] = (),
    who: str,
    when: datetime,
) -> IO[bytes]:
    """An open file to be read from its start, with one sheet. `said`: (title, value) of each narrowing. Cells are text."""
    head = [
        f"医监 {title}，共 {len(rows):,} 条",
        f"导出：{who}，{when:%Y-%m-%d %H:%M}",
        "筛选条件：" + ("；".join(f"{name} {value}" for name, value in said) or "全部"),
        "",
    ]
    return sheets({title: (columns, rows)}, head=head)


def sheets(content: Mapping[str, tuple[Sequence[Column], Sequence[Sequence[str]]]], *, head: Sequence[str] = ()) -> IO[bytes]:
    """An open file with a sheet for each name; `head`: lines above the columns of each."""
    out = TemporaryFile()  # noqa: SIM115 - handed to the response, which closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    for name, (columns, rows) in content.items():
        sheet = book.add_worksheet(name)
        for number, (_, width) in enumerate(columns):
            sheet.set_column(number, number, width)
        for number, text in enumerate(head):
            sheet.write_string(number, 0, text)
        for column, (title, _) in enumerate(columns):
            sheet.write_string(len(head), column, title, bold)
        for number, row in enumerate(rows, len(head) + 1):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
        sheet.autofilter(len(head), 0, len(head) + len(rows), len(columns) - 1)
    book.close()
    out.seek(0)
    return out
