"""A list of findings as an Excel file that says in its first rows what it was narrowed to."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO

from yijian.vocabulary.masking import masked_number
from yijian.web.findings.models import Finding
from yijian.web.frame.templatetags.frame import level
from yijian.web.frame.workbook import workbook as written

COLUMNS = (
    ("疑点编号", 23), ("规则", 30), ("规则编码", 20), ("性质", 10), ("机构编码", 16), ("机构名称", 24), ("机构级别", 11),
    ("发生日期", 12), ("涉及金额（元）", 15), ("说明", 60), ("人员编号（掩码）", 20), ("就诊编号", 20), ("结算编号", 20),
    ("疑似目录对照错误（疑点编号）", 23), ("依据", 40), ("规则哈希", 18), ("知识哈希", 18),
)  # fmt: skip


def workbook(found: Iterable[Finding], count: int, said: Iterable[tuple[str, str]], *, who: str, when: datetime) -> IO[bytes]:
    """An open file to be read from its start. UserError if there are more rows than a sheet holds."""
    return written("疑点", COLUMNS, map(_row, found), count, said, who=who, when=when)


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
