"""Lists of accounts and organisations that may leave as files."""

from typing import Any

from django.http import QueryDict

from yijian.web.accounts import queries, views
from yijian.web.accounts.filters import KINDS, STANDINGS, Filters
from yijian.web.accounts.models import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of


def _posted(one: User) -> str:
    return "、".join(f"{p.title}（{p.division.name}）" for p in one.postings.all())  # type: ignore[attr-defined]


def _standing(one: User) -> str:
    return STANDINGS[one.standing]


ACCOUNTS: tuple[Field[User], ...] = (
    Field("账号", 20, "username"),
    Field("姓名", 14, "display_name"),
    Field("单位编码", 16, "organisation.code"),
    Field("单位", 30, "organisation.name"),
    Field("岗位（管辖）", 40, _posted),
    Field("状态", 10, _standing),
    Field("有效期至", 12, "expires"),
    Field("最近登录", 20, "last_login"),
)
ORGANISATIONS: tuple[Field[Any], ...] = (
    Field("单位编码", 20, "code"),
    Field("单位名称", 36, "name"),
    Field("类别", 16, lambda o: KINDS[o.kind]),
    Field("行政区划代码", 14, "division.code"),
    Field("行政区划", 20, "division.name"),
    Field("定点机构编码", 18, "institution"),
    Field("账号数", 8, "people"),
)


def _accounts(user: User, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    rows = list(queries.accounts_for(user, filters).order_by(*sorting_of(address, views.COLUMNS, "username").order))
    return sheet_of("账号", ACCOUNTS, rows, len(rows), filters.words())


def _organisations(user: User, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    rows = list(queries.organisations_with_people(user, filters))
    return sheet_of("单位", ORGANISATIONS, rows, len(rows), filters.words())


LISTINGS = {"accounts": Listing("账号", _accounts), "organisations": Listing("单位", _organisations)}
