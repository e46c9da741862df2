"""Campaigns and returns as lists that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.campaigns import queries, return_queries, return_views, views
from yijian.web.campaigns.models import Campaign, SelfInspection
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of

CAMPAIGNS: tuple[Field[Campaign], ...] = (
    Field("文号", 28, "number"),
    Field("名称", 36, "title"),
    Field("区划", 10, "area"),
    Field("对象", 30, "subjects"),
    Field("自查数据自", 12, "data_begin"),
    Field("至", 12, "data_end"),
    Field("状态", 12, "get_state_display"),
    Field("印发日期", 12, "issued"),
    Field("拟定时间", 20, "opened"),
)
RETURNS: tuple[Field[SelfInspection], ...] = (
    Field("专项治理", 36, "campaign.title"),
    Field("类别", 16, "get_form_display"),
    Field("机构或单位编码", 20, lambda one: one.institution_id or one.agency_id),  # type: ignore[attr-defined]
    Field("填报单位", 30, "name"),
    Field("区划", 10, "area"),
    Field("期限", 12, "due"),
    Field("状态", 12, "get_state_display"),
    Field("报送日期", 12, "returned"),
    Field("逾期报送", 10, lambda one: "是" if one.late else ""),
    Field("零报告", 10, lambda one: "是" if one.zero else ""),
    Field("自查金额（元）", 16, "declared"),
    Field("承诺退回（元）", 16, "pledged"),
    Field("受理日期", 12, "accepted"),
)


def _campaigns(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.campaigns_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("专项治理", CAMPAIGNS, rows.iterator(chunk_size=2000), found.count(), filters.words())


def _returns(user: User, address: QueryDict) -> Sheet:
    filters = return_queries.Filters.of(address)
    found = return_queries.returns_for(user, filters)
    rows = found.order_by(*sorting_of(address, return_views.COLUMNS, "due").order)
    return sheet_of("自查报告", RETURNS, rows.iterator(chunk_size=2000), found.count(), filters.words())


LISTINGS = {"campaigns": Listing("专项治理", _campaigns), "self-inspections": Listing("自查报告", _returns)}
