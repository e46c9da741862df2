"""The guarded door to campaigns: offices by division, and those below what was issued to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from yijian.web.accounts.queries import Organisation, Right, Scope, User, need
from yijian.web.campaigns.kinds import SUBJECTS
from yijian.web.campaigns.models import Campaign, CampaignDuty, SelfInspection
from yijian.web.campaigns.steps import OUT, RETURNED, STEPS, WORDS
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally

__all__ = [
    "Campaign",
    "Filters",
    "SelfInspection",
    "campaign_behind",
    "campaign_for",
    "campaigns_for",
    "duty_for",
    "family_of",
    "hold_family",
    "may_step",
    "progress",
    "returned_between",
    "running_campaigns",
]

ZERO = Decimal(0)
WRITING = ("prepare", "change", "submit")
"""Changes of those who wrote a plan, none of whom approves it."""
DEEPEST = 4
"""Levels of divisions: of the state, a province, a city, a county."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of campaigns is narrowed to; it stands in the address."""

    state: str = ""
    text: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [("状态", WORDS.get(self.state, "")), ("文号或名称", self.text)]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on campaigns."""
        q = Q(state=self.state) if self.state in WORDS else Q()
        return q & (Q(number=self.text) | Q(title__icontains=self.text)) if self.text else q


def campaigns_for(user: User, filters: Filters | None = None) -> "QuerySet[Campaign]":
    """Campaigns of the user's divisions, and issued ones in which they owe something; narrowed."""
    need(user, Right.SEE_CAMPAIGNS)
    scope = user.scope(Right.SEE_CAMPAIGNS)
    seen = scope.condition(institution="pk")
    if seen:  # an empty condition is everything already
        ours = CampaignDuty.objects.filter(campaign=OuterRef("pk"), area__in=scope.areas)
        seen |= Q(state__in=OUT) & Q(Exists(ours))
    found = Campaign.objects.filter(seen)
    return found.filter(filters.condition()) if filters else found


def campaign_for(user: User, campaign_id: int) -> Campaign:
    """One campaign. Http404 if there is none, or none that the user may see."""
    found = campaigns_for(user).select_related("by__organisation", "parent").filter(pk=campaign_id).first()
    if found is None:
        raise Http404(f"没有专项治理 {campaign_id}，或不在您的范围内。")
    return found


def inside(user: User, campaign: Campaign) -> bool:
    """Whether the campaign is one of the user's own divisions, whose returns he may see; not one above him."""
    return user.scope(Right.SEE_CAMPAIGNS).covers(area=campaign.area)


def about_report(campaign: Campaign) -> str:
    """What papers call its summary report: a record of its own, since not all who see the campaign see it."""
    return f"campaigns.campaignreport:{campaign.pk}"


def report_for(user: User, campaign_id: int) -> Campaign:
    """A campaign whose summary report the user may see: it tells of all divisions. Http404 for whoever only owes it something."""
    found = campaign_for(user, campaign_id)
    if not inside(user, found):
        raise Http404(f"没有专项治理 {campaign_id} 的总结报告，或不在您的范围内。")
    return found


def duties_for(user: User, campaign: Campaign) -> "QuerySet[CampaignDuty]":
    """What is owed to a campaign that the user may see: all of it inside its division, below only one's own."""
    owed = CampaignDuty.objects.filter(campaign=campaign)
    return owed if inside(user, campaign) else owed.filter(user.scope(Right.SEE_CAMPAIGNS).condition(institution="pk"))


