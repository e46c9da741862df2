"""Every write to a campaign: prepare, change, take through its steps, register what was delivered, remind."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, areas_with, division_name, need, people_with, within
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.campaigns import notice
from yijian.web.campaigns.acts import Act
from yijian.web.campaigns.given import Given
from yijian.web.campaigns.kinds import TARGETS, Duty, Phase
from yijian.web.campaigns.models import Campaign, CampaignChange, CampaignDuty, CampaignPhase
from yijian.web.campaigns.queries import about_report, campaign_for, duty_for, hold_family, may_take
from yijian.web.campaigns.steps import STEPS, WORDS
from yijian.web.clocks import actions as clocks
from yijian.web.frame.given import reason_given
from yijian.web.frame.states import move
from yijian.web.papers import actions as papers
from yijian.web.parameters.queries import Book, due

CLOCK = "campaign_duty"


def default_targets(area: str, on: date) -> dict[str, Decimal]:
    """Word → share that the parameters of the division say."""
    book = Book()
    return {word: book.value_of(key, area, on).value for word, (_, key) in TARGETS.items()}


@transaction.atomic
def prepare(area: str, given: Given, *, who: User, when: datetime, where: str | None) -> Campaign:
    """Prepare a campaign of a division. ValidationError where something is missing; PermissionDenied in another's division."""
    need(who, Right.KEEP_CAMPAIGNS)
    if area not in who.scope(Right.KEEP_CAMPAIGNS).areas:
        raise PermissionDenied
    begin, end = given.check()
    above = given.under
    if above is not None:
        hold_family(above)
        above.refresh_from_db(fields=["state"])
        if above.state != "running" or area == above.area or not within(above.area, area):
            raise ValidationError("只能在上级正在进行的专项治理之下制定本地区方案")
        if Campaign.objects.filter(parent=above, area=area).exclude(state="discarded").exists():
            raise ValidationError(f"本地区已经有“{above.title}”的方案，请在原方案上修改")
    made = Campaign(area=area, parent=above, template=given.template, opened=when, by=who)
    _write(made, given, begin, end)
    CampaignChange.objects.create(record=made, step="prepare", old="", new="preparing", at=when, by=who)
    _log(Act.PREPARE, made, who=who, when=when, where=where, purpose=made.title)
    return made


@transaction.atomic
def change(campaign_id: int, given: Given, *, who: User, when: datetime, where: str | None) -> Campaign:
    """Write it anew as long as it is prepared."""
    need(who, Right.KEEP_CAMPAIGNS)
    made = _held(campaign_id, who)
    if made.state != "preparing" or not may_take(who, made, "submit"):
        raise ValidationError(f"现在的状态是“{WORDS[made.state]}”，只有本单位拟定中的方案可以修改")
    begin, end = given.check()
    made.phases.all().delete()  # type: ignore[attr-defined]
    made.duties.all().delete()  # type: ignore[attr-defined]
    _write(made, given, begin, end)
    CampaignChange.objects.create(record=made, step="change", old=made.state, new=made.state, at=when, by=who)
    _log(Act.PREPARE, made, who=who, when=when, where=where, purpose=f"修改：{made.title}")
    return made


def _write(made: Campaign, given: Given, begin: date, end: date) -> None:
    made.title, made.basis, made.text = given.title.strip()[:100], given.basis.strip()[:200], given.text.strip()[:5000]
    made.kinds, made.focuses = list(given.kinds), list(dict.fromkeys(given.focuses))
    made.targets = {word: str(share) for word, share in given.targets.items()}
    made.data_begin, made.data_end = begin, end
    made.save()
    CampaignPhase.objects.bulk_create(_phase(made, one) for one in given.phases)
    CampaignDuty.objects.bulk_create(
        CampaignDuty(campaign=made, kind=d.kind, to=d.to, title=d.title.strip()[:100], due=d.due) for d in given.duties
    )


def _phase(made: Campaign, one: Phase) -> CampaignPhase:
    title, tasks = one.title.strip()[:60], one.tasks.strip()[:1000]
    return CampaignPhase(campaign=made, kind=one.kind, title=title, begin=one.begin, end=one.end, tasks=tasks)


def _owed(made: Campaign, one: Duty | CampaignDuty, area: str) -> CampaignDuty:
    return CampaignDuty(campaign=made, kind=one.kind, to=one.to, area=area, title=one.title, due=one.due)


