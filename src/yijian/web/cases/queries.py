"""The guarded door to cases: whoever has the division, with the right to see cases."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from yijian.web.accounts.queries import Right, Scope, User, need, people_with
from yijian.web.cases.causes import factors
from yijian.web.cases.models import (
    Case,
    Custody,
    Decision,
    Evidence,
    Excluded,
    Hearing,
    MajorReport,
    Measure,
    Officer,
    ToTreasury,
)
from yijian.web.cases.steps import APART, DUTIES, DUTY_WORDS, OPEN, STEPS, WORDS
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.leads.queries import Lead, leads_for
from yijian.web.parameters.queries import Book, calendar_of

__all__ = [
    "Case", "Decision", "Evidence", "Filters", "case_behind", "case_for", "case_of_lead", "cases_for", "may_step", "penalties_in",
    "tallies",
]  # fmt: skip

LEAST_OFFICERS = 2
"""条例第二十九条, 行政处罚法第四十二条: not a parameter, for no area may have fewer."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of cases is narrowed to; it stands in the address."""

    state: str = ""
    cause: str = ""
    institution: str = ""
    mine: str = ""
    text: str = ""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", {**WORDS, "open": "未办结"}.get(self.state, "")),
            ("案由", self.cause),
            ("机构", institutions.get(self.institution, self.institution)),
            ("办案人员", "我" if self.mine else ""),
            ("案号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self, user: User) -> Q:
        """The same as a condition on cases."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        elif self.state == "open":
            q &= Q(state__in=OPEN)
        if self.cause.isdecimal():
            q &= Q(cause=int(self.cause[:3]))
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.mine:
            q &= Q(pk__in=Officer.objects.filter(user=user, left=None).values("case"))
        if self.text:
            q &= Q(number=self.text)
        return q


def cases_for(user: User, filters: Filters | None = None) -> "QuerySet[Case]":
    """Cases that the user may see, narrowed."""
    need(user, Right.SEE_CASES)
    found = Case.objects.filter(user.scope(Right.SEE_CASES).condition()).select_related("institution")
    return found.filter(filters.condition(user)) if filters else found


def case_for(user: User, case_id: int, rows: "QuerySet[Case] | None" = None) -> Case:
    """One case. Http404 if there is none, or none that the user may see. rows: `cases_for` with more."""
    seen = cases_for(user) if rows is None else rows
    found = seen.select_related("lead", "by", "decision", "major").filter(pk=case_id).first()
    if found is None:
        raise Http404(f"没有案件 {case_id}，或不在您的管辖范围内。")
    return found


def case_on_page(user: User, case_id: int) -> Any:
    """The same for its page, with whether it has what most have not: has_hearings, has_excluded, has_measures, …"""
    of_case = {"hearings": Hearing, "excluded": Excluded, "measures": Measure, "paid": ToTreasury}
    there: dict[str, Any] = {f"has_{name}": Exists(model.objects.filter(case=OuterRef("pk"))) for name, model in of_case.items()}
    there["has_custody"] = Exists(Custody.objects.filter(evidence__case=OuterRef("pk")))
    return case_for(user, case_id, cases_for(user).annotate(**there))


def case_of_lead(lead_id: int) -> Case | None:
    """The case that a lead became, or None. For apps above, which guard their own record."""
    return Case.objects.filter(lead=lead_id).first()


def case_behind(about: str) -> Case | None:
    """The case that a record names as where it comes from (`cases.case:17`), or None. For apps above, as `case_of_lead`."""
    kind, _, key = about.partition(":")
    return Case.objects.filter(pk=int(key)).first() if kind == "cases.case" and key.isdecimal() else None


def waiting(user: User, limit: int = 20) -> "list[Lead]":
    """Leads of the user's office that ended with “立案” and are no case yet, oldest first."""
    if not (user.may(Right.KEEP_CASES) and user.may(Right.SEE_LEADS)):
        return []
    ended = leads_for(user).filter(state="closed", result="case", area__in=user.scope(Right.KEEP_CASES).areas)
    return list(ended.exclude(pk__in=Case.objects.values("lead")).order_by("opened", "pk")[:limit])


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the cases that the user may see, in the order of the states."""
    need(user, Right.SEE_CASES)
    return tally(WORDS, Case.objects.filter(user.scope(Right.SEE_CASES).counted()))


def has_it(user: User, case: Case, right: Right) -> bool:
    """Whether the user's office is the one that has the case: those above may see it, and may not do the office's work."""
    return user.may(right) and case.area in user.scope(right).areas


def officers_of(case: Case) -> "list[Officer]":
    """Who handles it now, in order."""
    return list(case.officers.filter(left=None).select_related("user").order_by("pk"))  # type: ignore[attr-defined]


def duties_in(user: User, case: Case) -> set[str]:
    """What the user is or was in a case, by what he did in it."""
    words = case.changes.filter(by=user).values_list("step", flat=True)  # type: ignore[attr-defined]
    officer = case.officers.filter(user=user).exists()  # type: ignore[attr-defined]
    host = case.hearings.filter(host=user).exists()  # type: ignore[attr-defined]
    return duties_of(user, case, words, officer=officer, host=host)


def duties_of(user: User, case: Case, words: Iterable[str], *, officer: bool, host: bool) -> set[str]:
    """The same from what is known already: the steps that he took, whether he is or was an officer, a hearing's host."""
    found = {DUTIES[Right(STEPS[word].right)] for word in words if word in STEPS}
    if case.by_id == user.pk:  # type: ignore[attr-defined]
        found.add("proposer" if case.procedure == Case.Procedure.ORDINARY else "officer")
    if officer:
        found.add("officer")
    if host:
        found.add("examiner")
    return found


def clash(held: set[str], duty: str) -> str:
    """The duty in this case that keeps somebody from another one, in words; '' for none."""
    apart = [one if other == duty else other for one, other in APART if duty in (one, other)]
    return next((DUTY_WORDS[one] for one in apart if one in held), "")


def may_step(user: User, case: Case, held: set[str] | None = None, now: set[int] | None = None) -> list[str]:
    """Words of the steps that the user may take now, duties apart included. held, now: see `may_take`, where they are known."""
    offered = [word for word, step in STEPS.items() if case.state in step.frm and has_it(user, case, Right(step.right))]
    if not offered:
        return []
    held = duties_in(user, case) if held is None else held
    now = {one.user_id for one in officers_of(case)} if now is None else now  # type: ignore[attr-defined]
    return [word for word in offered if may_take(user, case, word, held, now)]


def may_take(user: User, case: Case, word: str, held: set[str], now: set[int]) -> bool:
    """Whether the step is the user's, whatever the state. held: his duties in the case; now: who handles it."""
    right = Right(STEPS[word].right)
    if not has_it(user, case, right) or clash(held, DUTIES[right]):
        return False
    return user.pk in now if right is Right.HANDLE_CASES else True


def candidates(case: Case, right: Right) -> "list[User]":
    """People of the case's office with this right whom no duty in the case keeps from it."""
    changes = [(one.by_id, one.step) for one in case.changes.all()]  # type: ignore[attr-defined]
    officers = {one.user_id for one in case.officers.all()}  # type: ignore[attr-defined]
    hosts = {one.host_id for one in case.hearings.all()}  # type: ignore[attr-defined]

    def held(one: User) -> set[str]:
        words = [step for by, step in changes if by == one.pk]
        return duties_of(one, case, words, officer=one.pk in officers, host=one.pk in hosts)

    return [one for one in people_with(right, case.area) if not clash(held(one), DUTIES[right])]


def must_discuss(case: Case, book: Book | None = None) -> list[str]:
    """Why the case must be discussed by the heads together; empty where it need not be."""
    book, today, why = book or Book(), timezone.localdate(), list[str]()
    if case.loss >= book.value_of("major_amount", case.area, today).value:
        why.append("涉案金额重大")
    if case.proposal == "penalty" and case.fine >= large_fine(case, book):
        why.append("较大数额罚款")
    if case.proposal == "penalty" and case.months:
        why.append("暂停服务或联网结算")
    if any(factors()[word].effect == "mitigated" for word in case.factors if word in factors()):
        why.append("减轻处罚")
    return why


def large_fine(case: Case, book: Book | None = None) -> Decimal:
    """From how many yuan a fine gives the right to a hearing."""
    key = "hearing_fine_person" if case.subject_kind == "person" else "hearing_fine_other"
    return (book or Book()).value_of(key, case.area, timezone.localdate()).value


def too_old(case: Case, book: Book | None = None) -> date | None:
    """The last day on which the act could have been discovered, where it was discovered later; else None."""
    if case.end is None or case.discovered is None:
        return None
    years = int(
        (book or Book()).value_of("limitation_long" if case.five_years else "limitation", case.area, case.discovered).value
    )
    last = _years_later(case.end, years)
    return last if case.discovered > last else None


def _years_later(day: date, years: int) -> date:
    """The same day of a later year; the last of February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def workdays_between(case: Case, first: date, last: date) -> int:
    """Working days of the case's division from one day to another."""
    return calendar_of(case.area).between(first, last)


def surcharge(decision: Decision, on: date, share: Decimal) -> Decimal:
    """What the fine has grown by until a day: a share of what was unpaid each day, at most the fine (行政处罚法第七十二条)."""
    if decision.fine_due is None or on <= decision.fine_due or not decision.fine:
        return Decimal(0)
    paid = sorted((one.day, one.amount) for one in decision.case.paid.all() if one.kind == "fine")  # type: ignore[attr-defined]
    days = sorted({decision.fine_due, on, *(day for day, _ in paid if decision.fine_due < day < on)})
    grown = Decimal(0)
    for first, last in itertools.pairwise(days):
        unpaid = decision.fine - sum((amount for day, amount in paid if day <= first), Decimal(0))
        grown += max(unpaid, Decimal(0)) * share * (last - first).days
    return min(grown, decision.fine).quantize(Decimal("0.01"))


def cases_of_officer(user: User) -> "QuerySet[Case]":
    """Cases without an end that somebody handles, oldest first; for whoever hands them over."""
    mine = Officer.objects.filter(user=user, left=None).values("case")
    return Case.objects.filter(pk__in=mine, state__in=OPEN).order_by("opened", "pk")


def evidence_for(user: User, evidence_id: int) -> Evidence:
    """A piece of evidence of a case that the user may see. Http404 otherwise."""
    found = Evidence.objects.filter(pk=evidence_id, case__in=cases_for(user)).select_related("case").first()
    if found is None:
        raise Http404(f"没有证据 {evidence_id}，或不在您的管辖范围内。")
    return found


def evidence_of(case: Case) -> "list[Evidence]":
    """The list of evidence of a case that somebody has the door to, in order."""
    return list(case.evidence.order_by("pk"))  # type: ignore[attr-defined]


def decision_of(case: Case) -> Decision | None:
    """The decision of a case that somebody has the door to, or None."""
    return Decision.objects.filter(case=case).first()


def penalties_in(scope: Scope) -> "QuerySet[Decision]":
    """Penalties in force in these divisions: decided and served, newest first. For apps above, which guard them."""
    inside = scope.condition(area="case__area", institution="case__institution")
    found = Decision.objects.filter(inside, outcome="penalty").exclude(served=None)
    return found.select_related("case__institution").order_by("-day", "-pk")


def penalties_since(day: date) -> dict[str, int]:
    """Institution → penalties decided since a day and served. For apps above, which guard their own list."""
    found = Decision.objects.filter(outcome="penalty", day__gte=day, case__institution__isnull=False).exclude(served=None)
    return dict(found.order_by().values_list("case__institution").annotate(n=Count("pk")))


def reports_for(user: User) -> "QuerySet[MajorReport]":
    """Reports of major cases in the divisions of the user, newest first."""
    return MajorReport.objects.filter(case__in=cases_for(user)).select_related("case__institution").order_by("-since", "-pk")


def cases_in(scope: Scope) -> "QuerySet[Case]":
    """Cases of these divisions. For apps above, which guard what they show of them; so the next three."""
    return Case.objects.filter(scope.condition())


def decisions_in(scope: Scope) -> "QuerySet[Decision]":
    """Decisions of cases of these divisions."""
    return Decision.objects.filter(scope.condition(area="case__area", institution="case__institution"))


def treasury_in(scope: Scope) -> "QuerySet[ToTreasury]":
    """What the treasury took in cases of these divisions."""
    return ToTreasury.objects.filter(scope.condition(area="case__area", institution="case__institution"))


def reports_in(scope: Scope) -> "QuerySet[MajorReport]":
    """Reports of major cases of these divisions."""
    return MajorReport.objects.filter(scope.condition(area="case__area", institution="case__institution"))
