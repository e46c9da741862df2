"""Which designated institutions were inspected in a year, and which are still due. One counts once, whoever was there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from yijian.web.accounts.queries import Right, Scope, User, agencies_in, need
from yijian.web.accounts.scope import prefix_of
from yijian.web.campaigns.queries import Campaign, family_of
from yijian.web.frame.narrowing import Narrowing
from yijian.web.inspections.counting import start_of
from yijian.web.inspections.kinds import SUBJECTS, kinds
from yijian.web.inspections.models import Inspection
from yijian.web.institutions.queries import Institution, all_institutions

OF_SUBJECT = {"medical": "1", "pharmacy": "2"}
"""Kind of subject → kind of institution."""
OF_CAMPAIGN = {"hospital": "medical", "pharmacy": "pharmacy", "agency": "agency"}
"""Kind of subject of a campaign → kind of subject here."""
FIRST_YEAR = 2018
"""国家医疗保障局 was founded in it; no year before is asked for."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What the page is narrowed to; it stands in the address."""

    year: str = ""
    subject: str = ""
    kind: str = ""
    area: str = ""

    @property
    def of_year(self) -> int:
        """The year: this one, where the address says none that can be."""
        this = timezone.localdate().year
        said = int(self.year) if self.year.isascii() and self.year.isdecimal() and len(self.year) == 4 else this
        return said if FIRST_YEAR <= said <= this else this

    def words(self, divisions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("年份", f"{self.of_year}"),
            ("机构类别", SUBJECTS.get(self.subject, "") if self.subject in OF_SUBJECT else ""),
            ("检查方式", kinds()[self.kind].title if self.kind in kinds() else ""),
            ("区划", divisions.get(self.area, self.area)),
        ]
        return [(title, value) for title, value in said if value]


def institutions_of(user: User, filters: Filters) -> "QuerySet[Institution]":
    """The designated institutions that the user's divisions answer for, narrowed."""
    need(user, Right.SEE_INSPECTIONS)
    found = all_institutions().order_by().filter(user.scope(Right.SEE_INSPECTIONS).condition(institution="pk"))
    if filters.subject in OF_SUBJECT:
        found = found.filter(kind=OF_SUBJECT[filters.subject])
    if filters.area:
        found = found.filter(area__startswith=prefix_of(filters.area[:6]))
    return found


def visited(filters: Filters) -> "QuerySet[Inspection]":
    """The inspections of the year at which somebody arrived, of the kind that is asked for."""
    begin, end = start_of(date(filters.of_year, 1, 1)), start_of(date(filters.of_year + 1, 1, 1))
    found = Inspection.objects.filter(arrived__gte=begin, arrived__lt=end, institution__isnull=False).order_by()
    return found.filter(kind=filters.kind) if filters.kind in kinds() else found


@dataclass(frozen=True)
class Row:
    """A division: how many institutions, how many of them were inspected."""

    area: str
    whole: int
    inspected: int

    @property
    def due(self) -> int:
        """How many were not."""
        return self.whole - self.inspected


def by_area(user: User, filters: Filters) -> list[Row]:
    """Each division with institutions, by code; '' are those without one."""
    there = Q(pk__in=visited(filters).values("institution"))
    found: Any = institutions_of(user, filters).values_list("area").annotate(n=Count("pk"), seen=Count("pk", filter=there))
    rows: dict[str, list[int]] = {}
    for area, n, seen in found:  # some areas are longer than six digits
        both = rows.setdefault(area[:6], [0, 0])
        both[0] += n
        both[1] += seen
    return [Row(area, *both) for area, both in sorted(rows.items())]


def still_due(user: User, filters: Filters) -> "QuerySet[Institution]":
    """Those that nobody went to in the year."""
    return institutions_of(user, filters).filter(~Q(pk__in=visited(filters).values("institution")))


def last_visits(codes: list[str]) -> dict[str, date]:
    """Institution → the day on which somebody was there last, ever."""
    found = Inspection.objects.filter(institution__in=codes, arrived__isnull=False).order_by()
    rows: Any = found.values_list("institution").annotate(last=Max("arrived"))
    return {code: timezone.localdate(last) for code, last in rows}


def of_campaign(campaign: Campaign) -> dict[str, tuple[int, int]]:
    """Kind of subject → (how many of the division the inspections of the campaign and of its plans came to, how many there are).

    Only the kinds that the campaign is about. The campaign's reader may see them. Agencies count where they have an organisation
    here.
    """
    abouts = [f"campaigns.campaign:{key}" for key in family_of(campaign)]
    inside = Scope(areas=(campaign.area,))
    went = Inspection.objects.filter(about__in=abouts, arrived__isnull=False)
    places = all_institutions().order_by().filter(inside.condition(institution="pk"))
    there = Q(pk__in=went.filter(institution__isnull=False).values("institution"))
    rows: Any = places.values_list("kind").annotate(seen=Count("pk", filter=there), n=Count("pk"))
    found = {kind: (seen, n) for kind, seen, n in rows}
    agencies = {one.pk for one in agencies_in(campaign.area)}
    seen = set(went.filter(agency__in=agencies).values_list("agency", flat=True))
    counted = {**{word: found.get(kind, (0, 0)) for word, kind in OF_SUBJECT.items()}, "agency": (len(seen), len(agencies))}
    return {OF_CAMPAIGN[word]: counted[OF_CAMPAIGN[word]] for word in OF_CAMPAIGN if word in campaign.kinds}
