"""Every write after the spot: the result, the lead, the order to put it right, the look back."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need, people_of_institution
from yijian.web.attachments.actions import attach
from yijian.web.clocks import actions as clocks
from yijian.web.inspections.acts import Act
from yijian.web.inspections.doing import about, hold, link, log, take
from yijian.web.inspections.models import Inspection
from yijian.web.inspections.planning import enough
from yijian.web.inspections.queries import inspection_for, inspectors_of, progress
from yijian.web.inspections.recording import missing
from yijian.web.inspections.steps import THERE
from yijian.web.leads import actions as leads
from yijian.web.leads.queries import Lead
from yijian.web.papers import actions as papers
from yijian.web.papers.queries import newest
from yijian.web.parameters.queries import value_of

CONCLUDE, ORDER, RECTIFY, RECHECK = "inspection_conclude", "inspection_order", "inspection_rectification", "inspection_recheck"
LEAST = 10


@transaction.atomic
def finish(inspection_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Inspection:
    """The team leaves; reason: what was seen as a whole.

    ValidationError with fewer than two inspectors, while a question of a checklist is open or contested, or a record lacks
    signatures. Rows of the verifications may stay open: how many is written into what was seen.
    """
    hold(inspection_for(who, inspection_id))
    one, old = take(inspection_id, "sign", who=who, when=when, reason=reason)
    enough(one)
    if len(reason.strip()) < LEAST:
        raise ValidationError(f"请写明检查情况，至少 {LEAST} 个字")
    n = progress(one)
    if n["left"] or n["contested"]:
        raise ValidationError(f"清单还有 {n['left']} 项没有填写、{n['contested']} 项两人填写不一致，请先补齐；看不到的选“未查看”")
    records = list(one.records.order_by("pk"))  # type: ignore[attr-defined]
    if not any(record.kind == "record" for record in records):
        raise ValidationError("还没有现场检查笔录，请先制作并签名")
    if lacking := next(((record, said) for record in records if (said := missing(record))), None):
        raise ValidationError(f"{lacking[0]}：{lacking[1]}")
    open_rows = f"\n（核实清单还有 {n['rows_left']} 行没有填写）" if n["rows_left"] else ""
    one.left, one.found = when, reason.strip() + open_rows
    one.save(update_fields=["left", "found"])
    _clock(one, CONCLUDE, f"认定检查结果：{_named(one)}", Right.CONFIRM_INSPECTIONS, when)
    said = f"清单 {n['done']} 项，不符合 {n['bad']} 项"
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=said)
    return one


@transaction.atomic
def resume(inspection_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Inspection:
    """The head wants more to be looked at."""
    one, old = take(inspection_id, "resume", who=who, when=when, reason=reason)
    clocks.stop(about(one), when=when, dropped=True)
    team = [m.account for m in inspectors_of(one) if m.account is not None]
    clocks.tell(team, f"{one.number} 退回补充检查：{reason.strip()}"[:300], link=link(one), when=when)
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=reason.strip()[:300])
    return one


@transaction.atomic
def conclude(
    inspection_id: int, problem: bool, amount: Decimal | None = None, *, reason: str, who: User, when: datetime, where: str | None
) -> Inspection:
    """The head says whether something was wrong, and what (`reason`); the subject gets it as a letter."""
    one, old = take(inspection_id, "conclude" if problem else "clear", who=who, when=when, reason=reason)
    if problem and len(reason.strip()) < LEAST:
        raise ValidationError(f"请写明存在的问题，至少 {LEAST} 个字")
    one.problem, one.found, one.amount = problem, reason.strip(), amount if problem else None
    one.save(update_fields=["problem", "found", "amount"])
    clocks.stop(about(one), when=when)
    paper = papers.write(
        "inspection_result", about(one),
        {
            "subject": one.who, "kind": one.kind_title, "inspection": one.number, "found": one.found, "amount": one.amount,
            "arrived": _day(one.arrived), "left": _day(one.left), "problem": problem,
            "objection": str(value_of("inspection_objection", one.area, timezone.localdate(when))),
        },
        area=one.area, organ=who.organisation.name, who=who, when=when, where=where,
    )  # fmt: skip
    if problem:
        _clock(one, ORDER, f"责令整改或办结：{_named(one)}", Right.CONFIRM_INSPECTIONS, when)
    _tell(one, f"检查结果告知书：{paper.number}", when)
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose="存在问题" if problem else "没有问题")
    return one


@transaction.atomic
def make_lead(inspection_id: int, title: str, *, who: User, when: datetime, where: str | None) -> Lead:
    """Put what was found into the book of leads. ValidationError where nothing was found, or it is there already."""
    need(who, Right.KEEP_LEADS)
    one = inspection_for(who, inspection_id)
    if one.area not in who.scope(Right.KEEP_LEADS).areas:
        raise PermissionDenied
    if not one.problem or one.state not in THERE:
        raise ValidationError("只有认定存在问题的检查才能登记为线索")
    agency = one.subject_kind == "agency"
    given = leads.Given(
        Lead.Source.INSPECTION, title.strip()[:200], one.found, "agency" if agency else "institution", timezone.localdate(when),
        one.institution, subject=one.who if agency else "", reference=one.number, about=about(one), amount=one.amount,
        begin=one.period_begin, end=one.period_end,
    )  # fmt: skip
    made = leads.register(given, one.area, who=who, when=when, where=where)
    log(Act.LEAD, one, one.state, who=who, when=when, where=where, purpose=made.number)
    return made


@transaction.atomic
def order(
    inspection_id: int, due: date | None = None, *, reason: str, who: User, when: datetime, where: str | None
) -> Inspection:
    """Order the subject to put it right by a day, or within the time of the parameter; reason: what is to be put right."""
    one, old = take(inspection_id, "order", who=who, when=when, reason=reason)
    today = timezone.localdate(when)
    if due is not None and due <= today:
        raise ValidationError(f"整改期限 {due} 应在今天以后")
    clocks.stop(about(one), when=when)
    clock = _clock(one, RECTIFY, f"报告整改情况：{_named(one)}", Right.ANSWER, when)
    if due is not None:
        clocks.move(about(one), RECTIFY, due)
    words = {
        "subject": one.who, "kind": one.kind_title, "inspection": one.number, "found": one.found, "due": due or clock.due,
        "reason": reason.strip(),
    }  # fmt: skip
    paper = papers.write(
        "rectification_order", about(one), words, area=one.area, organ=who.organisation.name, who=who, when=when, where=where
    )
    one.ordered = today
    one.save(update_fields=["ordered"])
    _tell(one, f"责令整改通知书：{paper.number}，期限 {due or clock.due}", when)
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=paper.number)
    return one


@transaction.atomic
def close(inspection_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Inspection:
    """Nothing is to be put right here: it goes on as a lead, or was put right on the spot."""
    one, old = take(inspection_id, "close", who=who, when=when, reason=reason)
    clocks.stop(about(one), when=when)
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=reason.strip()[:300])
    return one


@transaction.atomic
def mend(
    inspection_id: int, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> Inspection:
    """The subject reports what it put right; or our office enters its letter, which it attaches."""
    on_paper = not who.may(Right.ANSWER)
    one, old = take(inspection_id, "mend_paper" if on_paper else "mend", who=who, when=when, reason=reason)
    if on_paper and not files:
        raise ValidationError("登记书面整改报告，请附上报告的扫描件")
    one.mended = reason.strip()
    one.save(update_fields=["mended"])
    clocks.stop(about(one), RECTIFY, when=when)
    _clock(one, RECHECK, f"复查整改情况：{_named(one)}", Right.INSPECT, when)
    clocks.tell(
        [m.account for m in inspectors_of(one) if m.account], f"{one.number} 已报告整改，请复查", link=link(one), when=when
    )
    attach(about(one), files, who=who, when=when, where=where)
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose="报告整改")
    return one


@transaction.atomic
def recheck(
    inspection_id: int, passed: bool, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime,
    where: str | None,
) -> Inspection:  # fmt: skip
    """The look back (回头看): it is right now, or must go on being put right, within the time once more."""
    one, old = take(inspection_id, "recheck" if passed else "again", who=who, when=when, reason=reason)
    clocks.stop(about(one), RECHECK, when=when)
    before = newest(about(one), "rectification_order")
    words = {
        "inspection": one.number, "subject": one.who, "order": before.number if before else "", "mended": one.mended,
        "reason": reason.strip(), "result": "已整改到位" if passed else "未整改到位，继续整改",
    }  # fmt: skip
    papers.write(
        "inspection_recheck", about(one), words, area=one.area, organ=who.organisation.name, who=who, when=when, where=where
    )
    if not passed:
        _clock(one, RECTIFY, f"报告整改情况：{_named(one)}", Right.ANSWER, when)
    _tell(one, f"整改复查：{words['result']}（{one.number}）", when)
    attach(f"inspections.dossier:{one.pk}", files, who=who, when=when, where=where)  # the subject does not see these
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=words["result"])
    return one


def _clock(one: Inspection, kind: str, title: str, right: Right, when: datetime) -> clocks.Clock:
    """A clock of the office; of the institution, where it is to answer and is one; of the office's keepers for an agency."""
    institution = one.institution.pk if right is Right.ANSWER and one.institution else ""
    if right is Right.ANSWER and not institution:
        right = Right.KEEP_INSPECTIONS
    return clocks.start(
        kind, about(one), title=title[:200], link=link(one), area=one.area, right=right, institution=institution,
        begun=timezone.localdate(when),
    )  # fmt: skip


def _named(one: Inspection) -> str:
    """As a clock names it: an agency by the number alone, for its own head reads the clocks of the division."""
    return one.number if one.agency else f"{one.number}，{one.who}"


def _tell(one: Inspection, text: str, when: datetime) -> None:
    if one.institution is not None:
        clocks.tell(people_of_institution(one.institution.pk), text, link=link(one), when=when)


def _day(value: datetime | None) -> date | None:
    return timezone.localdate(value) if value else None