@transaction.atomic
def take(campaign_id: int, word: str, *, reason: str = "", who: User, when: datetime, where: str | None) -> Campaign:
    """Take it through a step of `STEPS`."""
    need(who, Right(STEPS[word].right))
    made = _held(campaign_id, who)
    if made.state in STEPS[word].frm and not may_take(who, made, word):
        raise ValidationError(f"“{STEPS[word].title}”不由您办理：须由发起单位的相应岗位办理，拟定、修改、报审的人不能审批")
    if word in ("submit", "issue"):
        _check_days(made, timezone.localdate(when))
    old = made.state
    move(made, STEPS[word], CampaignChange, who=who, when=when, reason=reason, words=WORDS)
    link, today = _link(made), timezone.localdate(when)
    if word == "issue":
        _issue(made, who=who, when=when, where=where)
    elif word == "submit":
        clocks.start(
            "campaign_approval", _about(made), title=f"审批专项治理方案：{made.title}"[:200], link=link, area=made.area,
            right=Right.APPROVE_CAMPAIGNS, begun=today,
        )  # fmt: skip
    else:
        clocks.stop(_about(made), when=when, dropped=word == "discard")
    if word == "back":
        clocks.tell([made.by], f"专项治理方案退回修改：{reason.strip()}"[:300], link=link, when=when)
    if word == "end":
        # what came waits for its acceptance or correction as before: nothing new is taken
        clocks.drop_all(map(_about_duty, made.duties.filter(done=None)), when=when)  # type: ignore[attr-defined]
        missing = made.returns.filter(state="asked").values_list("pk", flat=True)  # type: ignore[attr-defined]
        clocks.drop_all((f"campaigns.selfinspection:{pk}" for pk in missing), when=when)
    _log(Act.STEP, made, who=who, when=when, where=where, purpose=reason.strip() or made.number, old=old)
    return made


def _check_days(made: Campaign, today: date) -> None:
    last = max(one.end for one in made.phases.all())  # type: ignore[attr-defined]
    if last < today:
        raise ValidationError(f"最后一个阶段已于 {last} 结束，请先修改各阶段的日期")


def _issue(made: Campaign, *, who: User, when: datetime, where: str | None) -> None:
    """The notice goes out: the offices below sign for it and owe what it asks; the plan above has its answer."""
    today = timezone.localdate(when)
    clocks.stop(_about(made), when=when)
    below = offices_below(made.area)
    planned = list(made.duties.all())  # type: ignore[attr-defined]
    owed = [_owed(made, one, made.area) for one in planned if one.to == "own"]
    for area in below:
        receipt = Duty("receipt", "签收专项治理方案", "below", due("campaign_receipt", area, today))
        owed += [_owed(made, one, area) for one in (receipt, *planned) if one.to == "below"]
    made.duties.all().delete()  # type: ignore[attr-defined]
    for duty in CampaignDuty.objects.bulk_create(owed):
        _clock(duty, made, today)
    paper = papers.write(
        "campaign_notice", _about(made), notice.words(made, [division_name(area) for area in below]), area=made.area,
        organ=who.organisation.name, tables=notice.tables(made, planned), who=who, when=when, where=where,
    )  # fmt: skip
    made.number, made.issued = paper.number, today
    made.save(update_fields=["number", "issued"])
    for area in below:
        clocks.tell(people_with(Right.KEEP_CAMPAIGNS, area), f"上级印发专项治理方案：{made.title}", link=_link(made), when=when)
    if made.parent is not None:
        for duty in made.parent.duties.filter(area=made.area, kind__in=("plan", "receipt"), done=None):  # type: ignore[attr-defined]
            _done(duty, f"已印发 {made.number}", when)


def offices_below(area: str) -> list[str]:
    """The next divisions below with an office that keeps campaigns, by code."""
    inside = [one for one in areas_with(Right.KEEP_CAMPAIGNS) if one != area and within(area, one)]
    return [one for one in inside if not any(other != one and within(other, one) for other in inside)]


