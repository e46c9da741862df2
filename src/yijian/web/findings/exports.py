"""Lists of findings that may leave as files: findings, groups to screen, institutions, the coverage ledger."""

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
from yijian.web.institutions.queries import institution_names

CHUNK = 2000


def _level(finding: Finding) -> str:
    return level(finding.institution.level) if finding.institution else ""


def _person(finding: Finding) -> str | None:
    return masked_number(finding.psn_no)


def _state(finding: Finding) -> str | None:
    return STATES.get(finding.state, finding.state)


def _causes(result: RuleResult) -> str:
    return "；".join(f"{cause} {n}" for cause, n in result.causes_said)


FINDINGS: tuple[Field[Finding], ...] = (
    Field("疑点编号", 23, "finding_id"),
    Field("规则", 30, "rule_title"),
    Field("规则编码", 20, "official_code"),
    Field("性质", 10, "get_verdict_display"),
    Field("机构编码", 16, "institution.code"),
    Field("机构名称", 24, "institution.name"),
    Field("机构级别", 11, _level),
    Field("发生日期", 12, "day"),
    Field("涉及金额（元）", 15, "amount"),
    Field("说明", 60, "explanation"),
    Field("人员编号（掩码）", 20, _person),
    Field("就诊编号", 20, "mdtrt_id"),
    Field("结算编号", 20, "setl_id"),
    Field("疑似目录对照错误（疑点编号）", 23, "mapping_error"),
    Field("依据", 40, "legal_basis"),
    Field("规则哈希", 18, "rule_hash"),
    Field("知识哈希", 18, "knowledge_hash"),
    Field("状态", 12, _state),
)
GROUPS: tuple[Field[FindingGroup], ...] = (
    Field("规则", 30, "rule_title"),
    Field("规则编号", 26, "rule"),
    Field("性质", 10, "get_verdict_display"),
    Field("机构编码", 16, "institution.code"),
    Field("机构名称", 24, "institution.name"),
    Field("审核批次", 24, "batch_id"),
    Field("待筛查数", 10, "n_new"),
    Field("待筛查金额（元）", 16, "yuan_new"),
    Field("疑点总数", 10, "total"),
    Field("分派给", 14, "assigned_to.display_name"),
)
INSTITUTIONS: tuple[Field[Any], ...] = (
    Field("机构编码", 16, "code"),
    Field("机构名称", 30, "name"),
    Field("类别", 12, "get_kind_display"),
    Field("级别", 11, lambda i: level(i.level)),
    Field("结算笔数", 12, "settlements"),
    Field("基金支付（元）", 18, "fund"),
    Field("疑点数", 10, "n"),
    Field("疑点金额（元）", 16, "yuan"),
    Field("每千笔疑点数", 14, "rate"),
)
COVERAGE: tuple[Field[RuleResult], ...] = (
    Field("规则", 40, "title"),
    Field("规则编号", 26, "rule"),
    Field("涉及行数", 14, "in_scope"),
    Field("疑点数", 12, "found"),
    Field("未能判定行数", 14, "not_judged"),
    Field("未能判定占比", 14, "share_not_judged"),
    Field("未能判定原因", 50, _causes),
    Field("没有运行的原因", 40, "error"),
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
