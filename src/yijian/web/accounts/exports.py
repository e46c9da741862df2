"""Lists of accounts and organisations that may leave as files."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone

from yijian.web.accounts import queries, views
from yijian.web.accounts.filters import KINDS, STANDINGS, Filters
from yijian.web.accounts.models import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of


def _posted(one: User) -> str:
    return "、".join(f"{p.title}（{p.division.name}）" for p in one.postings.all())  # type: ignore[attr-defined]


def _last(one: User) -> str:
    return f"{timezone.localtime(one.last_login):%Y-%m-%d %H:%M}" if one.last_login else ""


ACCOUNTS: tuple[Field[User], ...] = (
    Field("账号", 20, lambda a: a.username),
    Field("姓名", 14, lambda a: a.display_name),
    Field("单位编码", 16, lambda a: a.organisation.code),
    Field("单位", 30, lambda a: a.organisation.name),
    Field("岗位（管辖）", 40, _posted),
    Field("状态", 10, lambda a: STANDINGS[a.standing]),
    Field("有效期至", 12, lambda a: str(a.expires or "")),
    Field("最近登录", 18, _last),
)
ORGANISATIONS: tuple[Field[Any], ...] = (
    Field("单位编码", 20, lambda o: o.code),
    Field("单位名称", 36, lambda o: o.name),
    Field("类别", 16, lambda o: KINDS[o.kind]),
    Field("行政区划代码", 14, lambda o: o.division.code),
    Field("行政区划", 20, lambda o: o.division.name),
    Field("定点机构编码", 18, lambda o: o.institution),
    Field("账号数", 8, lambda o: o.people),
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
