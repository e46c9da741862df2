"""The book of leads as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.leads import queries, views
from yijian.web.leads.models import Lead

LEADS: tuple[Field[Lead], ...] = (
    Field("线索编号", 28, "number"),
    Field("来源", 14, "get_source_display"),
    Field("来源文号", 24, "reference"),
    Field("收到日期", 12, "received"),
    Field("对象类别", 14, "get_subject_kind_display"),
    Field("对象", 30, "who"),
    Field("线索", 40, "title"),
    Field("价值", 8, "get_grade_display"),
    Field("估计金额（元）", 16, "amount"),
    Field("承办区划", 10, "area"),
    Field("承办人", 12, "officer.display_name"),
    Field("状态", 12, "get_state_display"),
    Field("核查结果", 20, "get_result_display"),
    Field("查实金额（元）", 16, "proved_amount"),
    Field("登记时间", 20, "opened"),
)


def _leads(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.leads_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("线索台账", LEADS, rows.iterator(chunk_size=2000), found.count(), filters.words(institution_names()))


LISTINGS = {"leads": Listing("线索台账", _leads)}
