"""Every write before anybody goes there: planning, the team and its recusals, the notice, calling it off."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.web.accounts.queries import Organisation, Right, User, division_name, need, people_of_institution, within
from yijian.web.campaigns.queries import running_campaigns
from yijian.web.clocks import actions as clocks
from yijian.web.draws.queries import Draw, DrawMember, drawn_from, register_in_use
from yijian.web.frame.given import reason_given
from yijian.web.inspections.acts import Act
from yijian.web.inspections.doing import about, hold, link, log, take
from yijian.web.inspections.kinds import SUBJECTS, checklists, chosen, kinds
from yijian.web.inspections.models import Inspection, InspectionChange, InspectionItem, InspectionMember
from yijian.web.inspections.queries import LEAST_INSPECTORS, inspection_for, inspectors_of, team_of
from yijian.web.inspections.steps import AHEAD, OPEN, WORDS
from yijian.web.institutions.queries import Institution, is_pharmacy
from yijian.web.papers import actions as papers
from yijian.web.parameters.actions import next_number

CHANGING = (*AHEAD, "on_site")
"""States in which somebody may leave the team. Joining it is possible until the end, for the look back needs people, too."""
LONGEST_DAYS = 400
"""A stationed inspection lasts months, none lasts longer."""


@dataclass(frozen=True)
class Given:
    """What an inspection is to be. team: codes of the register (`R7`), the leader first; about: the record above it."""

    title: str
    kind: str
    subject_kind: str
    begin: date
    end: date
    focuses: Sequence[str]
    team: Sequence[str] = field(default=())
    institution: Institution | None = None
    agency: Organisation | None = None
    period_begin: date | None = None
    period_end: date | None = None
    sealed_until: datetime | None = None
    draw: Draw | None = None
    about: str = ""

    def check(self, when: datetime) -> None:
        """ValidationError says what is missing or cannot be."""
        today = timezone.localdate(when)
        if len(self.title.strip()) < 4 or self.kind not in kinds() or self.subject_kind not in SUBJECTS:
            raise ValidationError("请写明检查名称（至少 4 个字），并选择检查方式和对象类别")
        if self.subject_kind == "agency":
            if self.agency is None or self.agency.kind != "agency":
                raise ValidationError("请选择被检查的经办机构")
        elif self.institution is None:
            raise ValidationError("请选择被检查的定点医药机构")
        elif is_pharmacy(self.institution) != (self.subject_kind == "pharmacy"):
            raise ValidationError(f"{self.institution.name}不是{SUBJECTS[self.subject_kind]}，请核对对象类别")
        if not today <= self.begin <= self.end or (self.end - self.begin).days > LONGEST_DAYS:
            raise ValidationError(f"计划日期 {self.begin} 至 {self.end} 应从今天或以后开始，不能颠倒，最长 {LONGEST_DAYS} 天")
        if (self.period_begin is None) != (self.period_end is None) or (
            self.period_begin and self.period_end and not self.period_begin <= self.period_end <= today
        ):
            raise ValidationError("检查数据的起止日期要么都写、要么都不写，不能颠倒，也不能晚于今天")
        if kinds()[self.kind].sealed and self.sealed_until is None:
            raise ValidationError(f"{kinds()[self.kind].title}须写明密封到什么时候，此前检查组也看不到对象")
        if self.sealed_until is not None and not (
            kinds()[self.kind].sealed and when < self.sealed_until and timezone.localdate(self.sealed_until) <= self.end
        ):
            raise ValidationError("只有不事先通知的检查可以密封，密封的时间应晚于现在、不晚于计划结束日")
        if self.draw is not None and (
            self.draw.state != "drawn" or self.institution is None or self.institution.pk not in drawn_from(self.draw)
        ):
            raise ValidationError(f"“{self.draw.title}”没有抽中这个对象，请从抽中的名单里选择")


@transaction.atomic
def plan(area: str, given: Given, *, who: User, when: datetime, where: str | None) -> Inspection:
    """Plan an inspection. ValidationError says what is wrong; PermissionDenied outside the person's divisions."""
    need(who, Right.KEEP_INSPECTIONS)
    if area not in who.scope(Right.KEEP_INSPECTIONS).areas:
        raise PermissionDenied
    given.check(when)
    subject = given.institution.area if given.institution else given.agency.division_id if given.agency else ""  # type: ignore[attr-defined]
    if not within(area, subject[:6]):
        raise ValidationError(f"对象不在{division_name(area)}的管辖范围内，请由有管辖权的单位拟定，或换一个对象")
    if given.about and given.about not in {f"campaigns.campaign:{one.pk}" for one in running_campaigns(area)}:
        raise ValidationError("请从本区划正在进行的专项治理中选择，或不选")
    lists, year = chosen(given.focuses, given.subject_kind), timezone.localdate(when).year
    made = Inspection.objects.create(
        number=f"检查〔{year}〕{area}-{next_number('检查', area, year)}号",
        title=given.title.strip()[:100], kind=given.kind, area=area, subject_kind=given.subject_kind,
        institution=given.institution, agency=given.agency, focuses=[one.key for one in lists], begin=given.begin, end=given.end,
        period_begin=given.period_begin, period_end=given.period_end, sealed_until=given.sealed_until, draw=given.draw,
        about=given.about, unsealed=given.sealed_until is None, opened=when, by=who,
    )  # fmt: skip
    InspectionChange.objects.create(record=made, step="plan", old="", new="planned", at=when, by=who)
    rows = [(one.title, item) for one in lists for item in one.items]
    InspectionItem.objects.bulk_create(
        InspectionItem(inspection=made, place=n, group=title, what=item.what, how=item.how)
        for n, (title, item) in enumerate(rows, start=1)
    )
    for n, code in enumerate(dict.fromkeys(given.team)):
        _join(made, code, "leader" if n == 0 else "", when)
    log(Act.PLAN, made, "", who=who, when=when, where=where, purpose=f"{made.kind_title}，检查组 {len(set(given.team))} 人")
    return made


