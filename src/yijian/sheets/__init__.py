"""Table forms (统计表, 自查表) as data: what columns and lines one has, what must add up, and its Excel file."""

from yijian.sheets.cells import Value, parsed, shown
from yijian.sheets.checking import Problem, added, check
from yijian.sheets.form import Check, Column, Field, Line, Row, Sheet, read
from yijian.sheets.reading import MOST_ROWS, Filled, read_workbook
from yijian.sheets.writing import workbook

__all__ = [
    "MOST_ROWS",
    "Check",
    "Column",
    "Field",
    "Filled",
    "Line",
    "Problem",
    "Row",
    "Sheet",
    "Value",
    "added",
    "check",
    "parsed",
    "read",
    "read_workbook",
    "shown",
    "workbook",
]
