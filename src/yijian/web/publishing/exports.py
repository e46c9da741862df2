"""Publications as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.publishing import queries, views
from yijian.web.publishing.models import Publication

PUBLICATIONS: tuple[Field[Publication], ...] = (
    Field("类别", 14, "get_kind_display"),
    Field("案号", 28, "case.number"),
    Field("标题", 40, "current.title"),
    Field("当事人", 30, "current.party"),
    Field("决定书文号", 32, "current.number"),
    Field("机关", 24, "organ"),
    Field("区划", 10, "area"),
    Field("状态", 12, "get_state_display"),
    Field("公开日期", 12, "published"),
    Field("公示截止日", 12, "until"),
    Field("撤回日期", 12, "withdrawn"),
    Field("撤回原因", 24, "get_withdrawal_display"),
    Field("不予公开的情形", 30, "get_decline_display"),
    Field("起草时间", 20, "opened"),
)


def _publications(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.publications_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    words = filters.words(institution_names())
    return sheet_of("公开信息", PUBLICATIONS, rows.iterator(chunk_size=2000), found.count(), words)


LISTINGS = {"publications": Listing("公开信息", _publications)}
