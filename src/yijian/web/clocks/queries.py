"""What is due, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from yijian.web.accounts.queries import Right, Scope, User
from yijian.web.clocks.models import Clock, Notice
from yijian.web.parameters.queries import Book

__all__ = ["Clock", "Due", "clock_of", "inbox", "notices_for", "running_for", "soonest", "unread"]

SOONEST = ("standing", "due", "pk")


@dataclass(frozen=True)
class Due:
    """A clock as somebody sees it: working days left (negative = overdue), and whether it is seen because it is overdue."""

    clock: Clock
    left: int
    soon: int
    escalated: bool = False

    @property
    def overdue(self) -> bool:
        return self.left < 0

    @property
    def words(self) -> str:
        """How much time there is."""
        if self.clock.standing:
            return "中止中"
        if self.left < 0:
            return f"已逾期 {-self.left} 个工作日"
        return "今天到期" if self.left == 0 else f"还有 {self.left} 个工作日"

    @property
    def colour(self) -> tuple[str, str]:
        """Colour and icon of its state."""
        if self.clock.standing:
            return "secondary", "player-pause"
        if self.overdue:
            return "red", "alert-octagon"
        return ("orange", "clock") if self.left <= self.soon else ("blue", "clock")


def _first(user: User, limit: int) -> "QuerySet[Clock]":
    """What the user is to do, given to him or to a right that he has in his scope: the first so many of each.

    One question of each right, read from an index in its order: together they would be sorted whole.
    """
    piles = [Q(person=user)]
    piles += [Q(person=None, right=right.value) & user.scope(right).condition() for right in Right if user.may(right)]
    first = Q(pk__in=[])
    for pile in piles:
        first |= Q(pk__in=Clock.objects.filter(pile, ended="").order_by(*SOONEST)[:limit].values("pk"))
    return Clock.objects.filter(first).order_by(*SOONEST)


def running_for(user: User) -> "QuerySet[Clock]":
    """Clocks that run for this person by name, soonest first; for whoever hands them over."""
    return Clock.objects.filter(person=user, ended="").order_by("due", "pk")


def _overdue_below(user: User, today: date) -> "QuerySet[Clock]":
    """What others left overdue in the divisions of somebody who supervises them."""
    if not user.may(Right.SEE_CLOCKS):
        return Clock.objects.none()
    return Clock.objects.filter(user.scope(Right.SEE_CLOCKS).condition(), ended="", standing=False, due__lt=today)


def inbox(user: User, limit: int = 200) -> list[Due]:
    """What is due, overdue first; with what others left overdue longer than the area allows, for whoever heads them."""
    today = timezone.localdate()
    own = list(_first(user, limit)[:limit])
    mine = {clock.pk for clock in own}
    late = [clock for clock in _overdue_below(user, today).order_by("due", "pk")[:limit] if clock.pk not in mine]
    book = Book()
    seen = [_due(clock, book, today) for clock in own]
    above = [_due(clock, book, today, escalated=True) for clock in late]
    grace = {one.clock.area: int(book.value_of("escalate_after", one.clock.area, today).value) for one in above}
    return [*seen, *(one for one in above if -one.left > grace[one.clock.area])]


def overdue_too_long(kinds: Sequence[str]) -> list[Due]:
    """What is overdue anywhere for longer than its area allows before those above are told; for apps that tell them."""
    today, book = timezone.localdate(), Book()
    found = Clock.objects.filter(kind__in=kinds, ended="", standing=False, due__lt=today).order_by("due", "pk")
    late = [_due(clock, book, today) for clock in found]
    return [one for one in late if -one.left > int(book.value_of("escalate_after", one.clock.area, today).value)]


def running_in(areas: Sequence[str], kind: str, begins: str, limit: int) -> list[Due]:
    """Clocks of a kind that run in exactly these divisions about things whose name begins so, soonest first."""
    found = Clock.objects.filter(kind=kind, ended="", area__in=areas, about__startswith=begins).order_by("due", "pk")
    book, today = Book(), timezone.localdate()
    return [_due(clock, book, today) for clock in found[:limit]]


def _due(clock: Clock, book: Book, today: date, *, escalated: bool = False) -> Due:
    left = book.calendar_of(clock.area).between(today, clock.due)
    return Due(clock, left, int(book.value_of("remind_before", clock.area, today).value), escalated)


def clock_of(about: str) -> Due | None:
    """The clock of one thing that is due first, or None where none runs."""
    clock = Clock.objects.filter(about=about, ended="").order_by("due").first()
    return _due(clock, Book(), timezone.localdate()) if clock else None


def dues_of(abouts: Sequence[str], book: Book | None = None) -> dict[tuple[str, str], Due]:
    """(thing, kind) → each clock that runs about these things; for apps that guard their own record."""
    book, today = book or Book(), timezone.localdate()
    found = Clock.objects.filter(about__in=abouts, ended="").order_by("due", "pk")
    return {(one.about, one.kind): _due(one, book, today) for one in found}


def soonest(kind: str, scope: Scope, limit: int) -> list[Due]:
    """What runs of a kind within a scope, soonest first; for apps that guard their own record."""
    book, today = Book(), timezone.localdate()
    found = Clock.objects.filter(scope.condition(), kind=kind, ended="", standing=False).order_by("due", "pk")[:limit]
    return [_due(one, book, today) for one in found]


def notices_for(user: User, limit: int = 50) -> "list[Notice]":
    """What the user was told, newest first."""
    return list(Notice.objects.filter(to=user).order_by("-at", "-pk")[:limit])


def unread(user: User) -> int:
    """How much of it is new."""
    return Notice.objects.filter(to=user, read_at=None).count()
