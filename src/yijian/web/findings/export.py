"""A list of findings as an Excel file that says in its first rows what it was narrowed to."""

from collections.abc import Iterable
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.masking import masked_number
from yijian.web.findings.models import Finding
from yijian.web.frame.templatetags.frame import level

MOST_ROWS = 1_000_000
"""Rows below the head that still fit a sheet."""

COLUMNS = (
    ("疑点编号", 23), ("规则", 30), ("规则编码", 20), ("性质", 10), ("机构编码", 16), ("机构名称", 24), ("机构级别", 11),
    ("发生日期", 12), ("涉及金额（元）", 15), ("说明", 60), ("人员编号（掩码）", 20), ("就诊编号", 20), ("结算编号", 20),
    ("疑似目录对照错误（疑点编号）", 23), ("依据", 40), ("规则哈希", 18), ("知识哈希", 18),
)  # fmt: skip


def workbook(found: Iterable[Finding], count: int, said: Iterable[tuple[str, str]], *, who: str, when: datetime) -> IO[bytes]:
    """An open file to be read from its start. UserError if there are more rows than a sheet holds."""
    if count > MOST_ROWS:
        raise UserError(f"有 {count:,} 个疑点，超过 Excel 一张表的容量", do="请先按规则、机构或金额筛选，再分次导出")
    out = TemporaryFile()  # noqa: SIM115 - handed to the response, which closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("疑点")
    bold, money = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0.00"})
    for column, (_, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
    head = [f"医监 疑点清单，共 {count:,} 条", f"导出：{who}，{when:%Y-%m-%d %H:%M}"]
    head.append("筛选条件：" + ("；".join(f"{title} {value}" for title, value in said) or "全部"))
    for number, text in enumerate(head):
        sheet.write_string(number, 0, text)
    top = len(head) + 1
    sheet.write_row(top, 0, [title for title, _ in COLUMNS], bold)
    for number, finding in enumerate(found, top + 1):
        for column, value in enumerate(_row(finding)):
            if value is None or isinstance(value, str):
                sheet.write_string(number, column, value or "")
            else:
                sheet.write_number(number, column, value, money)
    sheet.autofilter(top, 0, top + count, len(COLUMNS) - 1)
    book.close()
    out.seek(0)
    return out


def _row(finding: Finding) -> list[str | float | None]:
    one = finding.institution
    return [
        finding.finding_id,
        finding.rule_title,
        finding.official_code,
        str(Finding.Verdict(finding.verdict).label),
        one.code if one else "",
        one.name if one else "",
        level(one.level) if one else "",
        finding.day.isoformat() if finding.day else "",
        None if finding.amount is None else float(finding.amount),
        finding.explanation,
        masked_number(finding.psn_no),
        finding.mdtrt_id,
        finding.setl_id,
        finding.mapping_error,
        finding.legal_basis,
        finding.rule_hash,
        finding.knowledge_hash,
    ]