@transaction.atomic
def fulfil(
    duty_id: int, *, note: str, files: "Sequence[UploadedFile[bytes]]" = (), who: User, when: datetime, where: str | None
) -> CampaignDuty:
    """An office says that it has done what it owes, with papers. A plan is done by issuing one, not by saying so."""
    need(who, Right.KEEP_CAMPAIGNS)
    duty = duty_for(who, duty_id)
    if duty.area not in who.scope(Right.KEEP_CAMPAIGNS).areas:
        raise ValidationError(f"“{duty.title}”由{division_name(duty.area)}的医保部门办理")
    if duty.done:
        raise ValidationError(f"“{duty.title}”已于 {duty.done} 完成")
    if duty.campaign.state != "running":
        raise ValidationError(f"“{duty.campaign.title}”{WORDS[duty.campaign.state]}，不再报送")
    if duty.kind == "plan":
        raise ValidationError("请在本专项治理之下制定本地区方案，印发后自动完成")
    if duty.kind == "report" and not files:
        raise ValidationError(f"请上传“{duty.title}”的材料")
    attach(_about_duty(duty), files, who=who, when=when, where=where)
    _done(duty, "已签收" if duty.kind == "receipt" else reason_given(note), when)
    told = people_with(Right.KEEP_CAMPAIGNS, duty.campaign.area) if duty.area != duty.campaign.area else []
    clocks.tell(told, f"{division_name(duty.area)}：{duty.title}，已完成"[:300], link=_link(duty.campaign), when=when)
    record(Act.DUTY, who=who, when=when, where=where, kind="专项治理任务", about=str(duty.pk), purpose=duty.title, area=duty.area)
    return duty


@transaction.atomic
def remind(duty_id: int, *, who: User, when: datetime, where: str | None) -> CampaignDuty:
    """Remind an office below of what it owes; once a day."""
    need(who, Right.KEEP_CAMPAIGNS)
    duty, today = duty_for(who, duty_id), timezone.localdate(when)
    if duty.campaign.area not in who.scope(Right.KEEP_CAMPAIGNS).areas:
        raise ValidationError("由发起专项治理的单位催办")
    if duty.done or duty.campaign.state != "running" or not duty.area:
        raise ValidationError("这项任务已经完成或专项治理没有在进行，不用催办")
    if duty.reminded == today:
        raise ValidationError("今天已经催办过")
    people = people_with(Right.KEEP_CAMPAIGNS, duty.area)
    if not people:
        raise ValidationError(f"{division_name(duty.area)}没有可以办理的账号，请用其他方式联系")
    duty.reminded = today
    duty.save(update_fields=["reminded"])
    text = f"催办：{duty.title}，{duty.due} 前完成（{duty.campaign.title}）"
    clocks.tell(people, text[:300], link=_link(duty.campaign), when=when)
    record(
        Act.REMIND, who=who, when=when, where=where, kind="专项治理任务", about=str(duty.pk), purpose=duty.title, area=duty.area
    )
    return duty


@transaction.atomic
def report(campaign_id: int, *, who: User, when: datetime, where: str | None) -> Campaign:
    """Prepare the summary report from the records as they are now; again it is a new version."""
    need(who, Right.KEEP_CAMPAIGNS)
    made = _held(campaign_id, who)
    if made.state not in ("running", "ended") or made.area not in who.scope(Right.KEEP_CAMPAIGNS).areas:
        raise ValidationError("由发起单位对进行中或已结束的专项治理生成总结报告")
    papers.write(
        "campaign_report", about_report(made), notice.report_words(made), area=made.area, organ=who.organisation.name,
        tables=notice.report_tables(made), who=who, when=when, where=where,
    )  # fmt: skip
    return made


def _held(campaign_id: int, who: User) -> Campaign:
    """One that the user may see, held until the transaction ends."""
    campaign_for(who, campaign_id)
    return Campaign.objects.select_for_update(of=("self",)).select_related("parent", "by").get(pk=campaign_id)


def _done(duty: CampaignDuty, note: str, when: datetime) -> None:
    duty.done, duty.note = timezone.localdate(when), note[:500]
    duty.save(update_fields=["done", "note"])
    clocks.stop(_about_duty(duty), when=when)


def _about(made: Campaign) -> str:
    return f"campaigns.campaign:{made.pk}"


def _about_duty(duty: CampaignDuty) -> str:
    return f"campaigns.campaignduty:{duty.pk}"


def _link(made: Campaign) -> str:
    return reverse("campaigns:detail", args=[made.pk])


def _clock(duty: CampaignDuty, made: Campaign, today: date) -> None:
    clocks.start(
        CLOCK, _about_duty(duty), title=f"{duty.title}：{made.title}"[:200], link=_link(made), area=duty.area,
        right=Right.KEEP_CAMPAIGNS, begun=today,
    )  # fmt: skip
    clocks.move(_about_duty(duty), CLOCK, max(duty.due, today))


def _log(act: Act, made: Campaign, *, who: User, when: datetime, where: str | None, purpose: str, old: str = "") -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[made.state])} if old != made.state else {}
    about = made.number or str(made.pk)
    record(act, who=who, when=when, where=where, kind="专项治理", about=about, purpose=purpose, area=made.area, changes=changes)
