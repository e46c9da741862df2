"""Every write to a joint inspection: draft, approve, agree, visit, hold, close; and the clock of the yearly one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Organisation, Right, User, areas_with, need
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.frame.states import move
from yijian.web.institutions.queries import Institution, institution
from yijian.web.joint import plan_papers as written
from yijian.web.joint.acts import Act
from yijian.web.joint.models import JointPlan, PlanChange, PlanPartner, Visit, YearlyDuty
from yijian.web.joint.parties import chosen, keeps, speaker, tell_them, tell_us
from yijian.web.joint.planning import may_take_plan, plan_for, visit_for
from yijian.web.joint.steps import PLAN_STEPS, PLAN_WORDS, RIGHTS
from yijian.web.leads import actions as leads
from yijian.web.leads.queries import Lead

ANSWER, YEARLY = "joint_answer", "joint_inspection"
LEAST = 10
"""Characters that the focus, the work and what was found must have: a sentence."""


@dataclass(frozen=True)
class Plan:
    """What a plan says. partners, institutions: codes."""

    title: str
    focus: str
    work: str
    begin: date
    end: date
    partners: Sequence[str]
    institutions: Sequence[str]

    def check(self, area: str) -> tuple[list[Organisation], list[Institution]]:
        """The authorities and institutions. ValidationError says what is missing or cannot be."""
        if not self.title.strip() or min(len(self.focus.strip()), len(self.work.strip())) < LEAST:
            raise ValidationError(f"请写明方案名称、检查重点、组织与分工，后两项至少 {LEAST} 个字")
        if self.begin > self.end:
            raise ValidationError(f"检查日期 {self.begin} 至 {self.end} 前后颠倒")
        places = [institution(code) for code in dict.fromkeys(self.institutions)]
        if not places or None in places:
            raise ValidationError("请从名单中选择被检查的机构，至少一家")
        return chosen(self.partners, area), [one for one in places if one is not None]


@transaction.atomic
def draft(area: str, given: Plan, *, who: User, when: datetime, where: str | None) -> JointPlan:
    """Draft the plan of a joint inspection; the head, who did not draft it, sends it to the partners."""
    need(who, Right.KEEP_JOINT)
    if not keeps(who, area):
        raise PermissionDenied
    partners, places = given.check(area)
    made = JointPlan.objects.create(
        area=area, year=given.begin.year, title=given.title.strip(), focus=given.focus.strip(), work=given.work.strip(),
        begin=given.begin, end=given.end, state="drafted", opened=when, by=who,
    )  # fmt: skip
    PlanChange.objects.create(record=made, step="draft", old="", new="drafted", at=when, by=who)
    _parts(made, partners, places)
    _log(Act.PLAN, made, "", made.title, who, when, where)
    return made


@transaction.atomic
def edit(plan_id: int, given: Plan, *, who: User, when: datetime, where: str | None) -> JointPlan:
    """Write a draft anew; whoever wrote it last does not approve it."""
    need(who, Right.KEEP_JOINT)
    plan = plan_for(who, plan_id)
    if not keeps(who, plan.area):
        raise PermissionDenied
    list(JointPlan.objects.select_for_update().filter(pk=plan.pk).values_list("pk"))
    plan.refresh_from_db(fields=["state"])
    if plan.state != "drafted":
        raise ValidationError(f"现在的状态是“{PLAN_WORDS[plan.state]}”，不能修改")
    partners, places = given.check(plan.area)
    plan.title, plan.focus, plan.work = given.title.strip(), given.focus.strip(), given.work.strip()
    plan.begin, plan.end, plan.year, plan.by = given.begin, given.end, given.begin.year, who
    plan.save()
    plan.partners.all().delete()  # type: ignore[attr-defined]
    plan.visits.all().delete()  # type: ignore[attr-defined]
    _parts(plan, partners, places)
    _log(Act.EDIT_PLAN, plan, plan.state, plan.title, who, when, where)
    return plan


def _parts(plan: JointPlan, partners: Sequence[Organisation], places: Sequence[Institution]) -> None:
    PlanPartner.objects.bulk_create(PlanPartner(plan=plan, organisation=one) for one in partners)
    Visit.objects.bulk_create(Visit(plan=plan, institution=one) for one in places)


@transaction.atomic
def approve(plan_id: int, *, who: User, when: datetime, where: str | None) -> JointPlan:
    """The head agrees; the partners are asked."""
    plan, old = _step(plan_id, "approve", who, when)
    plan.number = written.plan(plan, who=who, when=when, where=where).number
    plan.save(update_fields=["number"])
    clocks.start(
        ANSWER, _about(plan), title=f"会签联合检查方案：{plan.title}"[:200], link=_link(plan), area=plan.area,
        right=Right.KEEP_JOINT, begun=timezone.localdate(when),
    )  # fmt: skip
    tell_them(plan.partners.all(), f"请会签联合检查方案：{plan.title}", link=_link(plan), when=when)  # type: ignore[attr-defined]
    _log(Act.APPROVE, plan, old, plan.number, who, when, where)
    return plan


@transaction.atomic
def send_back(plan_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> JointPlan:
    """The head wants it written differently."""
    plan, old = _step(plan_id, "return", who, when, reason)
    clocks.tell([plan.by], f"联合检查方案退回修改：{reason.strip()}"[:300], link=_link(plan), when=when)
    _log(Act.RETURN, plan, old, reason.strip(), who, when, where)
    return plan


@transaction.atomic
def agree(
    plan_id: int, partner: str = "", *, reason: str = "", files: "Sequence[UploadedFile[bytes]]" = (),
    who: User, when: datetime, where: str | None,
) -> JointPlan:  # fmt: skip
    """A partner agrees, or our office enters that it did on paper; with the last one the plan stands."""
    plan = _locked(who, plan_id)
    party = speaker(who, plan.partners.all(), partner, plan.area, files)  # type: ignore[attr-defined]
    if plan.state != "circulated" or party.agreed is not None:
        raise ValidationError(f"现在的状态是“{PLAN_WORDS[plan.state]}”，或已经会签过；请刷新页面")
    party.agreed, party.by, party.opinion, old = when, who, reason.strip(), plan.state
    party.save()
    attach(_about(plan), files, who=who, when=when, where=where)
    said = f"{party.organisation.name}同意。{reason.strip()}"
    if plan.partners.filter(agreed=None).exists():  # type: ignore[attr-defined]
        PlanChange.objects.create(record=plan, step="agree", old=old, new=old, at=when, by=who, reason=said)
    else:
        move(plan, PLAN_STEPS["agree"], PlanChange, who=who, when=when, reason=said, words=PLAN_WORDS)
        clocks.stop(_about(plan), ANSWER, when=when)
        tell_us(plan.area, f"联合检查方案已全部会签：{plan.title}", link=_link(plan), when=when)
    _log(Act.AGREE, plan, old, said, who, when, where)
    return plan


@transaction.atomic
def disagree(
    plan_id: int, partner: str = "", *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (),
    who: User, when: datetime, where: str | None,
) -> JointPlan:  # fmt: skip
    """A partner wants it written differently: it goes back to its drafter, and all are asked again."""
    plan = _locked(who, plan_id)
    party = speaker(who, plan.partners.all(), partner, plan.area, files)  # type: ignore[attr-defined]
    old, said = plan.state, f"{party.organisation.name}：{reason.strip()}"
    if len(reason.strip()) < 4:
        raise ValidationError("请写明意见，至少 4 个字")
    move(plan, PLAN_STEPS["object"], PlanChange, who=who, when=when, reason=said, words=PLAN_WORDS)
    plan.partners.update(agreed=None, by=None, opinion="")  # type: ignore[attr-defined]
    clocks.stop(_about(plan), ANSWER, when=when)
    attach(_about(plan), files, who=who, when=when, where=where)
    tell_us(plan.area, f"联合检查方案须修改：{said}", link=_link(plan), when=when)
    _log(Act.DISAGREE, plan, old, said, who, when, where)
    return plan


@transaction.atomic
def visit(
    visit_id: int, day: date, found: str, *, lead: str = "", amount: Decimal | None = None,
    who: User, when: datetime, where: str | None,
) -> Lead | None:  # fmt: skip
    """What was found at an institution; lead: the title of the lead that is made from it, '' for none.

    ValidationError where the plan is not agreed, the day has not come, or it was written already.
    """
    need(who, Right.KEEP_JOINT)
    one = visit_for(who, visit_id)
    plan = _locked(who, one.plan.pk)
    if not keeps(who, plan.area):
        raise PermissionDenied
    one.refresh_from_db()
    if plan.state != "agreed" or one.day is not None:
        raise ValidationError(f"现在的状态是“{PLAN_WORDS[plan.state]}”，或这家机构已登记检查情况")
    if not plan.begin <= day <= timezone.localdate(when):
        raise ValidationError(f"检查日期 {day} 应在方案的开始日期 {plan.begin} 之后，且不晚于今天")
    if len(found.strip()) < LEAST:
        raise ValidationError(f"请写明检查情况，至少 {LEAST} 个字")
    one.day, one.found = day, found.strip()
    one.save()
    made = None
    if lead.strip():
        given = leads.Given(
            Lead.Source.INSPECTION, lead, one.found, "institution", day, one.institution, reference=plan.number,
            about=f"joint.visit:{one.pk}", amount=amount,
        )  # fmt: skip
        made = leads.register(given, plan.area, who=who, when=when, where=where)
    said = f"{one.institution.name}，{'登记线索 ' + made.number if made else '没有线索'}"
    _log(Act.VISIT, plan, plan.state, said, who, when, where)
    return made


@transaction.atomic
def hold(plan_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> JointPlan:
    """It was held. reason: the result as a whole. ValidationError while an institution has none."""
    plan = _locked(who, plan_id)
    if plan.state == "agreed" and (left := plan.visits.filter(day=None).count()):  # type: ignore[attr-defined]
        raise ValidationError(f"还有 {left} 家机构没有登记检查情况；不再检查的，请写明原因")
    plan, old = _step(plan_id, "hold", who, when, reason)
    plan.outcome = reason.strip()
    plan.save(update_fields=["outcome"])
    clocks.stop(f"joint.year:{plan.area}-{plan.year}", YEARLY, when=when)
    written.result(plan, who=who, when=when, where=where)
    tell_them(plan.partners.all(), f"联合检查情况通报：{plan.title}", link=_link(plan), when=when)  # type: ignore[attr-defined]
    _log(Act.HOLD, plan, old, plan.outcome[:200], who, when, where)
    return plan


@transaction.atomic
def close(plan_id: int, *, who: User, when: datetime, where: str | None) -> JointPlan:
    """The head has seen the result."""
    plan, old = _step(plan_id, "close", who, when)
    _log(Act.CLOSE, plan, old, plan.number, who, when, where)
    return plan


@transaction.atomic
def drop(plan_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> JointPlan:
    """It is not held after all; the yearly clock runs on."""
    plan, old = _step(plan_id, "drop", who, when, reason)
    clocks.stop(_about(plan), when=when, dropped=True)
    if old != "drafted":
        tell_them(plan.partners.all(), f"联合检查取消：{plan.title}", link=_link(plan), when=when)  # type: ignore[attr-defined]
    _log(Act.DROP, plan, old, reason.strip(), who, when, where)
    return plan


def remind(now: datetime) -> int:
    """Start the clock of this year's joint inspection for each office that has none yet; how many. May run in several workers."""
    today, started = timezone.localdate(now), 0
    had = set(YearlyDuty.objects.filter(year=today.year).values_list("area", flat=True))
    for area in areas_with(Right.KEEP_JOINT):
        if area in had:
            continue
        try:
            with transaction.atomic():
                YearlyDuty.objects.create(area=area, year=today.year)
                clocks.start(
                    YEARLY, f"joint.year:{area}-{today.year}", title=f"{today.year} 年至少开展一次联合检查", area=area,
                    link=reverse("joint:plans"), right=Right.KEEP_JOINT, begun=date(today.year, 1, 1),
                )  # fmt: skip
                started += 1
        except IntegrityError:  # another worker was first
            continue
    return started


