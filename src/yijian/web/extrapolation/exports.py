"""Extrapolations as a list that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.extrapolation import queries, views
from yijian.web.extrapolation.models import Extrapolation
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names

FIELDS: tuple[Field[Extrapolation], ...] = (
    Field("编号", 28, "number"),
    Field("机构编码", 20, "institution_id"),
    Field("机构", 30, "institution.name"),
    Field("抽取范围", 14, "get_bills_display"),
    Field("起", 12, "begin"),
    Field("止", 12, "end"),
    Field("状态", 12, "get_state_display"),
    Field("抽取时间", 20, "opened"),
    Field("结论时间", 20, "concluded"),
    Field("种子", 66, "seed"),
    Field("名单的哈希", 66, "list_hash"),
)


def _extrapolations(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.extrapolations_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("抽样推算", FIELDS, rows.iterator(chunk_size=2000), found.count(), filters.words(institution_names()))


LISTINGS = {"extrapolations": Listing("抽样推算", _extrapolations)}