def may_be_sent(area: str, kind: str, today: date) -> list[DrawMember]:
    """Who of the register may be sent: of the division and those below or above it; of any, where the kind crosses areas."""
    everyone = register_in_use(("inspectors", "experts"), today)
    if kind in kinds() and kinds()[kind].abroad:
        return everyone
    return [one for one in everyone if within(area, one.area) or within(one.area, area)]


@transaction.atomic
def join(inspection_id: int, code: str, *, who: User, when: datetime, where: str | None) -> Inspection:
    """Send one more, until it is ended. ValidationError for who planned it, for somebody who is not to be
    sent, or who once had to keep away from this subject."""
    need(who, Right.KEEP_INSPECTIONS)
    one = inspection_for(who, inspection_id)
    if one.area not in who.scope(Right.KEEP_INSPECTIONS).areas:
        raise PermissionDenied
    hold(one)
    if one.state not in OPEN:
        raise ValidationError(f"现在的状态是“{WORDS[one.state]}”，检查组不能再变")
    member = _join(one, code, "", when)
    log(Act.TEAM, one, one.state, who=who, when=when, where=where, purpose=f"{member.code} 加入检查组")
    return one


def _join(one: Inspection, code: str, duty: str, when: datetime) -> InspectionMember:
    known = {found.code: found for found in may_be_sent(one.area, one.kind, timezone.localdate(when))}
    found = known.get(code)
    if found is None:
        raise ValidationError("检查组成员须从人员库中选择：在库、证件有效，非跨区域的检查只能派本地人员")
    if found.account_id is not None and found.account_id == one.by_id:  # type: ignore[attr-defined]
        raise ValidationError(f"{found.name}拟定了这次检查，不能同时是检查组成员，请另派人员")
    same = InspectionMember.objects.filter(inspection__institution=one.institution, inspection__agency=one.agency, code=code)
    if (before := same.exclude(recused="").first()) is not None:
        raise ValidationError(f"{found.name}曾对这个对象回避（{before.recused}），不能再派")
    if found.kind == "experts":
        duty = "expert"
    elif found.account_id is None or not found.certificate:  # type: ignore[attr-defined]
        raise ValidationError(f"{found.name}没有账号或执法证件，不能作为检查人员")
    member, made = InspectionMember.objects.get_or_create(
        inspection=one, code=code,
        defaults={
            "account": found.account, "name": found.name, "unit": found.unit, "certificate": found.certificate,
            "duty": duty or "inspector",
        },
    )  # fmt: skip
    if not made:
        if member.left is None:
            raise ValidationError(f"{member.name}已经在检查组里")
        member.left = None
        member.save(update_fields=["left"])
    if member.account is not None and one.unsealed:
        _tell_member(one, [member], when)
    return member


def _tell_member(one: Inspection, members: Sequence[InspectionMember], when: datetime) -> None:
    people = [member.account for member in members if member.account is not None]
    clocks.tell(people, f"您已编入检查组：{one.title}（{one.number}）", link=link(one), when=when)


def unseal(now: datetime) -> int:
    """Tell the teams whose seals have opened; how many. May run in several workers."""
    told = 0
    for one in Inspection.objects.filter(unsealed=False, sealed_until__lte=now).order_by("pk"):
        with transaction.atomic():
            if Inspection.objects.filter(pk=one.pk, unsealed=False).update(unsealed=True):
                if one.state in AHEAD:
                    _tell_member(one, team_of(one), now)
                told += 1
    return told


