"""Excel files of the import: the empty template, the initial passwords. All cells are text."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO

import xlsxwriter

Columns = Sequence[tuple[str, int]]
"""Title and width of each."""


def sheets(content: Mapping[str, tuple[Columns, Sequence[Sequence[str]]]], *, advice: str = "") -> IO[bytes]:
    """An open file with a sheet for each name. advice: a line above the columns. Never on a disk: it may hold passwords."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    for name, (columns, rows) in content.items():
        sheet, top = book.add_worksheet(name), 2 if advice else 0
        sheet.write_string(0, 0, advice)
        for column, (title, width) in enumerate(columns):
            sheet.set_column(column, column, width, text)  # so that Excel keeps the zeros of a code that somebody types
            sheet.write_string(top, column, title, bold)
        for number, row in enumerate(rows, top + 1):
            for column, value in enumerate(row):
                sheet.write_string(number, column, value)
    book.close()
    out.seek(0)
    return out
