"""Starting, stopping, suspending clocks, and telling people. Called inside other apps' actions, in their transaction.

Those actions have asked for the right and write the log line; a clock is a part of what they did.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.vocabulary.workdays import Unit
from yijian.web.accounts.queries import Right, User
from yijian.web.clocks.models import Clock, Notice, Suspension
from yijian.web.clocks.recounting import shifted
from yijian.web.parameters.queries import calendar_of, definitions, due, value_of

AT_ONCE = 500


def start(
    kind: str,
    about: str,
    *,
    title: str,
    link: str,
    area: str,
    right: Right,
    institution: str = "",
    person: User | None = None,
    begun: date,
) -> Clock:
    """Start a clock whose length is the parameter `kind` in the area. IntegrityError where the same one runs already."""
    return Clock.objects.create(
        kind=kind, about=about, title=title, link=link, area=area, institution=institution, right=right.value,
        person=person, begun=begun, due=due(kind, area, begun),
    )  # fmt: skip


@dataclass(frozen=True)
class Started:
    """One of many clocks that start together."""

    about: str
    title: str
    link: str
    area: str
    institution: str = ""


def start_all(kind: str, rows: Iterable[Started], *, right: Right, begun: date, due: date) -> None:
    """Start clocks of a kind whose day somebody named, for whoever has the right in each division or institution.

    IntegrityError where one of them runs already.
    """
    Clock.objects.bulk_create(
        (
            Clock(
                kind=kind, about=one.about, title=one.title, link=one.link, area=one.area, institution=one.institution,
                right=right.value, begun=begun, due=due,
            )
            for one in rows
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip


def stop(about: str, kind: str = "", *, when: datetime, dropped: bool = False) -> list[Clock.End]:
    """Stop what runs about something, of one kind or all; how each ended. Late is noted as late."""
    running = Clock.objects.select_for_update().filter(about=about, ended="")
    stopped = list[Clock.End]()
    for clock in running.filter(kind=kind) if kind else running:
        late = clock.overdue(timezone.localdate(when))
        end = clock.ended = Clock.End.DROPPED if dropped else Clock.End.LATE if late else Clock.End.DONE
        clock.ended_at = when
        clock.save(update_fields=["ended", "ended_at"])
        stopped.append(end)
    return stopped


def drop_all(abouts: Iterable[str], *, when: datetime) -> None:
    """Stop all that runs about many things that need not be done any more."""
    names = list(abouts)
    for start in range(0, len(names), AT_ONCE):
        running = Clock.objects.filter(about__in=names[start : start + AT_ONCE], ended="")
        running.update(ended=Clock.End.DROPPED, ended_at=when)


def give(about: str, kind: str, person: User | None, *, right: Right) -> None:
    """What runs becomes the business of one person; of whoever has the right, with None."""
    Clock.objects.filter(about=about, kind=kind, ended="").update(person=person, right=right.value)


def extend(about: str, kind: str, *, by: str) -> Clock | None:
    """Move the day of a running clock by the parameter `by`; None where none runs. Whether it may be is the caller's question."""
    clock = Clock.objects.select_for_update().filter(about=about, kind=kind, ended="").first()
    if clock is not None:
        more = value_of(by, clock.area, clock.begun)
        clock.due = calendar_of(clock.area).due(clock.due, int(more.value), Unit(more.unit))
        clock.save(update_fields=["due"])
    return clock


def move(about: str, kind: str, due: date) -> None:
    """Set the day of a running clock to one that somebody named: a deferral. Whether it may be is the caller's question."""
    Clock.objects.filter(about=about, kind=kind, ended="").update(due=due)


def suspend(about: str, kind: str, *, reason: str, on: date) -> Clock | None:
    """Let a running clock stand still from a day on; None where none runs."""
    clock = Clock.objects.select_for_update().filter(about=about, kind=kind, ended="", standing=False).first()
    if clock is not None:
        Suspension.objects.create(clock=clock, begin=on, reason=reason)
        clock.standing = True
        clock.save(update_fields=["standing"])
    return clock


def resume(about: str, kind: str, *, on: date) -> Clock | None:
    """Let a clock run again; its day moves by as much as it stood still, counted as its period is."""
    clock = Clock.objects.select_for_update().filter(about=about, kind=kind, ended="", standing=True).first()
    if clock is None:
        return None
    stood = Suspension.objects.get(clock=clock, end=None)
    stood.end = on
    stood.save(update_fields=["end"])
    calendar, unit = calendar_of(clock.area), Unit(value_of(kind, clock.area, clock.begun).unit)
    clock.due = shifted(clock.due, stood, calendar, unit)
    clock.standing = False
    clock.save(update_fields=["due", "standing"])
    return clock


def tell(people: Iterable[User], text: str, *, link: str, when: datetime) -> None:
    """Tell people that something happened."""
    Notice.objects.bulk_create(Notice(to=one, text=text, link=link, at=when) for one in people)


def tell_each(told: Iterable[tuple[User, str]], text: str, *, when: datetime) -> None:
    """Tell many people the same, each with a link of his own."""
    Notice.objects.bulk_create((Notice(to=one, text=text, link=link, at=when) for one, link in told), batch_size=AT_ONCE)


def pass_clocks_on(user: User, to: User | None) -> None:
    """Let the clocks that run for a person run for somebody else, who has the right there, or for whoever has it.

    A part of the caller's action. ValidationError where `to` may not do that work.
    """
    running = Clock.objects.select_for_update().filter(person=user, ended="")
    for clock in running if to else ():
        right = Right(clock.right)
        if to and not (to.may(right) and to.scope(right).covers(area=clock.area, institution=clock.institution)):
            raise ValidationError(
                f"{to.display_name}不能办理 {clock.due} 到期的“{definitions()[clock.kind].title}”：没有权限或不在管辖范围内",
                code="successor",
            )
    running.update(person=to)


@transaction.atomic
def read_all(*, who: User, when: datetime) -> int:
    """A person has seen what was told; how many notices that were. It changes nothing that others see, so no log line."""
    return Notice.objects.filter(to=who, read_at=None).update(read_at=when)
