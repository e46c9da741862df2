"""The guarded door to transfers: our offices by division; another authority what is addressed, copied to it, or its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, Scope, User, people_of
from yijian.web.clocks.queries import Due, dues_of
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.leads.queries import lead_of
from yijian.web.papers.queries import newest
from yijian.web.transfers.bodies import bodies
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.steps import INNER, OPEN, STEPS, WORDS, right_of, theirs

__all__ = [
    "Filters",
    "Transfer",
    "lead_of_transfer",
    "may_read",
    "may_step",
    "tallies",
    "transfer_for",
    "transfers_for",
    "transfers_sent",
]


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of transfers is narrowed to; it stands in the address."""

    direction: str = ""
    state: str = ""
    body: str = ""
    year: str = ""
    text: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("方向", str(dict(Transfer.Direction.choices).get(self.direction, ""))),
            ("状态", {**WORDS, "open": "未办结"}.get(self.state, "")),
            ("部门", bodies()[self.body].title if self.body in bodies() else ""),
            ("移送年度", self.year),
            ("文号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on transfers."""
        q = Q()
        if self.direction in Transfer.Direction.values:
            q &= Q(direction=self.direction)
        if self.state in WORDS:
            q &= Q(state=self.state)
        elif self.state == "open":
            q &= Q(state__in=OPEN)
        if self.body in bodies():
            q &= Q(body=self.body)
        if self.year.isdecimal() and len(self.year) == 4 and int(self.year) > 0:
            q &= Q(sent_on__year=int(self.year))
        if self.text:
            q &= Q(number=self.text)
        return q


def may_read(user: User) -> bool:
    """Whether the user works with transfers at all."""
    return user.may(Right.SEE_TRANSFERS) or user.may(Right.ANSWER_TRANSFERS)


def transfers_for(user: User, filters: Filters | None = None) -> "QuerySet[Transfer]":
    """Transfers that the user may see, narrowed. PermissionDenied for whoever works with none."""
    if not may_read(user):
        raise PermissionDenied
    if user.may(Right.SEE_TRANSFERS):
        seen = user.scope(Right.SEE_TRANSFERS).condition()
    else:
        seen = (Q(partner=user.organisation) | Q(copy_to=user.organisation)) & ~Q(state__in=INNER)
    found = Transfer.objects.filter(seen).select_related("institution", "partner", "copy_to")
    return found.filter(filters.condition()) if filters else found


def transfer_for(user: User, transfer_id: int) -> Transfer:
    """One transfer. Http404 if there is none, or none that the user may see."""
    found = transfers_for(user).select_related("by").filter(pk=transfer_id).first()
    if found is None:
        raise Http404(f"没有移送 {transfer_id}，或不在您的范围内。")
    return found


def transfers_of(about: str) -> "QuerySet[Transfer]":
    """What was made from a record, newest first. For apps above, and pages that guard their own record."""
    return Transfer.objects.filter(about=about).select_related("partner").order_by("-opened")


def transfers_sent(scope: Scope, begin: date, end: date) -> "QuerySet[Transfer]":
    """What went out or came in on these days in these divisions, in order. For apps above, which guard what they show of it."""
    return Transfer.objects.filter(scope.condition(), sent_on__range=(begin, end)).order_by("pk")


def lead_of_transfer(transfer: Transfer) -> Any:
    """The lead that what came in has become, or None."""
    return lead_of(f"transfers.transfer:{transfer.pk}")


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the transfers that the user may see, in the order of the states."""
    return tally(WORDS, transfers_for(user).select_related(None))


OWED = {"out": ("transfer_receipt", "transfer_result"), "in": ("transfer_supplement",)}
"""Direction → clocks of what the other authority owes."""


def due_by(user: User, transfers: Sequence[Transfer]) -> dict[int, Due]:
    """Transfer → what is due first of it: for our offices whatever runs, for another authority what it owes itself."""
    ours = user.may(Right.SEE_TRANSFERS)
    dues, found = dues_of([f"transfers.transfer:{one.pk}" for one in transfers]), dict[int, Due]()
    for one in transfers:
        if not ours and one.partner != user.organisation:
            continue
        about = f"transfers.transfer:{one.pk}"
        running = [due for (which, kind), due in dues.items() if which == about and (ours or kind in OWED[one.direction])]
        if running:
            found[one.pk] = running[0]  # they come soonest first
    return found


DOES = {"transfer_receipt": "签收并出具回执", "transfer_result": "反馈处理结果", "transfer_supplement": "补正材料"}
"""Clock → what the other authority does about it."""


def owed_by(user: User, limit: int = 200) -> list[tuple[Transfer, str, Due]]:
    """What another authority's people owe our offices: the transfer, what is to be done, by when; soonest first."""
    if not user.may(Right.ANSWER_TRANSFERS):
        return []
    mine = transfers_for(user, Filters(state="open")).filter(partner=user.organisation).order_by("opened", "pk")
    found = {one.pk: one for one in mine[:limit]}
    dues = due_by(user, list(found.values()))
    soonest = sorted((due.clock.due, pk) for pk, due in dues.items())
    return [(found[pk], DOES[dues[pk].clock.kind], dues[pk]) for _, pk in soonest]


def report_of(transfer: Transfer) -> int:
    """The newest report to the head (移送审批表): which writing of the draft it is. 0 where there is none."""
    found = newest(f"transfers.inner:{transfer.pk}", "transfer_report")
    return found.pk if found else 0


def on_paper(transfer: Transfer) -> bool:
    """Whether the other authority has nobody in the system: our office enters what it sends on paper."""
    return not people_of(transfer.partner, Right.ANSWER_TRANSFERS)


def may_step(user: User, transfer: Transfer) -> list[str]:
    """Words of the steps that the user may take now."""
    open_now = [word for word, step in STEPS.items() if transfer.state in step.frm]
    paper = bool(open_now) and on_paper(transfer)
    return [word for word in open_now if may_take(user, transfer, word, paper=paper)]


def may_take(user: User, transfer: Transfer, word: str, *, paper: bool) -> bool:
    """Whether the step is the user's, whatever the state. paper: see `on_paper`."""
    if theirs(word, transfer.direction) and not paper:
        return user.may(Right.ANSWER_TRANSFERS) and user.organisation == transfer.partner
    direction, state = transfer.direction, transfer.state
    right = Right.KEEP_TRANSFERS if theirs(word, direction) else right_of(word, direction, state)
    if not (user.may(right) and transfer.area in user.scope(right).areas):
        return False
    if word == "approve":
        return transfer.by_id != user.pk  # type: ignore[attr-defined]
    if word == "report" and transfer.direction == "in":  # its lead's result is the answer, unless the lead went into another
        lead = lead_of_transfer(transfer)
        return lead is not None and lead.state == "merged"
    return True


def transfers_in(scope: Scope) -> "QuerySet[Transfer]":
    """What went out of these divisions or came in. For apps above, which guard what they show of it."""
    return Transfer.objects.filter(scope.condition()).exclude(sent_on=None)
