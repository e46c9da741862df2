"""The ledgers that figures are counted from: whose row it is, when it falls, about whom, and by which door one may read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse

from yijian.web.accounts.queries import Scope, User
from yijian.web.agreements import queries as agreements
from yijian.web.campaigns import return_queries as returns
from yijian.web.cases import queries as cases
from yijian.web.findings import queries as findings
from yijian.web.inspections import queries as inspections
from yijian.web.institutions import queries as institutions
from yijian.web.leads import queries as leads
from yijian.web.publishing import queries as publishing
from yijian.web.recoveries import queries as recoveries
from yijian.web.tips import queries as tips
from yijian.web.transfers import queries as transfers

KINDS = {
    "medical": "定点医疗机构",
    "pharmacy": "定点零售药店",
    "person": "参保人员",
    "agency": "经办机构",
    "other": "其他或不分对象",
}
"""About whom a row is."""


@dataclass(frozen=True)
class Source:
    """One ledger.

    rows: all of it in some divisions. day: the field by which a row falls into a month ('' = it is a stock: what there is now);
    moment: that field is a moment, not a day. area, institution, subject: fields; '' = there is none. agency: the field with the
    name of a subject that is an agency. record: the path from a
    row to the record whose door (`seen`) guards it; '' = the row itself. page: the record's address; words: what a list says of
    a row.
    """

    title: str
    rows: "Callable[[Scope], QuerySet[Any]]"
    seen: "Callable[[User], QuerySet[Any]]"
    day: str
    words: Callable[[Any], str]
    page: Callable[[Any], str]
    moment: bool = False
    area: str = "area"
    institution: str = ""
    subject: str = ""
    agency: str = ""
    record: str = ""
    related: tuple[str, ...] = ()

    def open_to(self, user: User) -> "QuerySet[Any] | None":
        """The records behind it that the user may see; None where he works with none."""
        try:
            return self.seen(user)
        except PermissionDenied:
            return None


def _case(view: str, path: str) -> Callable[[Any], str]:
    return lambda row: reverse(view, args=[getattr(row, path)])


EVER = (date(2000, 1, 1), date(2999, 12, 31))
"""Inspections are asked for by days; figures narrow them to their months."""


def _visited(row: Any) -> str:
    return f"{row.number} {row.title}（{row.kind_title}）"


def _covered(scope: Scope) -> "QuerySet[Any]":
    """Inspections by anybody at institutions of these divisions."""
    inside = scope.condition(area="institution__area", institution="institution")
    return inspections.arrived_in(("000000",), *EVER).filter(inside, institution__isnull=False)


def _recovery(row: Any) -> str:
    return str(row.recovery.record[1])


SOURCES: Mapping[str, Source] = {
    "returns": Source(
        "自查报告", returns.returns_in, returns.returns_for, "returned", lambda row: f"{row}{'（零报告）' if row.zero else ''}",
        _case("campaigns:return", "pk"), institution="institution", subject="form", related=("institution",),
    ),
    "arrived": Source(
        "现场检查", lambda scope: inspections.arrived_in(scope.areas, *EVER), inspections.inspections_for, "arrived", _visited,
        _case("inspections:detail", "pk"), moment=True, institution="institution", subject="subject_kind",
        agency="agency__name", related=("institution",),
    ),
    "ordered": Source(
        "检查后责令整改", lambda scope: inspections.arrived_in(scope.areas, *EVER).filter(ordered__isnull=False),
        inspections.inspections_for, "ordered", _visited, _case("inspections:detail", "pk"), institution="institution",
        subject="subject_kind", agency="agency__name", related=("institution",),
    ),
    "covered": Source(
        "现场检查", _covered, inspections.inspections_for, "arrived", _visited, _case("inspections:detail", "pk"), moment=True,
        area="institution__area", institution="institution", related=("institution",),
    ),
    "members": Source(
        "检查人员", lambda scope: inspections.members_in(scope.areas, *EVER), inspections.inspections_for, "inspection__arrived",
        lambda row: f"{row.inspection.number} {row.name}（{row.get_duty_display()}）",
        _case("inspections:detail", "inspection_id"),
        moment=True, area="inspection__area", institution="inspection__institution", subject="inspection__subject_kind",
        record="inspection", related=("inspection__institution",),
    ),
    "institutions": Source(
        "定点医药机构", lambda scope: institutions.all_institutions().filter(scope.condition(institution="code")),
        lambda user: institutions.all_institutions(), "", str, lambda row: reverse("findings:institution", args=[row.pk]),
        institution="self",
    ),
    "groups": Source(
        "智能监控疑点组", findings.groups_in, findings.groups_for, "batch__finished", lambda row: f"{row.rule_short}",
        lambda row: reverse("findings:group", args=[row.pk]), moment=True, institution="institution", related=("institution",),
    ),
    "closings": Source(
        "线索核查结果", leads.closings_in, leads.leads_for, "at",
        lambda row: f"{row.record.number} {row.record.title}（{row.record.get_result_display()}）",
        _case("leads:detail", "record_id"), moment=True, area="record__area", institution="record__institution",
        subject="record__subject_kind", agency="record__subject", record="record", related=("record__institution",),
    ),
    "measures": Source(
        "协议处理", agreements.measures_in, agreements.measures_for, "decided", lambda row: f"{row.number} {row.title}",
        _case("agreements:detail", "pk"), institution="institution", related=("institution",),
    ),
    "filed": Source(
        "立案", cases.cases_in, cases.cases_for, "filed", lambda row: f"{row.number} {row.title}", _case("cases:detail", "pk"),
        moment=True, institution="institution", subject="subject_kind", related=("institution",),
    ),
    "ended": Source(
        "结案", cases.cases_in, cases.cases_for, "ended", lambda row: f"{row.number} {row.title}", _case("cases:detail", "pk"),
        moment=True, institution="institution", subject="subject_kind", related=("institution",),
    ),
    "decisions": Source(
        "案件决定", cases.decisions_in, cases.cases_for, "day",
        lambda row: f"{row.case.number} {row.case.title}（{row.get_outcome_display()}）", _case("cases:detail", "case_id"),
        area="case__area", institution="case__institution", subject="case__subject_kind", agency="case__subject", record="case",
        related=("case__institution",),
    ),
    "treasury": Source(
        "罚款入库", cases.treasury_in, cases.cases_for, "day",
        lambda row: f"{row.case.number} {row.get_kind_display()}", _case("cases:detail", "case_id"), area="case__area",
        institution="case__institution", subject="case__subject_kind", record="case", related=("case__institution",),
    ),
    "reports": Source(
        "重大案情报告", cases.reports_in, cases.cases_for, "since", lambda row: f"{row.case.number} {row.reasons}",
        _case("cases:detail", "case_id"), area="case__area", institution="case__institution", subject="case__subject_kind",
        record="case", related=("case__institution",),
    ),
    "entries": Source(
        "追回台账", recoveries.entries_in, recoveries.recoveries_for, "at",
        lambda row: f"{row.get_stage_display()}：{row.recovery.rule_title or row.recovery.record[0]}", _recovery, moment=True,
        area="recovery__area", institution="recovery__institution", record="recovery", related=("recovery__institution",),
    ),
    "transfers": Source(
        "部门移送", transfers.transfers_in, transfers.transfers_for, "sent_on",
        lambda row: f"{row} {row.title}（{row.body_title}）", _case("transfers:detail", "pk"), institution="institution",
        related=("institution",),
    ),
    "tips": Source(
        "举报", tips.tips_in, tips.tips_for, "received", str, _case("tips:detail", "pk"), moment=True,
    ),
    "tips_decided": Source(
        "举报办理结果", tips.tips_in, tips.tips_for, "decided", lambda row: f"{row}（{row.get_outcome_display()}）",
        _case("tips:detail", "pk"), moment=True,
    ),
    "rewards": Source(
        "举报奖励", tips.rewards_in, tips.tips_for, "paid_on", lambda row: f"{row.tip} {row.grade_words}",
        _case("tips:detail", "tip_id"), area="tip__area", record="tip", related=("tip",),
    ),
    "published": Source(
        "公开", publishing.published_in, publishing.publications_for, "published",
        lambda row: f"{row.get_kind_display()} {row.case.number}", _case("publishing:detail", "pk"),
        institution="case__institution", subject="case__subject_kind", related=("case__institution",),
    ),
}  # fmt: skip
"""By the words that `figures.toml` uses."""
