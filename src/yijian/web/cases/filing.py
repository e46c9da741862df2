"""Filing: proposing a case, approving it, its officers; standing still, ending early, more time; penalties on the spot."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need, people_with
from yijian.web.cases import taking, times
from yijian.web.cases.acts import Act
from yijian.web.cases.causes import causes
from yijian.web.cases.models import Case, CaseChange, Excluded, Officer
from yijian.web.cases.queries import LEAST_OFFICERS, clash, duties_in, officers_of
from yijian.web.cases.steps import UNDECIDED
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.leads.queries import Lead, lead_for
from yijian.web.parameters.actions import next_number

LEAST_FACTS = 10
CERTIFICATE = re.compile(r"[0-9A-Za-z\-]{4,40}")


@dataclass(frozen=True)
class Filing:
    """What a case says when it is proposed. officers: account → number of the certificate; loss in yuan."""

    cause: int
    title: str
    facts: str
    loss: Decimal
    officers: Mapping[str, str]
    begin: date | None = None
    end: date | None = None
    five_years: bool = False

    def check(self, lead: Lead, today: date) -> None:
        """ValidationError says what is missing or cannot be."""
        cause = causes().get(self.cause)
        if cause is None:
            raise ValidationError("请选择案由")
        if cause.subject != lead.subject_kind:
            raise ValidationError(f"案由 {cause.number} 不适用于这类当事人（{lead.get_subject_kind_display()}），请另选")  # type: ignore[attr-defined]
        if not self.title.strip() or len(self.facts.strip()) < LEAST_FACTS:
            raise ValidationError(f"请写明案件名称和立案事实，事实至少 {LEAST_FACTS} 个字")
        if self.loss < 0:
            raise ValidationError("基金损失不能小于 0")
        if self.end and ((self.begin and self.begin > self.end) or self.end > today):
            raise ValidationError("行为的起止日期前后颠倒，或还没有到")


@transaction.atomic
def propose(lead_id: int, filing: Filing, *, who: User, when: datetime, where: str | None) -> Case:
    """Propose a case from a lead that ended with “立案”. ValidationError where something is missing, or it is one already."""
    need(who, Right.KEEP_CASES)
    lead = lead_for(who, lead_id)
    if lead.area not in who.scope(Right.KEEP_CASES).areas:
        raise PermissionDenied
    case = create(lead, filing, Case.Procedure.ORDINARY, "proposed", who=who, when=when)
    taking.log(Act.PROPOSE, case, who=who, when=when, where=where, purpose=f"{lead.number}，案由 {case.cause}")
    return case


def create(lead: Lead, filing: Filing, procedure: str, state: str, *, who: User, when: datetime) -> Case:
    """A part of an action: the case with its officers, from a lead that ended with “立案”. ValidationError says what is wrong."""
    today = timezone.localdate(when)
    if lead.state != "closed" or lead.result != "case":
        raise ValidationError("只有核查结果审定为“立案”的线索才能立案")
    if before := Case.objects.filter(lead=lead).first():
        raise ValidationError(f"这条线索已经立案：{before.number}")
    filing.check(lead, today)
    if len(filing.officers) < LEAST_OFFICERS:
        raise ValidationError(f"办案人员不得少于 {LEAST_OFFICERS} 人，请再选择办案人员")
    case = Case.objects.create(
        number=f"医保案〔{today.year}〕{lead.area}-{next_number('医保案', lead.area, today.year)}号",
        lead=lead, procedure=procedure, cause=filing.cause, subject_kind=lead.subject_kind, institution=lead.institution,
        subject=lead.subject, title=filing.title.strip(), facts=filing.facts.strip(), begin=filing.begin, end=filing.end,
        discovered=lead.received, five_years=filing.five_years, loss=filing.loss, area=lead.area, state=state,
        opened=when, by=who,
    )  # fmt: skip
    CaseChange.objects.create(record=case, step="propose", old="", new=state, at=when, by=who)
    for username, certificate in filing.officers.items():
        _add(case, username, certificate, today)
    return case


def _add(case: Case, username: str, certificate: str, today: date) -> Officer:
    person = next((one for one in people_with(Right.HANDLE_CASES, case.area) if one.username == username), None)
    if person is None:
        raise ValidationError("请从名单中选择办案人员：本单位有办案岗位且账号在用的人员")
    if not CERTIFICATE.fullmatch(certificate.strip()):
        raise ValidationError(f"请填写{person.display_name}的执法证号，4 至 40 位字母或数字")
    if Officer.objects.filter(case=case, certificate=certificate.strip()).exists():
        raise ValidationError("两名办案人员的执法证号相同，请核对")
    if other := clash(duties_in(person, case), "officer"):
        raise ValidationError(f"{person.display_name}在本案中是{other}，不能办案")
    if Officer.objects.filter(case=case, user=person).exists():
        raise ValidationError(f"{person.display_name}是或曾是本案办案人员，请另选一人")
    return Officer.objects.create(case=case, user=person, certificate=certificate.strip(), since=today)


@transaction.atomic
def approve(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """The head files the case; the time for the decision begins."""
    case = taking.held(case_id, who)
    if len(officers_of(case)) < LEAST_OFFICERS:
        raise ValidationError(f"办案人员不足 {LEAST_OFFICERS} 人，不能立案")
    old = taking.step(case, "approve", who=who, when=when)
    case.filed = when
    times.count(case)
    case.save(update_fields=["filed", "year"])
    taking.start(case, taking.DECISION, "作出决定", Right.HANDLE_CASES, timezone.localdate(when))
    words = {"facts": case.facts, "discovered": case.discovered}
    taking.write("case_filing", case, words, who=who, when=when, where=where)
    people = [one.user for one in officers_of(case)]
    clocks.tell(people, f"{case.number} 已批准立案，由您办理", link=taking.link(case), when=when)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="批准立案")
    return case


@transaction.atomic
def refuse(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The head does not file it."""
    case = taking.held(case_id, who)
    old = taking.step(case, "refuse", who=who, when=when, reason=reason)
    case.ended = when
    case.save(update_fields=["ended"])
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="不予立案")
    return case


