"""How many inspections, subjects, people, problems, interviews and orders in a period: for forms of statistics, which guard
their own page. Re-exported by `queries`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from yijian.web.accounts.queries import Scope
from yijian.web.inspections.models import Inspection, InspectionMember, SiteRecord

Key = tuple[str, str, str]
"""area of the office, kind of the subject (medical, pharmacy, agency), kind of the inspection."""


@dataclass(frozen=True)
class Counts:
    """Of inspections whose team arrived in the period: how many, of how many subjects, by how many people (each counted once an
    inspection), how many found something, and yuan. Of the period itself: interviews held, orders given."""

    inspections: int = 0
    subjects: int = 0
    people: int = 0
    problems: int = 0
    yuan: Decimal = Decimal(0)
    interviews: int = 0
    orders: int = 0


def counts_in(areas: Sequence[str], begin: date, end: date) -> dict[Key, Counts]:
    """(area, subject, kind) → counts, of these divisions with those below them, both days included.

    Subjects are counted once a key: what several offices or kinds of inspection looked at is in each of theirs.
    """
    found: defaultdict[Key, dict[str, Any]] = defaultdict(dict)
    _add(
        found,
        arrived_in(areas, begin, end),
        "",
        inspections=Count("pk"),
        subjects=Count("institution", distinct=True) + Count("agency", distinct=True),
        problems=Count("pk", filter=Q(problem=True)),
        yuan=Sum("amount"),
    )
    _add(found, members_in(areas, begin, end), "inspection__", people=Count("pk"))
    held = SiteRecord.objects.filter(kind="interview", begun__gte=start_of(begin), begun__lt=start_of(end + timedelta(days=1)))
    _add(found, held.filter(_inside(areas, "inspection__area")), "inspection__", interviews=Count("pk"))
    ordered = Inspection.objects.filter(_inside(areas, "area"), ordered__gte=begin, ordered__lte=end)
    _add(found, ordered, "", orders=Count("pk"))
    for said in found.values():
        said["yuan"] = said.get("yuan") or Decimal(0)
    return {key: Counts(**said) for key, said in sorted(found.items())}


def arrived_in(areas: Sequence[str], begin: date, end: date) -> "QuerySet[Inspection]":
    """The inspections whose team arrived in the period: the rows behind `counts_in`."""
    inside, after = _inside(areas, "area"), start_of(end + timedelta(days=1))
    return Inspection.objects.filter(inside, arrived__gte=start_of(begin), arrived__lt=after)


def members_in(areas: Sequence[str], begin: date, end: date) -> "QuerySet[InspectionMember]":
    """Who was in the teams of these inspections when they arrived."""
    stayed = Q(left=None) | Q(left__gt=F("inspection__arrived"))
    return InspectionMember.objects.filter(stayed, inspection__in=arrived_in(areas, begin, end).values("pk"))


def _add(found: "defaultdict[Key, dict[str, Any]]", rows: "QuerySet[Any]", of: str, **sums: Any) -> None:
    """Group rows by key; of: where the inspection is, seen from them."""
    names = [f"{of}{name}" for name in ("area", "subject_kind", "kind")]
    for row in rows.order_by().values(*names).annotate(**{f"sum_{name}": value for name, value in sums.items()}):
        said: Mapping[str, Any] = row
        area, subject, kind = (said[name] for name in names)
        found[area, subject, kind] |= {name: said[f"sum_{name}"] for name in sums}


def _inside(areas: Sequence[str], field: str) -> Q:
    return Scope(areas=tuple(areas)).condition(area=field) if areas else Q(pk__in=[])


def start_of(day: date) -> datetime:
    """The first moment of a day, here."""
    return timezone.make_aware(datetime.combine(day, time()))
