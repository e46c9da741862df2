"""Lists of findings that may leave as files: findings, groups to screen, institutions, the coverage ledger."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from yijian.vocabulary.masking import masked_number
from yijian.web.accounts.queries import Right, User, need
from yijian.web.findings import institution_views, queries, screening_views, views
from yijian.web.findings.filters import STATES, Filters
from yijian.web.findings.models import Finding, FindingGroup, RuleResult
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.frame.templatetags.frame import level
from yijian.web.institutions.queries import Institution, institution_names

CHUNK = 2000


def _of_place(one: Callable[[Institution], str]) -> Callable[[Finding], str]:
    """What a finding's institution says; '' where it has none."""
    return lambda finding: one(finding.institution) if finding.institution else ""


def _figure(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


FINDINGS: tuple[Field[Finding], ...] = (
    Field("疑点编号", 23, lambda f: f.finding_id),
    Field("规则", 30, lambda f: f.rule_title),
    Field("规则编码", 20, lambda f: f.official_code),
    Field("性质", 10, lambda f: str(Finding.Verdict(f.verdict).label)),
    Field("机构编码", 16, _of_place(lambda one: one.code)),
    Field("机构名称", 24, _of_place(lambda one: one.name)),
    Field("机构级别", 11, _of_place(lambda one: level(one.level))),
    Field("发生日期", 12, lambda f: f.day.isoformat() if f.day else ""),
    Field("涉及金额（元）", 15, lambda f: _figure(f.amount)),
    Field("说明", 60, lambda f: f.explanation),
    Field("人员编号（掩码）", 20, lambda f: masked_number(f.psn_no)),
    Field("就诊编号", 20, lambda f: f.mdtrt_id),
    Field("结算编号", 20, lambda f: f.setl_id),
    Field("疑似目录对照错误（疑点编号）", 23, lambda f: f.mapping_error),
    Field("依据", 40, lambda f: f.legal_basis),
    Field("规则哈希", 18, lambda f: f.rule_hash),
    Field("知识哈希", 18, lambda f: f.knowledge_hash),
    Field("状态", 12, lambda f: STATES.get(f.state, f.state)),
)
GROUPS: tuple[Field[FindingGroup], ...] = (
    Field("规则", 30, lambda g: g.rule_title),
    Field("规则编号", 26, lambda g: g.rule),
    Field("性质", 10, lambda g: str(Finding.Verdict(g.verdict).label)),
    Field("机构编码", 16, lambda g: g.institution.code if g.institution else ""),
    Field("机构名称", 24, lambda g: g.institution.name if g.institution else ""),
    Field("审核批次", 24, lambda g: str(g.batch.pk)),
    Field("待筛查数", 10, lambda g: g.n_new),
    Field("待筛查金额（元）", 16, lambda g: _figure(g.yuan_new)),
    Field("疑点总数", 10, lambda g: g.total),
    Field("分派给", 14, lambda g: g.assigned_to.display_name if g.assigned_to else ""),
)
INSTITUTIONS: tuple[Field[Any], ...] = (
    Field("机构编码", 16, lambda i: i.code),
    Field("机构名称", 30, lambda i: i.name),
    Field("类别", 12, lambda i: i.get_kind_display()),
    Field("级别", 11, lambda i: level(i.level)),
    Field("结算笔数", 12, lambda i: i.settlements),
    Field("基金支付（元）", 18, lambda i: _figure(i.fund)),
    Field("疑点数", 10, lambda i: i.n),
    Field("疑点金额（元）", 16, lambda i: _figure(i.yuan)),
    Field("每千笔疑点数", 14, lambda i: _figure(i.rate)),
)
COVERAGE: tuple[Field[RuleResult], ...] = (
    Field("规则", 40, lambda r: r.title),
    Field("规则编号", 26, lambda r: r.rule),
    Field("涉及行数", 14, lambda r: r.in_scope),
    Field("疑点数", 12, lambda r: r.found),
    Field("未能判定行数", 14, lambda r: r.not_judged),
    Field("未能判定占比", 14, lambda r: float(r.share_not_judged())),
    Field("未能判定原因", 50, lambda r: "；".join(f"{cause} {n}" for cause, n in r.causes_said)),
    Field("没有运行的原因", 40, lambda r: r.error),
)


def _findings(user: User, address: QueryDict) -> Sheet:
    filters = Filters.of(address)
    found = queries.findings_for(user, filters).order_by(*sorting_of(address, views.COLUMNS, "-amount").order)
    said = filters.words(queries.rule_titles(), institution_names())
    return sheet_of("疑点", FINDINGS, found.iterator(chunk_size=CHUNK), found.count(), said)


def _groups(user: User, address: QueryDict) -> Sheet:
    found, said = screening_views.chosen_groups(user, address)
    ordered = found.order_by(*sorting_of(address, screening_views.GROUP_COLUMNS, "-yuan").order)
    return sheet_of("疑点组", GROUPS, ordered.iterator(chunk_size=CHUNK), found.count(), said)


def _institutions(user: User, address: QueryDict) -> Sheet:
    rows, said = institution_views.chosen_institutions(user, address)
    ordered = rows.order_by(*sorting_of(address, institution_views.COLUMNS, "-yuan").order)
    return sheet_of("机构", INSTITUTIONS, ordered.iterator(chunk_size=CHUNK), rows.count(), said)


def _coverage(user: User, address: QueryDict) -> Sheet:
    need(user, Right.SEE_DATA)
    run, rows = queries.newest_run(), list(queries.coverage(user))
    if address.get("sort") != "title":
        rows.sort(key=RuleResult.share_not_judged, reverse=True)
    return sheet_of("覆盖台账", COVERAGE, rows, len(rows), [("审核", str(run.pk))] if run else [])


LISTINGS = {
    "findings": Listing("疑点", _findings),
    "groups": Listing("疑点组", _groups),
    "institutions": Listing("机构", _institutions),
    "coverage": Listing("覆盖台账", _coverage),
}
