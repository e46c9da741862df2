"""Lists of reminders that may leave as files."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from yijian.vocabulary.codes import code_tables
from yijian.vocabulary.masking import masked_number
from yijian.web.accounts.queries import Right, User, need
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.reminders import group_views, queries, views
from yijian.web.reminders.filters import Filters
from yijian.web.reminders.models import Reminder

Group = Mapping[str, Any]
"""A row of figures by key."""


def _scene(one: Reminder) -> str:
    return code_tables()["trig_scen"].name_of(one.scene)


def _severity(one: Reminder) -> str:
    return code_tables()["sev_deg"].name_of(one.severity)


def _person(one: Reminder) -> str | None:
    return masked_number(one.psn_no)


REMINDERS: tuple[Field[Reminder], ...] = (
    Field("提醒编号", 34, "id"),
    Field("询问时间", 20, "asked"),
    Field("用时（毫秒）", 12, "took"),
    Field("阶段", 8, "get_stage_display"),
    Field("触发场景", 14, _scene),
    Field("规则", 30, "rule.name"),
    Field("两库编码", 20, "rule.official_code"),
    Field("严重程度", 10, _severity),
    Field("提醒内容", 60, "text"),
    Field("涉及金额（元）", 15, "amount"),
    Field("处理", 10, "get_done_display"),
    Field("继续执行的原因", 30, "reason"),
    Field("机构编码", 16, "institution.code"),
    Field("机构名称", 24, "institution.name"),
    Field("医师", 18, "doctor"),
    Field("人员编号（掩码）", 20, _person),
    Field("就诊编号", 20, "mdtrt_id"),
    Field("规则包", 26, "pack"),
)
FIGURES: tuple[Field[Group], ...] = (
    Field("提醒", 10, "n"),
    Field("返回修改", 10, "changed"),
    Field("继续执行", 10, "gone_on"),
    Field("其他方式", 10, "other"),
    Field("没有反馈", 10, "silent"),
    Field("返回修改占比", 14, "share"),
    Field("继续执行占比", 14, "gone_share"),
    Field("涉及金额（元）", 16, "yuan"),
    Field("返回修改涉及金额（元）", 22, "changed_yuan"),
)
INSTITUTION: Field[Group] = Field("机构编码", 16, "institution_id")
REQUESTS: Field[Group] = Field("询问次数", 10, "requests")
GROUPS: dict[str, tuple[Field[Group], ...]] = {
    "rule": (Field("规则", 40, "name"), Field("规则编号", 30, "rule_id"), *FIGURES),
    "institution": (Field("机构", 30, "name"), INSTITUTION, REQUESTS, *FIGURES),
    "doctor": (Field("医师", 18, "doctor"), Field("机构", 30, "name"), INSTITUTION, REQUESTS, *FIGURES),
    "reason": (
        Field("继续执行的原因", 50, "reason"),
        Field("提醒", 10, "n"),
        Field("规则数", 10, "rules"),
        Field("机构数", 10, "institutions"),
    ),
}
"""Group → its columns."""


def _reminders(user: User, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    found = queries.reminders_for(user, filters)
    rows = found.select_related("rule", "institution").order_by(*sorting_of(address, views.COLUMNS, "-asked").order)
    said = filters.words(queries.rule_names(), institution_names())
    return sheet_of("提醒", REMINDERS, rows.iterator(chunk_size=2000), found.count(), said)


def _grouped(by: str) -> Callable[[User, QueryDict], Sheet]:
    def sheet(user: User, address: QueryDict) -> Sheet:
        need(user, Right.SEE_FINDINGS)
        rows, filters, _ = group_views.sorted_groups(user, address, by)
        said = filters.words(queries.rule_names(), institution_names())
        return sheet_of(f"提醒{group_views.PAGES[by].title}", GROUPS[by], rows, len(rows), said)

    return sheet


LISTINGS = {
    "reminders": Listing("提醒", _reminders),
    **{f"reminders-by-{by}": Listing(f"提醒{group_views.PAGES[by].title}", _grouped(by)) for by in GROUPS},
}
