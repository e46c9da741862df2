"""The book of cases as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.cases import queries, views
from yijian.web.cases.models import Case
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names

CASES: tuple[Field[Case], ...] = (
    Field("案号", 28, "number"),
    Field("案件", 40, "title"),
    Field("当事人", 30, "who"),
    Field("案由", 8, "cause"),
    Field("程序", 12, "get_procedure_display"),
    Field("基金损失（元）", 16, "loss"),
    Field("承办区划", 10, "area"),
    Field("状态", 14, "get_state_display"),
    Field("处理意见", 16, "get_proposal_display"),
    Field("提请时间", 20, "opened"),
    Field("立案时间", 20, "filed"),
    Field("决定时间", 20, "decided"),
    Field("结案时间", 20, "ended"),
)


def _cases(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.cases_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("案件台账", CASES, rows.iterator(chunk_size=2000), found.count(), filters.words(institution_names()))


LISTINGS = {"cases": Listing("案件台账", _cases)}
