"""A settled day is withdrawn: which running clocks were counted with it, and what becomes of them.

1. Each clock that may be concerned is counted again from its first day, with the day and without it (`_counted`).
2. Where both give the same day, it is not concerned.
3. A clock of an institution stays: its last day was told in writing. So does one that was not counted as the rest is.
4. All others get their new day, but none becomes overdue by it: it is never before today's or the next working day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yijian.vocabulary.workdays import Calendar, Unit
from yijian.web.accounts.queries import Scope, User
from yijian.web.audit_log.actions import record
from yijian.web.clocks.acts import Act
from yijian.web.clocks.models import Clock, Suspension
from yijian.web.parameters import actions as parameters
from yijian.web.parameters.queries import Book, definitions, settled_day_for

AT_ONCE = 500
"""Clocks of one line of the log."""
WRITTEN = "到期日已书面告知机构，不变"
PASSED = "提前后今天以前就已到期，不变"
OTHERWISE = "到期日延长过，或不是按现行设置算出的，不变，请人工核对"


@dataclass(frozen=True)
class Concerned:
    """A running clock that was counted with the day: its new last day, or why it keeps its own."""

    clock: Clock
    new: date
    kept: str = ""

    @property
    def title(self) -> str:
        """What sort of period it is; not what it is about: administrators see no findings."""
        return definitions()[self.clock.kind].title


def shifted(due: date, stood: Suspension, calendar: Calendar, unit: Unit) -> date:
    """A last day after the clock stood still for a time, which is counted as the period is. The time must be over."""
    end = stood.end or stood.begin
    length = calendar.between(stood.begin, end) if unit is Unit.WORKDAY else (end - stood.begin).days
    return calendar.due(due, length, Unit.WORKDAY if unit is Unit.WORKDAY else Unit.DAY)


def _counted(clock: Clock, stood: Sequence[Suspension], book: Book) -> date:
    """The last day of a clock, counted from its first."""
    period, calendar = book.value_of(clock.kind, clock.area, clock.begun), book.calendar_of(clock.area)
    unit = Unit(period.unit)
    due = calendar.due(clock.begun, int(period.value), unit)
    for one in stood:
        due = shifted(due, one, calendar, unit)
    return due


def concerned(division: str, day: date, *, today: date) -> list[Concerned]:
    """Running clocks of the division and below that were counted with what it says of the day, soonest first."""
    inside = Scope(areas=(division,)).condition()
    running = Clock.objects.filter(inside, ended="", begun__lt=day, due__gte=day).select_related("person")
    now, without, found = Book(), Book(without=(division, day)), list[Concerned]()
    for clock in running.prefetch_related("suspensions").order_by("due", "pk"):
        stood = sorted((one for one in clock.suspensions.all() if one.end), key=lambda one: one.begin)  # type: ignore[attr-defined]
        before, after = _counted(clock, stood, now), _counted(clock, stood, without)
        if before == after or clock.due == after:
            continue
        if clock.institution:
            found.append(Concerned(clock, clock.due, WRITTEN))
        elif clock.due != before:
            found.append(Concerned(clock, clock.due, OTHERWISE))
        else:
            new = max(after, min(clock.due, without.calendar_of(clock.area).next(today)))
            found.append(Concerned(clock, new, PASSED if new == clock.due else ""))
    return found


@transaction.atomic
def withdraw_day(row_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> list[Concerned]:
    """Withdraw what was said of a day and count the running clocks again; those that were concerned.

    Http404 and ValidationError as of `parameters.actions.withdraw_day`.
    """
    row = settled_day_for(who, row_id)
    list(Clock.objects.select_for_update().filter(Scope(areas=(row.division,)).condition(), ended="").values_list("pk"))
    found = concerned(row.division, row.day, today=timezone.localdate(when))
    moved = [one for one in found if not one.kept]
    changes = {f"{one.clock.about} {one.clock.kind}": (str(one.clock.due), str(one.new)) for one in moved}
    for one in moved:
        one.clock.due = one.new
    Clock.objects.bulk_update([one.clock for one in moved], ["due"], batch_size=AT_ONCE)
    parameters.withdraw_day(row_id, reason=reason, who=who, when=when, where=where)
    said, keys = f"撤销 {row.day} 的设置：重算 {len(moved)} 个，不变 {len(found) - len(moved)} 个", list(changes)
    for start in range(0, len(keys), AT_ONCE):
        some = {key: changes[key] for key in keys[start : start + AT_ONCE]}
        common: dict[str, Any] = {
            "who": who,
            "when": when,
            "where": where,
            "kind": "区划",
            "about": row.division,
            "area": row.division,
        }
        record(Act.RECOUNT, **common, purpose=said, changes=some)
    return found
