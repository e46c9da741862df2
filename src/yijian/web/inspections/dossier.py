"""What is known of a subject before somebody goes there: one paper for the team, and for nobody else (风险档案).

Each table is read through the door of its own app, by whoever makes the dossier; a team of another area, which sees nothing of
all this, reads the paper. Of tips it says how many leads they became, and nothing else.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Model, Sum
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need
from yijian.web.agreements.queries import measures_for
from yijian.web.cases.queries import cases_for
from yijian.web.findings import queries as findings
from yijian.web.findings.filters import Filters
from yijian.web.frame.templatetags.frame import yuan
from yijian.web.inspections.acts import Act
from yijian.web.inspections.doing import log
from yijian.web.inspections.models import Inspection
from yijian.web.inspections.queries import inspection_for, inspections_for
from yijian.web.institutions.queries import Institution
from yijian.web.leads.queries import leads_for
from yijian.web.papers import actions as papers
from yijian.web.papers.actions import Paper
from yijian.web.papers.layout import Table
from yijian.web.parameters.queries import value_of
from yijian.web.reviews.queries import reviews_for
from yijian.web.reviews.steps import WORDS

MOST = 25
"""Rows of a table."""


@transaction.atomic
def compile_dossier(inspection_id: int, *, who: User, when: datetime, where: str | None) -> Paper:
    """Write the dossier, or a new version of it. PermissionDenied for whoever does not plan inspections there."""
    need(who, Right.KEEP_INSPECTIONS)
    one = inspection_for(who, inspection_id)
    if one.area not in who.scope(Right.KEEP_INSPECTIONS).areas:
        raise PermissionDenied
    today = timezone.localdate(when)
    since = _years_before(today, int(value_of("inspection_dossier_years", one.area, today).value))
    tables = [*(_of_institution(who, one.institution, since) if one.institution else ()), *_inspected(who, one)]
    shown = [table for table in tables if table.rows]
    empty = "、".join(table.title for table in tables if not table.rows)
    words = {
        "inspection": one.number, "subject": one.who, "code": _code(one), "said": "；".join(
            [*(_said(who, one.institution, since) if one.institution else ()), *([f"没有记录：{empty}"] if empty else ())]
        ) or "没有记录",
    }  # fmt: skip
    paper = papers.write(
        "inspection_dossier", f"inspections.dossier:{one.pk}", words, area=one.area, organ=who.organisation.name, tables=shown,
        who=who, when=when, where=where,
    )  # fmt: skip
    log(Act.DOSSIER, one, one.state, who=who, when=when, where=where, purpose=f"第 {paper.version} 版")
    return paper


def _code(one: Inspection) -> str:
    return one.institution.pk if one.institution else one.agency.pk if one.agency else ""


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _said(who: User, place: Institution, since: date) -> Iterator[str]:
    """Sentences: how big it is, how it stands among its peers, how many tips became leads."""
    yield (
        f"{place.get_kind_display() or '类别不详'}，结算 {place.settlements:,} 笔，医疗费 {yuan(place.fees)} 元，"  # type: ignore[attr-defined]
        f"基金支付 {yuan(place.fund)} 元"
    )
    if (stands := findings.peers(who, place)) is not None:
        where = f"同类同级 {len(stands.rows)} 家中居第 {stands.place} 位（中位数 {stands.middle:.1f}）"
        yield f"每千笔结算的疑点 {stands.own:.1f} 个，{where}"
    n = leads_for(who).filter(institution=place, source="tip", received__gte=since).count()
    yield f"{since.year} 年以来由举报形成的线索 {n} 条（不含举报人信息和举报内容）"


def _of_institution(who: User, place: Institution, since: date) -> Iterator[Table]:
    """Findings by rule, and what happened since: reviews, leads, cases, measures."""
    verdicts = {value: str(word) for value, word in findings.Finding.Verdict.choices}
    by_rule = findings.counted(who, Filters(institution=place.pk)).by_rule[:MOST]
    found = [(row["rule_title"], verdicts[row["verdict"]], f"{row['n']:,}", yuan(row["yuan"])) for row in by_rule]
    yield Table("疑点（按规则，金额从大到小）", ("规则", "性质", "数量", "金额（元）"), tuple(found), (6, 2, 1, 2))
    sums = reviews_for(who).filter(institution=place).order_by().values("state").annotate(n=Count("pk"), yuan=Sum("amount"))
    billed = [(WORDS[row["state"]], f"{row['n']:,}", yuan(row["yuan"])) for row in sums.order_by("state")]
    yield Table("审核单（按状态）", ("状态", "张数", "金额（元）"), tuple(billed), (3, 1, 2))
    known = leads_for(who).filter(institution=place, received__gte=since).exclude(source="tip")  # of those a number is said alone
    leads = known.order_by("-opened")[:MOST]
    rows = [(one.number, _day(one.received), _in_words(one, "source"), one.title, _in_words(one, "state")) for one in leads]
    yield Table("线索", ("编号", "收到", "来源", "线索", "状态"), tuple(rows), (4, 2, 2, 4, 2))
    cases = cases_for(who).filter(institution=place, opened__date__gte=since).order_by("-opened")[:MOST]
    filed = [(one.number, _day(one.opened), one.title, _in_words(one, "state")) for one in cases]
    yield Table("案件", ("案号", "登记", "案件", "状态"), tuple(filed), (4, 2, 5, 2))
    measures = measures_for(who).filter(institution=place, opened__date__gte=since).order_by("-opened")[:MOST]
    taken = [(one.number, _day(one.decided), one.title, _in_words(one, "state")) for one in measures]
    yield Table("协议处理", ("文号", "决定", "措施", "状态"), tuple(taken), (4, 2, 5, 2))


def _inspected(who: User, one: Inspection) -> Iterator[Table]:
    """Earlier inspections of the same subject."""
    same = inspections_for(who).filter(institution=one.institution, agency=one.agency).exclude(pk=one.pk).exclude(arrived=None)
    result = {True: "存在问题", False: "没有问题", None: "未认定"}
    before = same.order_by("-opened")[:MOST]
    rows = [(b.number, _day(b.arrived), b.kind_title, result[b.problem]) for b in before]
    yield Table("以前的检查", ("编号", "到场", "方式", "结果"), tuple(rows), (4, 2, 2, 2))


def _in_words(record: Model, field: str) -> str:
    return str(getattr(record, f"get_{field}_display")())


def _day(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return f"{value}" if value else "—"
