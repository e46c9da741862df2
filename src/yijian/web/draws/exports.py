"""Draws, and the objects of draws, as lists that may leave as files."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.draws import queries, views
from yijian.web.draws.models import Draw, DrawObject
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of

DRAWS: tuple[Field[Draw], ...] = (
    Field("文号", 28, "number"),
    Field("名称", 36, "title"),
    Field("对象", 12, "get_kind_display"),
    Field("区划", 10, "area"),
    Field("状态", 12, "get_state_display"),
    Field("拟定时间", 20, "opened"),
    Field("冻结时间", 20, "frozen_at"),
    Field("抽取时间", 20, "drawn_at"),
    Field("名单的哈希", 66, "list_hash"),
    Field("记录的哈希", 66, "record_hash"),
    Field("重新抽取的理由", 40, "reason"),
)
OBJECTS: tuple[Field[DrawObject], ...] = (
    Field("文号", 28, "draw.number"),
    Field("抽取", 36, "draw.title"),
    Field("分层", 20, "stratum"),
    Field("编码", 20, "code"),
    Field("名称", 36, "name"),
    Field("权重", 8, "weight"),
    Field("回避理由", 30, "recused"),
    Field("冷却", 30, "cooling"),
    Field("次序", 8, "place"),
    Field("抽中日期", 12, "drawn_on"),
)


def _draws(user: User, address: QueryDict) -> Sheet:
    filters = queries.Filters.of(address)
    found = queries.draws_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-opened").order)
    return sheet_of("随机抽取", DRAWS, rows.iterator(chunk_size=2000), found.count(), filters.words())


def _objects(user: User, address: QueryDict) -> Sheet:
    """Of the draw that the address names; of all that the person sees where it names none."""
    key, shown = address.get("draw", ""), address.get("shown", "")
    seen = queries.draws_for(user)
    chosen = seen.filter(pk=int(key)) if key.isdecimal() and len(key) < 18 else seen
    found = queries.objects_in(chosen, shown).select_related("draw")
    said = [("抽取", one.title) for one in chosen[:1]] if key else []
    said += [("对象", queries.SHOWN[shown])] if shown in queries.SHOWN else []
    return sheet_of("抽取对象", OBJECTS, found.iterator(chunk_size=2000), found.count(), said)


LISTINGS = {"draws": Listing("随机抽取", _draws), "draw-objects": Listing("抽取对象", _objects)}
