"""Lines of the log as an Excel file that says in its first rows what it was narrowed to."""

from collections.abc import Iterable
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from django.utils import timezone

from yijian.vocabulary.errors import UserError
from yijian.web.audit_log.models import LogEntry

MOST_ROWS = 50_000
"""Lines of one file: more takes longer than a person waits for a page."""

COLUMNS = (
    ("编号", 10), ("时间", 20), ("账号", 14), ("地址", 16), ("操作", 18), ("操作代码", 26), ("对象类别", 12), ("对象编号", 26),
    ("人员编号", 20), ("事由或条件", 40), ("变更", 40), ("哈希", 20),
)  # fmt: skip


def workbook(lines: Iterable[LogEntry], count: int, said: Iterable[tuple[str, str]], *, who: str, when: datetime) -> IO[bytes]:
    """An open file to be read from its start. UserError if there are more lines than one file takes."""
    if count > MOST_ROWS:
        raise UserError(f"符合条件的记录超过 {MOST_ROWS:,} 条", do="请先按时段、操作或账号筛选，再分次导出")
    out = TemporaryFile()  # noqa: SIM115 - handed to the response, which closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet("操作日志"), book.add_format({"bold": True, "bottom": 1})
    for column, (_, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
    head = [f"医监 操作日志，共 {count:,} 条", f"导出：{who}，{when:%Y-%m-%d %H:%M}"]
    head.append("筛选条件：" + ("；".join(f"{title} {value}" for title, value in said) or "全部"))
    for number, text in enumerate(head):
        sheet.write_string(number, 0, text)
    top = len(head) + 1
    sheet.write_row(top, 0, [title for title, _ in COLUMNS], bold)
    for number, line in enumerate(lines, top + 1):
        sheet.write_number(number, 0, line.number)
        for column, text in enumerate(_texts(line), 1):
            sheet.write_string(number, column, text)
    sheet.autofilter(top, 0, top + count, len(COLUMNS) - 1)
    book.close()
    out.seek(0)
    return out


def _texts(line: LogEntry) -> list[str]:
    at = f"{timezone.localtime(line.at):%Y-%m-%d %H:%M:%S}"
    thing = [line.kind, line.about, line.person, line.purpose, line.changes, line.leaf]
    return [at, line.who, line.address, line.title, line.act, *thing]
