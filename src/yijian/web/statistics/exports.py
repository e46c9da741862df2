"""Closed months as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.statistics import queries, views
from yijian.web.statistics.models import MonthTable

TABLES: tuple[Field[MonthTable], ...] = (
    Field("月份", 12, "of"),
    Field("区划", 10, "area"),
    Field("状态", 10, "get_state_display"),
    Field("关账时间", 20, "closed"),
    Field("填表人", 16, "reporter"),
    Field("报送期限", 12, "due"),
    Field("报送时间", 20, "handed"),
    Field("单位负责人", 16, "head"),
    Field("未计入的区划", 24, lambda one: "、".join(one.missing)),
    Field("哈希", 66, "digest"),
)


def _tables(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.tables_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-month").order)
    return sheet_of("统计月报", TABLES, rows.iterator(chunk_size=2000), found.count(), filters.words())


LISTINGS = {"statistics": Listing("统计月报", _tables)}
