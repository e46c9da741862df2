"""Forms whose rows are records: each through the door of its ledger, as the person who asks may see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from yijian.sheets.cells import LONGEST, Value
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import Scope, User
from yijian.web.campaigns.return_queries import rows_for
from yijian.web.cases.queries import cases_for
from yijian.web.frame.templatetags.frame import LEVELS
from yijian.web.inspections.queries import inspections_for
from yijian.web.leads.queries import leads_for
from yijian.web.statistics.periods import Period

MOST = 5_000
"""Rows of a form; more are a list, which is exported from its own page."""


@dataclass(frozen=True)
class Records:
    """rows: of a person, a division and a period, in order; row: one as the form says it; page: its address."""

    rows: "Callable[[User, Scope, Period], QuerySet[Any]]"
    row: Callable[[Any], dict[str, Value]]
    page: Callable[[Any], str]


def _persons(user: User, scope: Scope, period: Period) -> "QuerySet[Any]":
    inside = scope.condition() & Q(subject_kind="person", filed__gte=period.months[0].moment)
    found = cases_for(user).filter(inside, filed__lt=period.months[-1].next.moment)
    return found.select_related("decision").order_by("filed", "pk")


def _person(case: Any) -> dict[str, Value]:
    decision = getattr(case, "decision", None)
    return {
        "area": case.area, "number": case.number, "cause": case.basis.text[:LONGEST], "filed": _day(case.filed),
        "loss": case.loss, "outcome": decision.get_outcome_display() if decision else "",
        "day": decision.day if decision else None,
        "fine": decision.fine if decision else None, "months": decision.months if decision else None,
        "state": case.get_state_display(),
    }  # fmt: skip


def _verified(user: User, scope: Scope, period: Period) -> "QuerySet[Any]":
    ended = Max("changes__at", filter=Q(changes__new="closed"))
    found = leads_for(user).filter(scope.condition(), state="closed").annotate(ended=ended)
    inside = found.filter(ended__gte=period.months[0].moment, ended__lt=period.months[-1].next.moment)
    return inside.order_by("ended", "pk")


def _lead(lead: Any) -> dict[str, Value]:
    return {
        "area": lead.area, "number": lead.number, "source": lead.get_source_display(), "received": lead.received,
        "who": "参保人员" if lead.subject_kind == "person" else lead.who, "what": lead.title,
        "established": lead.established[:LONGEST], "result": lead.get_result_display(), "amount": lead.proved_amount,
        "ended": _day(lead.ended),
    }  # fmt: skip


def _visits(user: User, scope: Scope, period: Period) -> "QuerySet[Any]":
    inside = scope.condition() & Q(arrived__gte=period.months[0].moment, arrived__lt=period.months[-1].next.moment)
    there = Count("members", filter=Q(members__left=None) | Q(members__left__gt=F("arrived")))
    return inspections_for(user).filter(inside).annotate(people=there).order_by("arrived", "pk")


def _inpatient(user: User, scope: Scope, period: Period) -> "QuerySet[Any]":
    beds = Q(institution__beds__gt=0) | Q(institution__beds=None, institution__level__isnull=False)
    return _visits(user, scope, period).filter(beds, subject_kind="medical")


def _visit(one: Any) -> dict[str, Value]:
    place, problem = one.institution, {None: "", True: "有", False: "无"}[one.problem]
    return {
        "area": one.area, "number": one.number, "kind": one.get_subject_kind_display(), "who": one.who, "how": one.kind_title,
        "arrived": _day(one.arrived), "people": one.people, "problem": problem, "found": one.found[:LONGEST],
        "amount": one.amount, "ordered": one.ordered, "state": one.get_state_display(), "code": place.pk if place else "",
        "level": LEVELS.get(place.level or 0, "") if place else "", "beds": place.beds if place else None,
    }  # fmt: skip


def _declared(form: str) -> "Callable[[User, Scope, Period], QuerySet[Any]]":
    def rows(user: User, scope: Scope, period: Period) -> "QuerySet[Any]":
        inside = scope.condition(area="filed__area", institution="filed__institution")
        days = Q(filed__returned__gte=period.months[0].first, filed__returned__lte=period.months[-1].last)
        return rows_for(user).filter(inside, days, filed__form=form)

    return rows


def _declaration(row: Any) -> dict[str, Value]:
    filed, said = row.filed, row.said
    texts = {key: str(said.get(key) or "")[:LONGEST] for key in ("kind", "what", "remedy", "responsible", "remark")}
    days = {key: _said_day(said.get(key)) for key in ("refunded_on", "remedied_on")}
    times = str(said.get("times") or "")
    asked = f"{filed.campaign.data_begin} 至 {filed.campaign.data_end}"
    return {
        **texts, **days, "area": filed.area, "number": filed.name, "period": str(filed.head.get("period") or asked)[:LONGEST],
        "times": int(times) if times.isascii() and times.isdecimal() else None, "involved": row.involved, "refund": row.refund,
        "code": filed.institution.pk if filed.institution else "",
        "level": LEVELS.get(filed.institution.level or 0, "") if filed.institution else "",
    }  # fmt: skip


def _said_day(said: Any) -> date | None:
    try:
        return date.fromisoformat(str(said or ""))
    except ValueError:
        return None


def _day(moment: Any) -> date | None:
    return timezone.localdate(moment) if moment else None


RECORDS: Mapping[str, Records] = {
    "annex1": Records(_declared("agency"), _declaration, lambda one: reverse("campaigns:return", args=[one.filed_id])),
    "annex2": Records(_declared("hospital"), _declaration, lambda one: reverse("campaigns:return", args=[one.filed_id])),
    "inpatient": Records(_inpatient, _visit, lambda one: reverse("inspections:detail", args=[one.pk])),
    "visits": Records(_visits, _visit, lambda one: reverse("inspections:detail", args=[one.pk])),
    "persons": Records(_persons, _person, lambda one: reverse("cases:detail", args=[one.pk])),
    "verified": Records(_verified, _lead, lambda one: reverse("leads:detail", args=[one.pk])),
}
"""By the key of the form."""


def records_of(key: str, user: User, area: str, period: Period) -> "QuerySet[Any] | None":
    """The records of a form in a division and those below it; None where the person works with none of that kind."""
    try:
        return RECORDS[key].rows(user, Scope(areas=(area,)), period)
    except PermissionDenied:
        return None


def rows_of_records(key: str, found: "QuerySet[Any]", names: Mapping[str, str]) -> list[dict[str, Value]]:
    """All of them as rows of the form. UserError where there are too many for one table."""
    if (count := found.count()) > MOST:
        raise UserError(f"有 {count:,} 行，超过一张表的 {MOST:,} 行", do="请缩短报告期，或选下一级区划")
    return [named(RECORDS[key].row(one), names) for one in found]


def named(row: dict[str, Value], names: Mapping[str, str]) -> dict[str, Value]:
    """With the division's name."""
    area = str(row.get("area") or "")
    return {**row, "area": names.get(area, area)}