def _locked(who: User, plan_id: int) -> JointPlan:
    """Through the door; nobody else changes it until this action ends."""
    plan = plan_for(who, plan_id)
    list(JointPlan.objects.select_for_update().filter(pk=plan.pk).values_list("pk"))
    plan.refresh_from_db(fields=["state"])
    return plan


def _step(plan_id: int, word: str, who: User, when: datetime, reason: str = "") -> tuple[JointPlan, str]:
    """Take it through a step of our office; the plan and its state before."""
    plan = plan_for(who, plan_id)
    if not may_take_plan(who, plan, word):
        if not any(who.may(right) for right in RIGHTS):
            raise PermissionDenied
        raise ValidationError(f"“{PLAN_STEPS[word].title}”不由您办理：须由承办单位的相应岗位办理，拟稿与审批须是不同的人")
    old = plan.state
    move(plan, PLAN_STEPS[word], PlanChange, who=who, when=when, reason=reason, words=PLAN_WORDS)
    return plan, old


def _about(plan: JointPlan) -> str:
    return f"joint.plan:{plan.pk}"


def _link(plan: JointPlan) -> str:
    return reverse("joint:plan", args=[plan.pk])


def _log(act: Act, plan: JointPlan, old: str, purpose: str, who: User, when: datetime, where: str | None) -> None:
    changes = {"状态": (PLAN_WORDS.get(old, ""), PLAN_WORDS[plan.state])}
    about = str(plan)
    record(act, who=who, when=when, where=where, kind="联合检查", about=about, purpose=purpose, area=plan.area, changes=changes)
