"""The yearly statement (N3 三（一）3): what was transferred in a year, by authority and category, and what became of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, divisions_of
from yijian.web.parameters.queries import value_of
from yijian.web.transfers.bodies import bodies, categories
from yijian.web.transfers.models import Transfer, YearStatement
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
    return _lines(transfers_for(user), year)


def statement_of(area: str, year: int) -> list[Line]:
    """The same for one office alone; for what is sent upward."""
    return _lines(Transfer.objects.filter(area=area), year)


def _lines(transfers: "QuerySet[Transfer]", year: int) -> list[Line]:
    found = transfers.filter(sent_on__year=year).select_related(None).order_by()
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


def due_day(area: str, year: int) -> date:
    """By when the statement of a year is to be with those above: the very day, whether it is worked or not."""
    last = date(year, 12, 31)
    return last + timedelta(days=int(value_of("transfer_statement_day", area, last).value))


def areas_of(year: int) -> set[str]:
    """Divisions whose offices transferred something in a year, or got something."""
    return set(Transfer.objects.filter(sent_on__year=year).order_by().values_list("area", flat=True).distinct())


@dataclass(frozen=True)
class Sending:
    """Whether an office has sent its statement, and by when it must."""

    area: str
    name: str
    due: date
    sent: YearStatement | None
    may_send: bool


def sendings(user: User, year: int) -> list[Sending]:
    """The offices in the user's scope that have to send one for a year, by division."""
    scope = user.scope(Right.SEE_TRANSFERS)
    sent = {one.area: one for one in YearStatement.objects.filter(scope.condition(), year=year).select_related("by")}
    areas = sorted({area for area in areas_of(year) if scope.covers(area=area)} | set(sent))
    mine = user.scope(Right.KEEP_TRANSFERS).areas if user.may(Right.KEEP_TRANSFERS) else ()
    over = timezone.localdate().year > year
    names = dict(divisions_of(user, Right.SEE_TRANSFERS).values_list("code", "name"))
    return [
        Sending(area, names.get(area, area), due_day(area, year), sent.get(area), over and area in mine and area not in sent)
        for area in areas
    ]
