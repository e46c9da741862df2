"""Activities, and who was trained, as lists that may leave as files."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.training import covering, queries, views
from yijian.web.training.models import Activity

ACTIVITIES: tuple[Field[Activity], ...] = (
    Field("种类", 14, "what.title"),
    Field("名称", 36, "title"),
    Field("区划", 10, "area"),
    Field("日期", 12, "begin"),
    Field("至", 12, "end"),
    Field("场所", 14, "venue"),
    Field("内容", 60, "topic"),
    Field("参加人数", 10, "people"),
    Field("登记人", 14, "by.display_name"),
    Field("登记时间", 20, "opened"),
    Field("撤销理由", 30, "reason"),
)
INSTITUTIONS: tuple[Field[Any], ...] = (
    Field("机构编码", 20, "pk"),
    Field("机构", 36, "name"),
    Field("类别", 12, "get_kind_display"),
    Field("区划", 10, "area"),
    Field("已培训", 10, lambda one: "是" if one.training else "否"),
    Field("已签承诺书", 12, lambda one: "是" if one.promise else "否"),
)


def _activities(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.activities_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-begin").order)
    return sheet_of("宣传培训", ACTIVITIES, rows.iterator(chunk_size=2000), found.count(), filters.words())


def _coverage(user: User, address: QueryDict) -> Sheet:
    filters = covering.Filters.of(address)
    year = filters.the_year(timezone.localdate())
    found = covering.due(covering.covered(user, year), filters.due)
    said = [("年份", str(year))]
    if filters.due in covering.ATTENDED:
        said.append(("范围", f"未完成“{covering.ATTENDED[filters.due]}”"))
    rows = found.order_by("name", "pk")
    return sheet_of("培训覆盖", INSTITUTIONS, rows.iterator(chunk_size=2000), found.count(), said)


LISTINGS = {"activities": Listing("宣传培训", _activities), "training-coverage": Listing("培训覆盖", _coverage)}
