"""Asking institutions and agencies for their returns, all of a division at once, and reminding them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import (
    Right,
    User,
    agencies_in,
    need,
    people_of,
    people_of_institutions,
    within,
)
from yijian.web.audit_log.actions import record
from yijian.web.campaigns.acts import Act
from yijian.web.campaigns.models import Campaign, SelfInspection, SelfInspectionChange
from yijian.web.campaigns.queries import campaign_for, family_of, hold_family
from yijian.web.campaigns.return_queries import Filters, is_open, return_for, returns_for
from yijian.web.campaigns.steps import OWED
from yijian.web.clocks import actions as clocks
from yijian.web.institutions.queries import all_institutions, areas_of_institutions, is_pharmacy

AT_ONCE = 500
CLOCK = "self_inspection"
AGENCY = "agency"


@dataclass(frozen=True)
class _Subject:
    """One that is asked: its form, name and division; an institution's code, or an organisation's."""

    form: str
    name: str
    area: str
    institution: str | None = None
    agency: str | None = None


def about(filed: SelfInspection) -> str:
    """What clocks, attachments and papers call a return."""
    return f"campaigns.selfinspection:{filed.pk}"


def filler_of(form: str) -> Right:
    """The right of whoever fills in a form."""
    return Right.FILL_AGENCY_RETURNS if form == AGENCY else Right.FILL_RETURNS


def link_of(filed: SelfInspection) -> str:
    """Its page."""
    return reverse("campaigns:return", args=[filed.pk])


@transaction.atomic
def ask(campaign_id: int, *, who: User, when: datetime, where: str | None) -> int:
    """Ask every subject of the division that no campaign of the family has asked yet; how many those are.

    Once more is allowed: it asks those who came since.
    """
    need(who, Right.KEEP_CAMPAIGNS)
    hold_family(campaign_for(who, campaign_id))
    made = Campaign.objects.select_for_update(of=("self",)).select_related("parent").get(pk=campaign_id)
    if made.state != "running" or made.area not in who.scope(Right.KEEP_CAMPAIGNS).areas:
        raise ValidationError("由发起单位在专项治理进行时下发自查")
    days = made.phases.filter(kind="self_inspection").values_list("end", flat=True)  # type: ignore[attr-defined]
    if not days:
        raise ValidationError("方案没有自查自纠阶段，不能下发自查")
    fresh = _fresh(made)
    if not fresh:
        raise ValidationError("本地区的治理对象都已经下发，没有新的对象")
    today = timezone.localdate(when)
    rows = _create(made, fresh, max(*days, today), who, when)
    _tell(rows, f"收到自查要求：{made.title}，{rows[0].due} 前报送", when)
    purpose = f"{len(rows)} 家"
    record(Act.ASK, who=who, when=when, where=where, kind="专项治理", about=made.number, purpose=purpose, area=made.area)
    return len(rows)


def _fresh(made: Campaign) -> list[_Subject]:
    asked = set(SelfInspection.objects.filter(campaign__in=family_of(made)).values_list("institution", "agency"))
    return [one for one in _subjects(made) if (one.institution, one.agency) not in asked]


def _subjects(made: Campaign) -> Iterable[_Subject]:
    if {"hospital", "pharmacy"} & set(made.kinds):
        areas = areas_of_institutions()
        for one in all_institutions().exclude(kind=""):  # not those elsewhere, of which only a bill is known
            form, area = "pharmacy" if is_pharmacy(one) else "hospital", areas.get(one.pk, areas[""])[:6]
            if form in made.kinds and within(made.area, area):
                yield _Subject(form, one.name, area, institution=one.pk)
    if AGENCY in made.kinds:
        for one in agencies_in(made.area):
            yield _Subject(AGENCY, one.name, one.division_id, agency=one.pk)  # type: ignore[attr-defined]


def _create(made: Campaign, fresh: list[_Subject], due: date, who: User, when: datetime) -> list[SelfInspection]:
    rows = SelfInspection.objects.bulk_create(
        [
            SelfInspection(
                campaign=made, form=one.form, institution_id=one.institution, agency_id=one.agency, name=one.name,
                area=one.area, due=due,
            )
            for one in fresh
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    changes = [SelfInspectionChange(record=one, step="ask", old="", new="asked", at=when, by=who) for one in rows]
    SelfInspectionChange.objects.bulk_create(changes, batch_size=AT_ONCE)
    title, begun = f"报送自查报告：{made.title}"[:200], timezone.localdate(when)
    for form in {one.form for one in rows}:
        started = [
            clocks.Started(about(one), title, link_of(one), one.area, one.institution_id or "")  # type: ignore[attr-defined]
            for one in rows
            if one.form == form
        ]
        clocks.start_all(CLOCK, started, right=filler_of(form), begun=begun, due=due)
    return rows


def _tell(rows: list[SelfInspection], text: str, when: datetime) -> list[SelfInspection]:
    """Tell those who fill them in; the returns whose subject has an account."""
    people = people_of_institutions([one.institution_id for one in rows if one.institution_id])  # type: ignore[attr-defined]
    told: list[SelfInspection] = []
    each: list[tuple[User, str]] = []
    for one in rows:
        place: str | None = one.institution_id  # type: ignore[attr-defined]
        agency = one.agency
        who_fills = people_of(agency, Right.FILL_AGENCY_RETURNS) if agency else people.get(place or "", [])
        if who_fills:
            each += [(person, link_of(one)) for person in who_fills]
            told.append(one)
    clocks.tell_each(each, text[:300], when=when)
    return told


@transaction.atomic
def remind(return_id: int, *, who: User, when: datetime, where: str | None) -> SelfInspection:
    """Remind one of its return; once a day."""
    need(who, Right.KEEP_CAMPAIGNS)
    filed, today = return_for(who, return_id), timezone.localdate(when)
    if not who.scope(Right.KEEP_CAMPAIGNS).covers(area=filed.area) or not is_open(filed):
        raise ValidationError("这份自查报告不用催报：已经报送、专项治理已经结束，或不在您的管辖范围内")
    if filed.reminded == today:
        raise ValidationError("今天已经催报过")
    if not _remind([filed], filed.campaign, today, when):
        raise ValidationError(f"{filed.name}没有可以填报的账号，请用其他方式联系")
    _log_reminder(filed.name, filed.area, who=who, when=when, where=where)
    return filed


@transaction.atomic
def remind_missing(campaign_id: int, *, who: User, when: datetime, where: str | None) -> int:
    """Remind all who owe a return that a campaign counts and were not reminded today; how many have an account to be told."""
    need(who, Right.KEEP_CAMPAIGNS)
    made, today = campaign_for(who, campaign_id), timezone.localdate(when)
    own = who.scope(Right.KEEP_CAMPAIGNS)
    owed = returns_for(who, Filters(campaign=str(made.pk))).filter(own.condition(), state__in=OWED).exclude(reminded=today)
    told = _remind([one for one in owed.select_related("agency") if is_open(one)], made, today, when)
    if not told:
        raise ValidationError("没有可以催报的单位：都已报送、今天已经催报过，或没有账号")
    _log_reminder(f"{made.number}：{told} 家", made.area, who=who, when=when, where=where)
    return told


def _remind(owed: list[SelfInspection], made: Campaign, today: date, when: datetime) -> int:
    told = _tell(owed, f"催报：{made.title}自查报告，请尽快报送", when)
    for one in told:
        one.reminded = today
    SelfInspection.objects.bulk_update(told, ["reminded"], batch_size=AT_ONCE)
    return len(told)


def _log_reminder(purpose: str, area: str, *, who: User, when: datetime, where: str | None) -> None:
    record(Act.REMIND, who=who, when=when, where=where, kind="自查报告", about="催报", purpose=purpose[:300], area=area)
