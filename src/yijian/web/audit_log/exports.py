"""The log as a list that may leave as a file."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from yijian.vocabulary.errors import UserError
from yijian.web.audit_log.filters import Filters
from yijian.web.audit_log.models import LogEntry
from yijian.web.audit_log.queries import entries
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of

MOST_ROWS = 1_000_000
"""Lines of one file. More are not even counted: a log of many years is narrowed first, or goes to `yijian log export`."""

LINES: tuple[Field[LogEntry], ...] = (
    Field("编号", 10, lambda one: one.number),
    Field("时间", 20, lambda one: f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}"),
    Field("账号", 14, lambda one: one.who),
    Field("地址", 16, lambda one: str(one.address or "")),
    Field("操作", 18, lambda one: one.title),
    Field("操作代码", 26, lambda one: one.act),
    Field("对象类别", 12, lambda one: one.kind),
    Field("对象编号", 26, lambda one: one.about),
    Field("人员编号", 20, lambda one: one.person),
    Field("事由或条件", 40, lambda one: one.purpose),
    Field("变更", 40, lambda one: one.changes),
    Field("哈希", 20, lambda one: one.leaf),
)


def _log(reader: Any, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    lines = entries(reader, filters)
    count = lines.order_by()[: MOST_ROWS + 1].count()
    if count > MOST_ROWS:
        raise UserError(f"符合条件的记录超过 {MOST_ROWS:,} 条", do="请先按时段、操作或账号筛选，再分次导出")
    return sheet_of("操作日志", LINES, lines[:count].iterator(chunk_size=2000), count, filters.words())


LISTINGS = {"log": Listing("操作日志", _log)}
