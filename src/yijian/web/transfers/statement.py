"""The yearly statement (N3 三（一）3): what was transferred in a year, by authority and category, and what became of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.http import QueryDict
from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.parameters.queries import value_of
from yijian.web.transfers.bodies import bodies, categories
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.queries import transfers_for

BACK = 5
"""Years that the page offers."""
RECEIVED = ("received", "incomplete", "accepted", "reported", "closed")
ACCEPTED = ("accepted", "reported", "closed")
ANSWERED = ("reported", "closed")


@dataclass(frozen=True)
class Line:
    """A line of the statement. punished: penalties, sanctions and criminal cases among those answered."""

    direction: str
    body: str
    category: str
    sent: int
    amount: Decimal
    received: int
    accepted: int
    answered: int
    punished: int


def statement(user: User, year: int) -> list[Line]:
    """Lines in the order of the table of bodies; one query over what the user may see."""
    found = transfers_for(user).filter(sent_on__year=year).select_related(None).order_by()
    rows = found.values("direction", "body", "category").annotate(
        sent=Count("pk"),
        yuan=Sum("amount"),
        received=Count("pk", filter=Q(state__in=RECEIVED)),
        accepted=Count("pk", filter=Q(state__in=ACCEPTED)),
        answered=Count("pk", filter=Q(state__in=ANSWERED)),
        punished=Count("pk", filter=Q(state__in=ANSWERED, result__in=("penalty", "sanction", "criminal"))),
    )
    ways, known, kinds = list(Transfer.Direction.values), list(bodies()), list(categories())
    ordered = sorted(rows, key=lambda row: (ways.index(row["direction"]), known.index(row["body"]), kinds.index(row["category"])))
    return [
        Line(
            str(Transfer.Direction(row["direction"]).label), bodies()[row["body"]].title, categories()[row["category"]].title,
            row["sent"], row["yuan"] or Decimal(0), row["received"], row["accepted"], row["answered"], row["punished"],
        )
        for row in ordered
    ]  # fmt: skip


def year_of(address: QueryDict) -> int:
    """The year in the address; last year in January, when it is to be stated, else this one."""
    said, today = address.get("year", ""), timezone.localdate()
    if said.isascii() and said.isdecimal() and len(said) == 4 and int(said) > 0:
        return int(said)
    return today.year - 1 if today.month == 1 else today.year


def years() -> list[int]:
    """This year and some before it."""
    return list(range(timezone.localdate().year, timezone.localdate().year - BACK, -1))


def due_day(user: User, year: int) -> date:
    """By when the statement of a year is to be sent to those above."""
    return date(year + 1, 1, int(value_of("transfer_statement_day", user.home, timezone.localdate()).value))
