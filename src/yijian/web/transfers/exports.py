"""Transfers, and their yearly statement, as lists that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import Right, User, need
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.transfers import queries, statement, views
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.statement import Line

TRANSFERS: tuple[Field[Transfer], ...] = (
    Field("方向", 8, "get_direction_display"),
    Field("移送书文号", 32, "number"),
    Field("部门", 16, "body_title"),
    Field("对方单位", 28, "partner.name"),
    Field("类别", 40, "category_title"),
    Field("当事人", 30, "who"),
    Field("案由", 40, "title"),
    Field("涉及金额（元）", 16, "amount"),
    Field("区划", 10, "area"),
    Field("移送日期", 12, "sent_on"),
    Field("状态", 12, "get_state_display"),
    Field("处理结果", 16, "get_result_display"),
    Field("处理情况", 40, "outcome"),
)
STATEMENT: tuple[Field[Line], ...] = (
    Field("方向", 8, "direction"),
    Field("部门", 16, "body"),
    Field("类别", 50, "category"),
    Field("移送件数", 10, "sent"),
    Field("涉及金额（元）", 16, "amount"),
    Field("签收", 8, "received"),
    Field("受理", 8, "accepted"),
    Field("反馈结果", 10, "answered"),
    Field("其中处罚、处分、刑事立案", 16, "punished"),
)


def _transfers(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.transfers_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("移送台账", TRANSFERS, rows.iterator(chunk_size=2000), found.count(), filters.words())


def _statement(user: User, address: QueryDict) -> Sheet:
    need(user, Right.SEE_TRANSFERS)
    year = statement.year_of(address)
    lines = statement.statement(user, year)
    return sheet_of("年度移送情况表", STATEMENT, lines, len(lines), [("年度", str(year))])


LISTINGS = {"transfers": Listing("移送台账", _transfers), "transfer-statement": Listing("年度移送情况表", _statement)}
