"""Offices of a province, a city and two counties, and what their ledgers hold of some months."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.web.conftest import account, by, organisation
from yijian.web.agreements import actions as agreements
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.institutions.queries import institution
from yijian.web.recoveries.ledger import Thing, set_stage
from yijian.web.recoveries.models import Stage
from yijian.web.statistics import actions
from yijian.web.statistics.periods import Month

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
CITY, EAST, WEST = "999900", "999901", "999902"


@pytest.fixture
def offices(loaded):
    """username → person: a keeper and a head of the city and of both counties, and of the province above them."""
    places = {"p": ("990000", "某省医保局"), "c": (CITY, "某市医保局"), "e": (EAST, "东区医保局"), "w": (WEST, "西区医保局")}
    made = {}
    for word, (division, name) in places.items():
        office = organisation(f"YB-{word}", name, "authority", division)
        made |= {f"{role}-{word}": account(f"{role}-{word}", f"{name}{role}", role, office) for role in ("supervisor", "head")}
    return made


def at(month: Month, day: int = 15) -> datetime:
    return timezone.make_aware(datetime(month.year, month.month, day, 10))


def measured(people, month: Month, kind: str = "criticism", where: str = "e", code: str = "H1", **more) -> AgreementMeasure:
    """A measure that an office decided in a month."""
    office = people[f"supervisor-{where}"]
    given = agreements.Given(kind, institution(code), "多次重复收取同一费用，情节较重", "第十条", **more)
    made = agreements.propose(office.home, given, **by(office, at(month)))
    return agreements.decide(made.pk, **by(people[f"head-{where}"], at(month)))


def booked(who, month: Month, yuan: str, code: str = "H1", name: str = "t:1") -> None:
    """Money of an institution that came back in a month."""
    one = institution(code)
    thing = Thing(name, 1, one.pk, one.area[:6], "r", "重复收费", "310", date(month.year, month.month, 1), Decimal(yuan))
    for stage in (Stage.CONFIRMED, Stage.ORDERED, Stage.REPAID):
        set_stage([thing], stage, who=who, when=at(month))


def closed(people, month: Month, where: str = "e", *, hand_in: bool = False, day: int = 3):
    """A month that an office closed on a day of the next one, and its head handed in."""
    office, when = people[f"supervisor-{where}"], at(month.next, day)
    made = actions.close(office.home, month, **by(office, when))
    return actions.hand_in(made.pk, **by(people[f"head-{where}"], when)) if hand_in else made
