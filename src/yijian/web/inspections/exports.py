"""Inspections as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import Organisation, User, division_names
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.inspections import coverage, coverage_views, queries, views
from yijian.web.inspections.models import Inspection
from yijian.web.institutions.queries import Institution, institution_names

INSPECTIONS: tuple[Field[Inspection], ...] = (
    Field("编号", 28, "number"),
    Field("名称", 36, "title"),
    Field("方式", 12, "kind_title"),
    Field("对象类别", 14, "get_subject_kind_display"),
    Field("对象编码", 20, "institution_id"),
    Field("对象", 30, "who"),
    Field("区划", 10, "area"),
    Field("计划自", 12, "begin"),
    Field("至", 12, "end"),
    Field("到场时间", 20, "arrived"),
    Field("离场时间", 20, "left"),
    Field("状态", 12, "get_state_display"),
    Field("存在问题", 10, "problem"),
    Field("检查情况", 50, "found"),
    Field("涉及金额（元）", 16, "amount"),
    Field("责令整改日期", 12, "ordered"),
    Field("拟定时间", 20, "opened"),
)
OURS = ("存在问题", "检查情况", "涉及金额（元）")
"""What the subject reads in its letter, once it is concluded, and not here."""
DUE: tuple[Field[Institution], ...] = (
    Field("机构编码", 20, "pk"),
    Field("机构", 36, "name"),
    Field("类别", 12, "get_kind_display"),
    Field("区划", 12, "area"),
    Field("结算笔数", 12, "settlements"),
    Field("基金支付（元）", 18, "fund"),
)


def _inspections(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.inspections_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    said = filters.words(institution_names())
    whole = queries.inner(user) and user.organisation.kind == Organisation.Kind.AUTHORITY  # an agency may be the subject
    fields = INSPECTIONS if whole else [field for field in INSPECTIONS if field.title not in OURS]
    return sheet_of("检查台账", fields, rows.iterator(chunk_size=2000), found.count(), said)


def _due(user: User, address: QueryDict) -> Sheet:
    filters = coverage.Filters.of(address)
    found = coverage.still_due(user, filters)
    rows = found.order_by(*sorting_of(address, coverage_views.COLUMNS, "code").order)
    return sheet_of("未检查的定点医药机构", DUE, rows.iterator(chunk_size=2000), found.count(), filters.words(division_names()))


LISTINGS = {
    "inspections": Listing("检查台账", _inspections),
    "inspections-due": Listing("未检查的定点医药机构", _due),
}
