"""The guarded door to the ledger, and its sums."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User, need
from yijian.web.recoveries.models import Entry, Order, Payment, Recovery, Stage

__all__ = [
    "Order",
    "Payment",
    "Recovery",
    "Stage",
    "by",
    "by_institution",
    "order_for",
    "orders_for",
    "payments_for",
    "recoveries_for",
    "recovery_of",
    "totals",
]

ZERO = Decimal(0)
STAGES = [str(stage) for stage in Stage.values]
SUMS: dict[str, Any] = {stage: Coalesce(Sum(stage), ZERO) for stage in STAGES}


@dataclass(frozen=True)
class Filters:
    """What the ledger is narrowed to; it stands in the address."""

    institution: str = ""
    rule: str = ""
    fund_type: str = ""
    month: str = ""
    stage: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.institution or self.rule or self.fund_type or self.month or self.stage)

    def condition(self) -> Q:
        """The same as a condition on recoveries. stage: those with yuan there; `open`: those that are still owed."""
        q = Q()
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.rule:
            q &= Q(rule=self.rule)
        if self.fund_type:
            q &= Q(fund_type=self.fund_type)
        if self.month:
            q &= Q(month=_month(self.month))
        if self.stage in STAGES:
            q &= Q(**{f"{self.stage}__gt": 0})
        if self.stage == "open":
            q &= Q(ordered__gt=F("repaid") + F("written_off"))
        return q


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _scope(user: User) -> Q:
    if user.may(Right.SEE_LEDGER):
        return user.scope(Right.SEE_LEDGER).condition()
    if user.may(Right.ANSWER):
        return user.scope(Right.ANSWER).condition()
    raise PermissionDenied


def recoveries_for(user: User, filters: Filters | None = None) -> "QuerySet[Recovery]":
    """Rows of the ledger that the user may see, narrowed; an institution sees its own from the letter on."""
    # Not joined: databases would rather read all rows institution by institution, and then sort them.
    found = Recovery.objects.filter(_scope(user)).prefetch_related("institution", "order")
    if not user.may(Right.SEE_LEDGER):
        found = found.filter(notified__gt=0)
    return found.filter(filters.condition()) if filters else found


def recovery_of(about: str) -> Recovery | None:
    """The row of the ledger that was booked for a record, or None. For apps above, which guard their own record."""
    return Recovery.objects.filter(about=about).select_related("order").first()


def totals(found: "QuerySet[Recovery]") -> dict[str, Decimal]:
    """Stage → yuan, and `open`: ordered and neither repaid nor written off."""
    sums = found.order_by().aggregate(**SUMS)
    return {**sums, "open": sums["ordered"] - sums["repaid"] - sums["written_off"]}


def added_up(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    """The same as `totals`, from sums by any column."""
    sums = {stage: sum((row[stage] for row in rows), ZERO) for stage in STAGES}
    return {**sums, "open": sums["ordered"] - sums["repaid"] - sums["written_off"]}


def by(found: "QuerySet[Recovery]", *names: str) -> list[dict[str, Any]]:
    """Sums of each stage by columns, most confirmed first: `by(found, "month")`."""
    grouped = found.order_by().values(*names).annotate(n=Count("pk"), **SUMS)
    return list(grouped.order_by("-confirmed", *names))


def by_institution(found: "QuerySet[Recovery]") -> list[dict[str, Any]]:
    """The same by institution (`place`: its code)."""
    # By an expression, not the column: SQLite would walk the column's index and fetch each row of the ledger by itself.
    return by(found.annotate(place=Coalesce(F("institution_id"), Value(""), output_field=CharField())), "place")


def orders_for(user: User) -> "QuerySet[Order]":
    """Letters that order a repayment, newest first, with yuan that are still open."""
    rest = Coalesce(Sum(F("recoveries__ordered") - F("recoveries__repaid") - F("recoveries__written_off")), ZERO)
    return Order.objects.filter(_scope(user)).select_related("institution", "by").annotate(open=rest).order_by("-at")


def order_for(user: User, order_id: int) -> Order:
    """One of them. Http404 if there is none that the user may see."""
    found = orders_for(user).filter(pk=order_id).first()
    if found is None:
        raise Http404(f"没有退回通知 {order_id}，或不在您的管辖范围内。")
    return found


def payments_for(user: User) -> "QuerySet[Payment]":
    """Money that came in, newest first."""
    need(user, Right.SEE_LEDGER)
    inside = user.scope(Right.SEE_LEDGER).condition()
    return Payment.objects.filter(inside).select_related("institution", "by").order_by("-day", "-pk")


def to_order(user: User) -> "QuerySet[Recovery]":
    """Confirmed and not ordered yet."""
    need(user, Right.KEEP_LEDGER)
    inside = user.scope(Right.KEEP_LEDGER).condition()
    return Recovery.objects.filter(inside, order=None, confirmed__gt=0).select_related("institution")


def entries_in(scope: Scope) -> "QuerySet[Entry]":
    """Bookings of these divisions. For apps above, which guard what they show of them."""
    return Entry.objects.filter(scope.condition(area="recovery__area", institution="recovery__institution"))
