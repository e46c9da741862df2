"""The log as a list that may leave as a file."""

from typing import Any

from django.http import QueryDict

from yijian.vocabulary.errors import UserError
from yijian.web.audit_log.filters import Filters
from yijian.web.audit_log.models import LogEntry
from yijian.web.audit_log.queries import entries
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of

MOST_ROWS = 1_000_000
"""Lines of one file. More are not even counted: a log of many years is narrowed first, or goes to `yijian log export`."""

LINES: tuple[Field[LogEntry], ...] = (
    Field("编号", 10, "number"),
    Field("时间", 20, "at"),
    Field("账号", 14, "who"),
    Field("地址", 16, "address"),
    Field("操作", 18, "title"),
    Field("操作代码", 26, "act"),
    Field("对象类别", 12, "kind"),
    Field("对象编号", 26, "about"),
    Field("人员编号", 20, "person"),
    Field("事由或条件", 40, "purpose"),
    Field("变更", 40, "changes"),
    Field("哈希", 20, "leaf"),
)


def _log(reader: Any, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    lines = entries(reader, filters)
    count = lines.order_by()[: MOST_ROWS + 1].count()
    if count > MOST_ROWS:
        raise UserError(f"符合条件的记录超过 {MOST_ROWS:,} 条", do="请先按时段、操作或账号筛选，再分次导出")
    return sheet_of("操作日志", LINES, lines[:count].iterator(chunk_size=2000), count, filters.words())


LISTINGS = {"log": Listing("操作日志", _log)}