@transaction.atomic
def leave(
    inspection_id: int, member_id: int, *, reason: str, recused: bool, who: User, when: datetime, where: str | None
) -> Inspection:
    """Somebody is recused, for good where this subject is concerned, or is only not sent. A member may recuse himself."""
    if not (who.may(Right.KEEP_INSPECTIONS) or who.may(Right.INSPECT)):
        raise PermissionDenied
    one = inspection_for(who, inspection_id)
    hold(one)
    why = " ".join(reason_given(reason).split())[:200]
    member = next((m for m in team_of(one) if m.pk == member_id), None)
    if member is None:
        raise ValidationError("检查组里没有这个人，请刷新页面")
    himself = recused and member.account_id == who.pk and who.may(Right.INSPECT)  # type: ignore[attr-defined]
    if not himself and one.area not in who.scope(Right.KEEP_INSPECTIONS).areas:
        raise ValidationError("成员只能为自己申请回避，调整检查组由承办单位办理")
    if one.state not in CHANGING:
        raise ValidationError(f"现在的状态是“{WORDS[one.state]}”，检查组不能再变")
    others = [m for m in inspectors_of(one) if m.pk != member.pk]
    if one.state == "on_site" and len(others) < LEAST_INSPECTORS:
        raise ValidationError(f"现场检查人员不得少于 {LEAST_INSPECTORS} 人，请先补派再办理退出")
    member.left, member.recused = when, why if recused else ""
    member.save(update_fields=["left", "recused"])
    if member.duty == "leader" and others:
        others[0].duty, member.duty = "leader", "inspector"
        others[0].save(update_fields=["duty"])
        member.save(update_fields=["duty"])
    said = f"{member.code} {'回避' if recused else '退出'}：{why}"
    if himself:
        clocks.tell([one.by], f"检查组成员申请回避：{one.title}（{one.number}）", link=link(one), when=when)
    log(Act.TEAM, one, one.state, who=who, when=when, where=where, purpose=said[:300])
    return one


@transaction.atomic
def notify(inspection_id: int, *, who: User, when: datetime, where: str | None) -> Inspection:
    """Tell the subject, by a notice. ValidationError with fewer than two inspectors, or when its days are over."""
    one, old = take(inspection_id, "notify", who=who, when=when)
    team = enough(one)
    if one.end < timezone.localdate(when):
        raise ValidationError(f"计划日期 {one.begin} 至 {one.end} 已经过去，请取消后重新拟定")
    period = f" {one.period_begin} 至 {one.period_end} " if one.period_begin else ""
    paper = papers.write(
        "inspection_notice", about(one),
        {
            "subject": one.who, "begin": one.begin, "end": one.end, "kind": one.kind_title, "period": period,
            "focuses": "、".join(checklists()[key].title for key in one.focuses if key in checklists()),
            "team": "、".join(member.name for member in team),
        },
        area=one.area, organ=who.organisation.name, who=who, when=when, where=where,
    )  # fmt: skip
    one.told = when
    one.save(update_fields=["told"])
    if one.institution is not None:
        clocks.tell(people_of_institution(one.institution.pk), f"检查通知：{paper.number}", link=link(one), when=when)
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=paper.number)
    return one


@transaction.atomic
def cancel(inspection_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Inspection:
    """Call it off."""
    one, old = take(inspection_id, "cancel", who=who, when=when, reason=reason)
    clocks.stop(about(one), when=when, dropped=True)
    if one.told and one.institution is not None:
        clocks.tell(
            people_of_institution(one.institution.pk), f"检查取消：{one.title}（{one.number}）", link=link(one), when=when
        )
    log(Act.STEP, one, old, who=who, when=when, where=where, purpose=reason.strip()[:300])
    return one


def enough(one: Inspection) -> list[InspectionMember]:
    """The team. ValidationError with fewer than two inspectors."""
    if (n := len(inspectors_of(one))) < LEAST_INSPECTORS:
        raise ValidationError(f"检查组有持证检查人员 {n} 人，不得少于 {LEAST_INSPECTORS} 人，请先派员")
    return team_of(one)


def certified(one: Inspection, today: date) -> None:
    """ValidationError where an inspector of the team has no certificate that is valid today."""
    valid = {found.code for found in register_in_use(("inspectors",), today)}
    if lacking := "、".join(member.name for member in inspectors_of(one) if member.code not in valid):
        raise ValidationError(f"{lacking}的执法证件已过期，或已不在人员库，请先更新人员库或换人")