@transaction.atomic
def replace_officer(
    case_id: int, leaves: str, comes: str, certificate: str, *, reason: str, who: User, when: datetime, where: str | None
) -> Case:
    """The head lets somebody withdraw (回避) or leave, and names another; never fewer than two handle a case."""
    case = taking.held(case_id, who)
    taking.as_head(case, who)
    taking.in_state(case, "proposed", *UNDECIDED, "decided", "executing")
    today, why = timezone.localdate(when), reason_given(reason)
    officer = next((one for one in officers_of(case) if one.user.username == leaves), None)
    if officer is None:
        raise ValidationError("请选择要更换或回避的现任办案人员")
    _leave(officer, today, why)
    _add(case, comes, certificate, today)
    taking.log(Act.OFFICER, case, who=who, when=when, where=where, purpose=f"{leaves} → {comes}")
    return case


def _leave(officer: Officer, today: date, why: str) -> None:
    officer.left, officer.why = today, why[:300]
    officer.save(update_fields=["left", "why"])


@transaction.atomic
def suspend(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The investigation stands still, and so does the time for the decision."""
    case = taking.held(case_id, who)
    old = taking.step(case, "suspend", who=who, when=when, reason=reason)
    begin_excluded(case, Excluded.Kind.SUSPENSION, reason, who=who, when=when)
    taking.write("case_suspension", case, {"reason": reason.strip()}, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="中止调查")
    return case


@transaction.atomic
def resume(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The investigation goes on."""
    case = taking.held(case_id, who)
    old = taking.step(case, "resume", who=who, when=when, reason=reason)
    end_excluded(case, when=when)
    taking.write("case_resumption", case, {"reason": reason.strip()}, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="恢复调查")
    return case


@transaction.atomic
def terminate(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """The investigation ends without a decision, for the party is gone or the like."""
    case = taking.held(case_id, who)
    old = taking.step(case, "terminate", who=who, when=when, reason=reason)
    case.ended = when
    times.count(case)
    case.save(update_fields=["ended", "days_ended"])
    if case.excluded.filter(end=None).exists():  # type: ignore[attr-defined]
        end_excluded(case, when=when)
    clocks.stop(taking.about(case), when=when, dropped=True)
    taking.write("case_termination", case, {"reason": reason.strip()}, who=who, when=when, where=where)
    taking.log(Act.STEP, case, old=old, who=who, when=when, where=where, purpose="终止调查")
    return case


@transaction.atomic
def extend(case_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """More time for the decision: once by the head, once more after a discussion of the heads. ValidationError a third time."""
    case = taking.held(case_id, who)
    taking.as_head(case, who)
    taking.in_state(case, *UNDECIDED)
    why = reason_given(reason)
    if case.extensions >= 2:
        raise ValidationError("办案期限已延长两次，不能再延长")
    key = ("case_decision_more", "case_decision_most")[case.extensions]
    clock = clocks.extend(taking.about(case), taking.DECISION, by=key)
    case.extensions += 1
    case.save(update_fields=["extensions"])
    words = {
        "reason": why,
        "round": "经负责人批准" if case.extensions == 1 else "经集体讨论",
        "due": clock.due if clock else None,
    }
    taking.write("case_extension", case, words, who=who, when=when, where=where)
    taking.log(Act.EXTEND, case, who=who, when=when, where=where, purpose=f"第 {case.extensions} 次")
    return case


@transaction.atomic
def exclude(case_id: int, kind: str, *, reason: str, who: User, when: datetime, where: str | None) -> Case:
    """A time begins that does not count: an appraisal, a test, an announcement, experts."""
    case = taking.held(case_id, who)
    taking.as_officer(case, who)
    taking.in_state(case, "investigating", "reviewing", "reviewed", "notified")
    if kind not in ("testing", "appraisal", "announcement", "experts"):
        raise ValidationError("请选择不计入办案期限的事由：检测检验、鉴定、公告或专家评审")
    begin_excluded(case, kind, reason_given(reason), who=who, when=when)
    taking.log(Act.EXCLUDE, case, who=who, when=when, where=where, purpose=f"{Excluded.Kind(kind).label}开始")
    return case


@transaction.atomic
def include(case_id: int, *, who: User, when: datetime, where: str | None) -> Case:
    """That time is over, and the clock runs again."""
    case = taking.held(case_id, who)
    taking.as_officer(case, who)
    running = case.excluded.filter(end=None).first()  # type: ignore[attr-defined]
    if running is None or running.kind in ("hearing", "suspension"):
        raise ValidationError("没有可以结束的不计入期限的时间；听证和中止随程序结束")
    end_excluded(case, when=when)
    taking.log(Act.EXCLUDE, case, who=who, when=when, where=where, purpose=f"{running.get_kind_display()}结束")
    return case


def begin_excluded(case: Case, kind: str, reason: str, *, who: User, when: datetime) -> None:
    """A part of an action: the time for the decision stands still. ValidationError where it does already."""
    today = timezone.localdate(when)
    if running := case.excluded.filter(end=None).first():  # type: ignore[attr-defined]
        raise ValidationError(f"“{running.get_kind_display()}”的时间还没有结束，请先结束它")
    Excluded.objects.create(case=case, kind=kind, begin=today, reason=reason.strip()[:300], by=who)
    clocks.suspend(taking.about(case), taking.DECISION, reason=str(Excluded.Kind(kind).label), on=today)


def end_excluded(case: Case, *, when: datetime) -> None:
    """A part of an action: it runs again."""
    today = timezone.localdate(when)
    case.excluded.filter(end=None).update(end=today)  # type: ignore[attr-defined]
    clocks.resume(taking.about(case), taking.DECISION, on=today)
