"""A form as an Excel file in its layout, filled in or empty.

Number, title, the fields of the head (heading and value in cells of their own), the headings (two rows where columns have
groups), the rows, the total, the foot, the notes. A hidden second sheet says which form it is.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from typing import cast

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from yijian.sheets.cells import Value
from yijian.sheets.checking import added
from yijian.sheets.form import NUMBERS, Column, Field, Row, Sheet

MARK = "yijian"
BLANK = 30
"""Empty rows of a template."""
TOTAL = "合计"
NOTE = "注："
FORMATS = {"count": "#,##0", "yuan": "#,##0.00", "share": "0.0%", "date": "yyyy-mm-dd", "text": "@", "choice": "@"}
A4 = 9
LONGEST_LIST = 255
"""Excel takes no longer list of choices in a cell."""


def workbook(sheet: Sheet, head: Mapping[str, str], rows: Sequence[Row] = ()) -> bytes:
    """The form filled in. head: values by the keys of the fields. Without rows a template: empty rows, choices to pick from."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Pen(book, sheet).write(head, rows)
    hidden = book.add_worksheet(MARK)
    hidden.write_column(0, 0, [sheet.key, sheet.mark])
    hidden.very_hidden()
    book.close()
    return out.getvalue()


class _Pen:
    """Writes one form from top to bottom."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Sheet) -> None:
        self.sheet, self.page = sheet, book.add_worksheet(sheet.title[:31])
        box = {"border": 1, "valign": "vcenter", "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.heading = book.add_format({**box, "bold": True, "align": "center", "bg_color": "#f2f2f2"})
        self.stub, self.total = book.add_format({**box, "align": "center"}), book.add_format({**box, "bold": True})
        self.cells = {kind: book.add_format({**box, "num_format": shape}) for kind, shape in FORMATS.items()}
        self.totals = {kind: book.add_format({**box, "bold": True, "num_format": shape}) for kind, shape in FORMATS.items()}
        self.text = book.add_format({"num_format": "@"})
        self.wide = len(sheet.columns)

    def write(self, head: Mapping[str, str], rows: Sequence[Row]) -> None:
        """All of it."""
        at = self._fields(2, self.sheet.head, head) if self.sheet.head else 2
        self.page.write_string(0, 0, self.sheet.number)
        self.page.merge_range(1, 0, 1, self.wide, self.sheet.title, self.title)
        self.page.set_row(1, 28)
        at = self._headings(at)
        self.page.freeze_panes(at, 1)
        self.page.repeat_rows(at - 1 - any(c.group for c in self.sheet.columns), at - 1)
        at = self._rows(at, rows)
        at = self._fields(at, self.sheet.foot, head) if self.sheet.foot else at
        for note in (f"单位：{self.sheet.unit}", *self.sheet.notes):
            self.page.write_string(at, 0, f"{NOTE}{note}")
            at += 1
        self.page.set_landscape()
        self.page.set_paper(A4)
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&R第 &P 页，共 &N 页")

    def _fields(self, at: int, fields: Sequence[Field], head: Mapping[str, str]) -> int:
        """Three to a row: heading, value, and an empty column between."""
        for number, one in enumerate(fields):
            row, column = at + number // 3, number % 3 * 3
            self.page.write_string(row, column, f"{one.heading}：")
            self.page.write_string(row, column + 1, head.get(one.key, ""), self.text)
        return at + (len(fields) + 2) // 3

    def _headings(self, at: int) -> int:
        grouped = any(column.group for column in self.sheet.columns)
        last = at + grouped
        self.page.set_column(0, 0, max((2 * len(line.label) for line in self.sheet.lines), default=6) + 2)
        self._heading(at, last, 0, self.sheet.stub)
        for number, column in enumerate(self.sheet.columns, 1):
            self.page.set_column(number, number, column.width)
            self._heading(last if column.group else at, last, number, column.heading)
            if column.note:
                self.page.write_comment(last if column.group else at, number, column.note)
        place = 1
        for group, columns in groupby(self.sheet.columns, key=lambda column: column.group):
            many = len(list(columns))
            if group and many > 1:
                self.page.merge_range(at, place, at, place + many - 1, group, self.heading)
            elif group:
                self.page.write_string(at, place, group, self.heading)
            place += many
        return last + 1

    def _heading(self, first: int, last: int, column: int, text: str) -> None:
        if first == last:
            self.page.write_string(first, column, text, self.heading)
        else:
            self.page.merge_range(first, column, last, column, text, self.heading)

    def _rows(self, at: int, rows: Sequence[Row]) -> int:
        stubs = [line.label for line in self.sheet.lines] or [str(n + 1) for n in range(len(rows) or BLANK)]
        filled = list(rows) or [{} for _ in stubs]
        for number, (stub, row) in enumerate(zip(stubs, filled, strict=True), at):
            self.page.write_string(number, 0, stub, self.stub)
            for place, column in enumerate(self.sheet.columns, 1):
                self._cell(number, place, column, row.get(column.key))
        end = at + len(stubs)
        for place, column in enumerate(self.sheet.columns, 1):
            if column.kind == "choice" and len(",".join(column.choices)) <= LONGEST_LIST:
                self.page.data_validation(at, place, end - 1, place, {"validate": "list", "source": list(column.choices)})
        return self._total(at, end, rows) if self.sheet.total else end

    def _total(self, at: int, end: int, rows: Sequence[Row]) -> int:
        self.page.write_string(end, 0, TOTAL, self.total)
        sums = added(self.sheet, rows)
        for place, column in enumerate(self.sheet.columns, 1):
            if column.kind not in NUMBERS or (rows and sums[column.key] is None):  # nobody filled it in: that is not nought
                self.page.write_blank(end, place, None, self.total)
                continue
            name = xl_col_to_name(place)
            formula = f"=SUM({name}{at + 1}:{name}{end})"
            self.page.write_formula(end, place, formula, self.totals[column.kind], cast("int", _plain(sums[column.key])))
        return end + 1

    def _cell(self, row: int, place: int, column: Column, value: Value) -> None:
        form = self.cells[column.kind]
        if value is None:
            self.page.write_blank(row, place, None, form)
        elif isinstance(value, str):
            self.page.write_string(row, place, value, form)
        elif isinstance(value, date):
            self.page.write_datetime(row, place, datetime.combine(value, time()), form)
        else:
            self.page.write_number(row, place, _plain(value), form)


def _plain(value: Value) -> int | float:
    """A number as Excel keeps it; 0 for what is none."""
    return float(value) if isinstance(value, Decimal) else value if isinstance(value, int) else 0
