"""Measures under agreements as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.agreements import queries, views
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names

MEASURES: tuple[Field[AgreementMeasure], ...] = (
    Field("文号", 28, "number"),
    Field("措施", 20, "title"),
    Field("机构编码", 20, "institution_id"),
    Field("机构", 30, "institution.name"),
    Field("违约事实", 40, "reason"),
    Field("协议条款", 24, "clause"),
    Field("科室或人员代码", 20, "target"),
    Field("金额（元）", 14, "amount"),
    Field("记分", 8, "points"),
    Field("日期", 12, "due"),
    Field("起", 12, "begin"),
    Field("止", 12, "end"),
    Field("状态", 12, "get_state_display"),
    Field("决定日期", 12, "decided"),
    Field("提请时间", 20, "opened"),
)


def _measures(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.measures_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("协议处理", MEASURES, rows.iterator(chunk_size=2000), found.count(), filters.words(institution_names()))


LISTINGS = {"agreements": Listing("协议处理", _measures)}
