"""What the recovery ledger is told of cases: the fund's yuan of an institution. Fines are no business of it."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.cases.models import Case, Decision
from yijian.web.recoveries.actions import Said, Stage, Thing, set_stage
from yijian.web.recoveries.queries import recovery_of

ZERO = Decimal(0)


def book(case: Case, decision: Decision, *, who: User, when: datetime) -> None:
    """Book what the decision orders to repay as confirmed; a part of the caller's action.

    A yuan stands in the ledger once: `before` is what reviews booked, and what a review found is not found again.
    """
    if case.institution is None or not decision.repay:
        return
    said = Said(case.number, decision.day, case.title, case.basis.article, case.loss)
    thing = Thing(
        about=f"cases.case:{case.pk}", review=0, institution=case.institution.pk, area=case.area, rule="",
        rule_title=f"案件：{case.basis.text}"[:200], fund_type="", found=timezone.localdate(case.opened),
        yuan=decision.repay, said=said,
    )  # fmt: skip
    stages = (Stage.CONFIRMED,) if case.lead.source == "review" else (Stage.IDENTIFIED, Stage.CONFIRMED)
    for stage in stages:
        set_stage([thing], stage, who=who, when=when, note=case.number)


def owed(case: Case, decision: Decision) -> Decimal:
    """Yuan of the fund that the decision wants and nobody has repaid or written off yet."""
    if not decision.repay:
        return ZERO
    if case.institution is None:
        paid = (one.amount for one in case.paid.all() if one.kind == "repayment")  # type: ignore[attr-defined]
        return decision.repay - sum(paid, ZERO)
    row = recovery_of(f"cases.case:{case.pk}")
    return row.confirmed - row.repaid - row.written_off if row else decision.repay
