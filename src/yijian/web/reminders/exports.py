"""Lists of reminders that may leave as files."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from yijian.vocabulary.codes import code_tables
from yijian.vocabulary.masking import masked_number
from yijian.web.accounts.queries import Right, User, need
from yijian.web.frame.export import Listing, Sheet
from yijian.web.frame.tables import sorting_of
from yijian.web.frame.workbook import Column, Value
from yijian.web.institutions.queries import institution_names
from yijian.web.reminders import group_views, queries, views
from yijian.web.reminders.filters import Filters
from yijian.web.reminders.models import Done, Reminder, Stage

COLUMNS: tuple[Column, ...] = (
    ("提醒编号", 34), ("询问时间", 18), ("用时（毫秒）", 12), ("阶段", 8), ("触发场景", 14), ("规则", 30), ("两库编码", 20),
    ("严重程度", 10), ("提醒内容", 60), ("涉及金额（元）", 15), ("处理", 10), ("继续执行的原因", 30), ("机构编码", 16),
    ("机构名称", 24), ("医师", 18), ("人员编号（掩码）", 20), ("就诊编号", 20), ("规则包", 26),
)  # fmt: skip
FIGURES: tuple[tuple[Column, str], ...] = (
    (("提醒", 10), "n"), (("返回修改", 10), "changed"), (("继续执行", 10), "gone_on"), (("其他方式", 10), "other"),
    (("没有反馈", 10), "silent"), (("返回修改占比", 14), "share"), (("继续执行占比", 14), "gone_share"),
    (("涉及金额（元）", 16), "yuan"), (("返回修改涉及金额（元）", 22), "changed_yuan"),
)  # fmt: skip
REQUESTS: tuple[tuple[Column, str], ...] = ((("询问次数", 10), "requests"),)
GROUPS: dict[str, tuple[tuple[Column, str], ...]] = {
    "rule": ((("规则", 40), "name"), (("规则编号", 30), "rule_id"), *FIGURES),
    "institution": ((("机构", 30), "name"), (("机构编码", 16), "institution_id"), *REQUESTS, *FIGURES),
    "doctor": ((("医师", 18), "doctor"), (("机构", 30), "name"), (("机构编码", 16), "institution_id"), *REQUESTS, *FIGURES),
    "reason": (
        (("继续执行的原因", 50), "reason"),
        (("提醒", 10), "n"),
        (("规则数", 10), "rules"),
        (("机构数", 10), "institutions"),
    ),
}
"""Group → columns with the key of their value."""


def row_of(one: Reminder) -> list[Value]:
    """A reminder in the order of COLUMNS."""
    codes = code_tables()
    return [
        one.id,
        f"{timezone.localtime(one.asked):%Y-%m-%d %H:%M:%S}",
        one.took,
        str(Stage(one.stage).label),
        codes["trig_scen"].name_of(one.scene),
        one.rule.name,
        one.rule.official_code,
        codes["sev_deg"].name_of(one.severity),
        one.text,
        None if one.amount is None else float(one.amount),
        str(Done(one.done).label),
        one.reason,
        one.institution.code,
        one.institution.name,
        one.doctor,
        masked_number(one.psn_no),
        one.mdtrt_id,
        one.pack,
    ]


def group_row(group: Mapping[str, Any], by: str) -> list[Value]:
    """A group in the order of GROUPS[by]."""
    values = [group[key] for _, key in GROUPS[by]]
    return [value if value is None or isinstance(value, str) else float(value) for value in values]


def _reminders(user: User, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    found = queries.reminders_for(user, filters)
    rows = found.select_related("rule", "institution").order_by(*sorting_of(address, views.COLUMNS, "-asked").order)
    said = filters.words(queries.rule_names(), institution_names())
    return Sheet("提醒", COLUMNS, map(row_of, rows.iterator(chunk_size=2000)), found.count(), said)


def _grouped(by: str) -> Callable[[User, QueryDict], Sheet]:
    def sheet(user: User, address: QueryDict) -> Sheet:
        need(user, Right.SEE_FINDINGS)
        rows, filters, _ = group_views.sorted_groups(user, address, by)
        columns, said = [column for column, _ in GROUPS[by]], filters.words(queries.rule_names(), institution_names())
        return Sheet(f"提醒{group_views.PAGES[by].title}", columns, (group_row(row, by) for row in rows), len(rows), said)

    return sheet


LISTINGS = {
    "reminders": Listing("提醒", _reminders),
    **{f"reminders-by-{by}": Listing(f"提醒{group_views.PAGES[by].title}", _grouped(by)) for by in GROUPS},
}