def duty_for(user: User, duty_id: int) -> CampaignDuty:
    """One thing owed to a campaign that the user may see. Http404 if there is none."""
    found = CampaignDuty.objects.select_related("campaign__by").filter(pk=duty_id).first()
    seen = found is not None and campaigns_for(user).filter(pk=found.campaign.pk).exists()
    if found is None or not seen or not duties_for(user, found.campaign).filter(pk=duty_id).exists():
        raise Http404("没有这项任务，或不在您的范围内。")
    return found


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the campaigns that the user may see, in the order of the states."""
    return tally(WORDS, campaigns_for(user))


def may_step(user: User, campaign: Campaign) -> list[str]:
    """Words of the steps that the user may take now, duties apart included."""
    return [word for word, step in STEPS.items() if campaign.state in step.frm and may_take(user, campaign, word)]


def may_take(user: User, campaign: Campaign, word: str) -> bool:
    """Whether the step is the user's, whatever the state: the authority's, and not to approve for whoever wrote a part of it."""
    right = Right(STEPS[word].right)
    if not (user.may(right) and campaign.area in user.scope(right).areas):
        return False
    if right is not Right.APPROVE_CAMPAIGNS:
        return True
    if user.organisation.kind != Organisation.Kind.AUTHORITY or campaign.by_id == user.pk:  # type: ignore[attr-defined]
        return False
    return not campaign.changes.filter(step__in=WRITING, by=user).exists()  # type: ignore[attr-defined]


def hold_family(campaign: Campaign) -> None:
    """Hold the topmost campaign of the family until the transaction ends: one at a time plans below it or asks for returns."""
    top = campaign
    while top.parent is not None:
        top = top.parent
    Campaign.objects.select_for_update(of=("self",)).get(pk=top.pk)


def family_of(campaign: Campaign) -> set[int]:
    """Keys of the campaign, of those it is a plan of, and of all plans below it."""
    found, above = {campaign.pk}, campaign.parent
    for _ in range(DEEPEST):
        if above is None:
            break
        found.add(above.pk)
        above = above.parent
    newest = {campaign.pk}
    for _ in range(DEEPEST):
        newest = set(Campaign.objects.filter(parent__in=newest).exclude(state="discarded").values_list("pk", flat=True))
        if not newest:
            break
        found |= newest
    return found


def counted_in(campaign: Campaign) -> Q:
    """Returns of the division's subjects, whichever campaign of the family asked for them: what a campaign's figures count."""
    return Scope(areas=(campaign.area,)).condition(institution="pk") & Q(campaign__in=family_of(campaign))


def returns_in(campaign: Campaign) -> "QuerySet[SelfInspection]":
    """The same as rows. The campaign's reader may see them."""
    return SelfInspection.objects.filter(counted_in(campaign))


def counts(today: date) -> Mapping[str, Any]:
    """What is counted of returns: asked, delivered, taken (accepted), correcting, zeros, late, missing (their day has passed),
    yuan (declared), refunds (pledged)."""
    back = Q(state__in=RETURNED)
    return {
        "asked": Count("pk", filter=~Q(state="dropped")),
        "delivered": Count("pk", filter=back),
        "taken": Count("pk", filter=Q(state="accepted")),
        "correcting": Count("pk", filter=Q(state="correcting")),
        "zeros": Count("pk", filter=back & Q(zero=True)),
        "late": Count("pk", filter=back & Q(returned__gt=F("due"))),
        "missing": Count("pk", filter=Q(state="asked", due__lt=today)),
        "yuan": Coalesce(Sum("declared", filter=back), ZERO),
        "refunds": Coalesce(Sum("pledged", filter=back), ZERO),
    }


def progress(campaign: Campaign, today: date) -> list[dict[str, Any]]:
    """`counts` of each form that was asked for."""
    rows = returns_in(campaign).order_by().values("form").annotate(**counts(today))
    return sorted(rows, key=lambda row: list(SUBJECTS).index(row["form"]))


def waiting(campaign: Campaign) -> Mapping[str, int]:
    """submitted, correcting, asked: how many returns that the campaign itself asked for are there; what its end leaves open."""
    states = ("submitted", "correcting", "asked")
    return SelfInspection.objects.filter(campaign=campaign).aggregate(**{one: Count("pk", filter=Q(state=one)) for one in states})


def by_area(campaign: Campaign, today: date) -> list[dict[str, Any]]:
    """`counts` of each division."""
    return list(returns_in(campaign).order_by().values("area").annotate(**counts(today)).order_by("area"))


def running_campaigns(area: str) -> "QuerySet[Campaign]":
    """Campaigns that run in exactly this division, newest first: for apps above, which link to one."""
    return Campaign.objects.filter(area=area, state="running").order_by("-opened")


def campaign_behind(about: str) -> Campaign | None:
    """The campaign that a record names as what it belongs to (`campaigns.campaign:17`), or None. For apps above, which guard
    their own record."""
    kind, _, key = about.partition(":")
    return Campaign.objects.filter(pk=int(key)).first() if kind == "campaigns.campaign" and key.isdecimal() else None


def returned_between(begin: date, end: date, areas: "tuple[str, ...]") -> list[dict[str, Any]]:
    """area, form, n, zeros, yuan (declared), refunds (pledged) of returns that came from `begin` to `end` in divisions and below.

    For statistics above, which guard their own page.
    """
    inside = Scope(areas=areas).condition(institution="pk")
    found = SelfInspection.objects.filter(inside, state__in=RETURNED, returned__gte=begin, returned__lte=end)
    sums = {
        "n": Count("pk"),
        "zeros": Count("pk", filter=Q(zero=True)),
        "yuan": Coalesce(Sum("declared"), ZERO),
        "refunds": Coalesce(Sum("pledged"), ZERO),
    }
    return list(found.order_by().values("area", "form").annotate(**sums).order_by("area", "form"))
