"""Every write to a measure under an agreement: propose, decide, carry out, lift."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need, people_of_institution
from yijian.web.agreements.acts import Act
from yijian.web.agreements.kinds import Given
from yijian.web.agreements.models import AgreementChange, AgreementMeasure
from yijian.web.agreements.queries import DUE, may_take, measure_for
from yijian.web.agreements.steps import STEPS, WORDS
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.documents.rendering import day_words, yuan_words
from yijian.web.frame.states import move
from yijian.web.leads.queries import Lead
from yijian.web.papers import actions as papers
from yijian.web.parameters.queries import value_of

CLOCK, WANTED = "agreement_measure", "agreement_proposal"


@transaction.atomic
def propose(area: str, given: Given, *, who: User, when: datetime, where: str | None) -> AgreementMeasure:
    """Propose a measure. ValidationError where something is missing; PermissionDenied outside the person's divisions."""
    need(who, Right.KEEP_AGREEMENTS)
    if area not in who.scope(Right.KEEP_AGREEMENTS).areas:
        raise PermissionDenied
    given.check(area, timezone.localdate(when))
    made = AgreementMeasure.objects.create(
        kind=given.kind, institution=given.institution, area=area, about=given.about, reason=given.reason.strip(),
        clause=given.clause.strip()[:300], target=given.target.strip()[:100], amount=given.amount, points=given.points,
        due=given.due, begin=given.begin, end=given.end, opened=when, by=who,
    )  # fmt: skip
    AgreementChange.objects.create(record=made, step="propose", old="", new="proposed", at=when, by=who)
    if given.about:
        clocks.stop(f"{DUE}{given.about}", when=when)
    _clock(made, f"审批协议处理：{made.title}，{made.institution.name}", Right.DECIDE_AGREEMENTS, when)
    _log(Act.PROPOSE, made, "", who=who, when=when, where=where, purpose=made.title)
    return made


@transaction.atomic
def decide(measure_id: int, *, who: User, when: datetime, where: str | None) -> AgreementMeasure:
    """The head agrees: a letter goes out, and the institution sees it."""
    made, old = _step(measure_id, "decide", who=who, when=when)
    today = timezone.localdate(when)
    if past := [day for day in (made.due if "due" in made.what.needs else None, made.end) if day and day < today]:
        raise ValidationError(f"日期 {past[0]} 已经过去，请不予处理，重新提请")
    paper = papers.write(
        "agreement_measure", _about(made),
        {
            "institution": made.institution.name, "reason": made.reason, "clause": made.clause, "measure": made.title,
            "order": order_of(made), "objection": str(value_of("agreement_objection", made.area, today)),
        },
        area=made.area, organ=who.organisation.name, who=who, when=when, where=where,
    )  # fmt: skip
    made.number, made.decided = paper.number, today
    made.save(update_fields=["number", "decided"])
    clocks.stop(_about(made), when=when)
    _clock(made, f"落实 {made.number}：{made.title}，{made.institution.name}", Right.KEEP_AGREEMENTS, when)
    if last := made.end or made.due:
        clocks.move(_about(made), CLOCK, max(last, today))
    told = people_of_institution(made.institution.pk)
    clocks.tell(told, f"医保经办机构作出协议处理：{made.title}（{made.number}）", link=_link(made), when=when)
    _log(Act.STEP, made, old, who=who, when=when, where=where, purpose=made.number)
    return made


@transaction.atomic
def drop(measure_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> AgreementMeasure:
    """The head does not agree."""
    made, old = _step(measure_id, "drop", who=who, when=when, reason=reason)
    clocks.stop(_about(made), when=when, dropped=True)
    clocks.tell([made.by], f"协议处理未获同意：{reason.strip()}"[:300], link=_link(made), when=when)
    _log(Act.STEP, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


@transaction.atomic
def finish(
    measure_id: int, *, reason: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> AgreementMeasure:
    """How it was carried out, with papers. ValidationError where a suspension has not run its time."""
    made, today = measure_for(who, measure_id), timezone.localdate(when)
    if made.state == "decided" and made.what.lasts and made.end is not None and today < made.end:
        raise ValidationError(f"“{made.title}”到 {made.end} 期满，期满后再登记；要提前恢复的，由负责人提前解除")
    made, old = _step(measure_id, "finish", who=who, when=when, reason=reason)
    clocks.stop(_about(made), when=when)
    attach(_about(made), files, who=who, when=when, where=where)
    _log(Act.STEP, made, old, who=who, when=when, where=where, purpose="已落实")
    return made


@transaction.atomic
def lift(measure_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> AgreementMeasure:
    """The head ends early what would last; a letter says so."""
    made, old = _step(measure_id, "lift", who=who, when=when, reason=reason)
    today = timezone.localdate(when)
    words = {
        "institution": made.institution.name,
        "number": made.number,
        "measure": made.title,
        "reason": reason.strip(),
        "day": today,
    }
    papers.write(
        "agreement_lifting", _about(made), words, area=made.area, organ=who.organisation.name, who=who, when=when, where=where
    )
    clocks.stop(_about(made), when=when)
    told = people_of_institution(made.institution.pk)
    clocks.tell(told, f"协议处理提前解除：{made.title}（{made.number}）", link=_link(made), when=when)
    _log(Act.STEP, made, old, who=who, when=when, where=where, purpose=reason.strip())
    return made


def expect(lead: Lead, *, when: datetime) -> None:
    """A lead has ended with “按服务协议处理”: a measure is to be proposed. A part of the action that ended the lead."""
    about = f"leads.lead:{lead.pk}"
    clocks.start(
        WANTED, f"{DUE}{about}", title=f"提请协议处理：{lead.number}",
        link=reverse('leads:detail', args=[lead.pk]), area=lead.area, right=Right.KEEP_AGREEMENTS,
        begun=timezone.localdate(when),
    )  # fmt: skip


def order_of(made: AgreementMeasure) -> str:
    """The sentence of its letter that says what is to be done."""
    days = {name: day_words(day) for name in ("due", "begin", "end") if (day := getattr(made, name))}
    amount = yuan_words(made.amount) if made.amount is not None else ""
    return made.what.order.format(**days, amount=amount, target=made.target, points=made.points)


def _step(measure_id: int, word: str, *, who: User, when: datetime, reason: str = "") -> tuple[AgreementMeasure, str]:
    """Take it through a step; the measure and its state before."""
    need(who, Right(STEPS[word].right))
    made = measure_for(who, measure_id)
    if made.state in STEPS[word].frm and not may_take(who, made, word):
        raise ValidationError(f"“{STEPS[word].title}”不由您办理：须由承办单位的相应岗位办理，提请与审批须是不同的人")
    old = made.state
    move(made, STEPS[word], AgreementChange, who=who, when=when, reason=reason, words=WORDS)
    return made, old


def _about(made: AgreementMeasure) -> str:
    return f"agreements.agreementmeasure:{made.pk}"


def _link(made: AgreementMeasure) -> str:
    return reverse("agreements:detail", args=[made.pk])


def _clock(made: AgreementMeasure, title: str, right: Right, when: datetime) -> None:
    clocks.start(
        CLOCK, _about(made), title=title[:200], link=_link(made), area=made.area, right=right, begun=timezone.localdate(when)
    )


def _log(act: Act, made: AgreementMeasure, old: str, *, who: User, when: datetime, where: str | None, purpose: str) -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[made.state])}
    about = made.number or str(made.pk)
    record(act, who=who, when=when, where=where, kind="协议处理", about=about, purpose=purpose, area=made.area, changes=changes)
