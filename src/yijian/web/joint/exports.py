"""Spot checks, joint inspections, consultations and penalties as lists that may leave as a file."""

from django.http import QueryDict

from yijian.web.accounts.queries import User
from yijian.web.cases.queries import Decision
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.joint import queries
from yijian.web.joint.checklist import questions
from yijian.web.joint.consulting import meetings_for
from yijian.web.joint.models import Consultation, JointPlan, Penalised, SpotItem
from yijian.web.joint.planning import plans_for
from yijian.web.joint.steps import ITEM_WORDS
from yijian.web.joint.told import decisions_for, told_to

ITEMS: tuple[Field[SpotItem], ...] = (
    Field("抽查", 10, "check_of.pk"),
    Field("移送书文号", 32, "transfer.number"),
    Field("方向", 8, "transfer.get_direction_display"),
    Field("案由", 40, "transfer.title"),
    Field("对方单位", 28, "transfer.partner.name"),
    Field("区划", 10, "transfer.area"),
    Field("移送日期", 12, "transfer.sent_on"),
    Field("状态", 16, "get_state_display"),
    Field("没有做到的事项", 60, lambda one: "；".join(wrong(one))),
    Field("说明", 40, "said"),
    Field("整改情况", 40, "corrected"),
)


def wrong(item: SpotItem) -> list[str]:
    """Titles of the questions that were answered with “no”."""
    known = questions()
    return [known[word].title for word, answer in item.answers.items() if answer == "no" and word in known]


def _items(user: User, address: QueryDict) -> Sheet:
    found = queries.narrowed(queries.items_for(user), address)
    said = [("状态", ITEM_WORDS.get(address.get("state", ""), "")), ("移送年度", address.get("year", ""))]
    return sheet_of("移送抽查", ITEMS, found.iterator(chunk_size=2000), found.count(), [one for one in said if one[1]])


PLANS: tuple[Field[JointPlan], ...] = (
    Field("文号", 28, "number"),
    Field("年度", 8, "year"),
    Field("方案", 40, "title"),
    Field("区划", 10, "area"),
    Field("协作部门", 40, lambda one: "、".join(p.organisation.name for p in one.partners.all())),  # type: ignore[attr-defined]
    Field("检查日期自", 12, "begin"),
    Field("至", 12, "end"),
    Field("机构", 8, lambda one: one.visits.count()),  # type: ignore[attr-defined]
    Field("状态", 12, "get_state_display"),
    Field("检查情况", 60, "outcome"),
)


def _plans(user: User, address: QueryDict) -> Sheet:
    found = plans_for(user)
    return sheet_of("联合检查", PLANS, found.iterator(chunk_size=2000), found.count(), [])


MEETINGS: tuple[Field[Consultation], ...] = (
    Field("纪要文号", 28, "number"),
    Field("议题", 40, "title"),
    Field("事项", 36, "matter"),
    Field("区划", 10, "area"),
    Field("参加部门", 40, lambda one: "、".join(p.organisation.name for p in one.participants.all())),  # type: ignore[attr-defined]
    Field("日期", 12, "day"),
    Field("状态", 12, "get_state_display"),
    Field("会商结论", 60, "conclusion"),
)


def _meetings(user: User, address: QueryDict) -> Sheet:
    found = meetings_for(user)
    return sheet_of("专案会商", MEETINGS, found.iterator(chunk_size=2000), found.count(), [])


PENALTIES: tuple[Field[Decision], ...] = (
    Field("机构", 36, "case.who"),
    Field("案号", 28, "case.number"),
    Field("案由", 40, "case.basis.text"),
    Field("区划", 10, "case.area"),
    Field("决定日期", 12, "day"),
    Field("送达日期", 12, "served"),
    Field("罚款（元）", 16, "fine"),
    Field("暂停月数", 10, "months"),
    Field("责令退回（元）", 16, "repay"),
)
PENALISED: tuple[Field[Penalised], ...] = (
    Field("对象", 8, "get_kind_display"),
    Field("名称", 36, "name"),
    Field("职务", 16, "role"),
    Field("机构", 36, "institution.name"),
    Field("处理", 36, "measure"),
    Field("事由", 40, "reason"),
    Field("文号", 28, "number"),
    Field("决定日期", 12, "day"),
    Field("通报单位", 28, "giver.name"),
    Field("撤回原因", 30, "withdrawn"),
)


def _penalties(user: User, address: QueryDict) -> Sheet:
    found = decisions_for(user)
    return sheet_of("医保行政处罚", PENALTIES, found.iterator(chunk_size=2000), found.count(), [])


def _penalised(user: User, address: QueryDict) -> Sheet:
    found = told_to(user)
    return sheet_of("各部门通报的处罚", PENALISED, found.iterator(chunk_size=2000), found.count(), [])


LISTINGS = {
    "spot-checks": Listing("移送抽查", _items),
    "joint-plans": Listing("联合检查", _plans),
    "consultations": Listing("专案会商", _meetings),
    "penalties": Listing("医保行政处罚", _penalties),
    "penalised": Listing("各部门通报的处罚", _penalised),
}
