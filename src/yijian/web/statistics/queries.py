"""The guarded door to statistics: offices by division. Records behind a figure are guarded by their own doors."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from yijian.web.accounts.queries import Right, User, divisions_of, need
from yijian.web.frame.narrowing import Narrowing
from yijian.web.frame.tallies import tally
from yijian.web.parameters.queries import Book
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import Month, month_given
from yijian.web.statistics.steps import STEPS, WORDS

__all__ = ["Filters", "MonthTable", "area_given", "due_day", "may_close", "may_step", "table_for", "tables_for", "tallies"]


@dataclass(frozen=True)
class Filters(Narrowing):
    """What the list of months is narrowed to; it stands in the address."""

    state: str = ""
    month: str = ""
    area: str = ""

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [("状态", WORDS.get(self.state, "")), ("月份", self.month), ("区划", self.area)]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on tables."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        if month := month_given(self.month):
            q &= Q(month=month.first)
        if self.area:
            q &= Q(area=self.area)
        return q


def tables_for(user: User, filters: Filters | None = None) -> "QuerySet[MonthTable]":
    """Closed months that the user may see, narrowed."""
    need(user, Right.SEE_STATISTICS)
    found = MonthTable.objects.filter(user.scope(Right.SEE_STATISTICS).condition(institution="pk"))
    return found.filter(filters.condition()) if filters else found


def table_for(user: User, table_id: int) -> MonthTable:
    """One closed month. Http404 if there is none, or none that the user may see."""
    found = tables_for(user).select_related("by", "handed_by").filter(pk=table_id).first()
    if found is None:
        raise Http404(f"没有统计月报 {table_id}，或不在您的管辖范围内。")
    return found


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n of the closed months that the user may see."""
    return tally(WORDS, tables_for(user))


def names_for(user: User) -> dict[str, str]:
    """Division → name of those whose statistics the user may see, by code."""
    need(user, Right.SEE_STATISTICS)
    return dict(divisions_of(user, Right.SEE_STATISTICS).values_list("code", "name"))


def area_given(user: User, code: str) -> str:
    """The division that an address names; the user's own where it names none. Http404 outside his scope."""
    need(user, Right.SEE_STATISTICS)
    scope = user.scope(Right.SEE_STATISTICS)
    area = code or (user.home if scope.covers(area=user.home) else scope.areas[0])
    if not (area.isascii() and area.isdecimal() and len(area) == 6 and scope.covers(area=area)):
        raise Http404(f"没有区划 {area[:6]}，或不在您的管辖范围内。")
    return area


def due_day(area: str, month: Month, book: Book | None = None) -> date:
    """By when a month is to be handed in: the very day, whether it is worked or not. book: of whoever asks for many."""
    return month.last + timedelta(days=int((book or Book()).value_of("statistics_day", area, month.last).value))


def may_close(user: User, area: str) -> bool:
    """Whether the user types, explains and closes for this very division."""
    return user.may(Right.KEEP_STATISTICS) and area in user.scope(Right.KEEP_STATISTICS).areas


def may_step(user: User, table: MonthTable) -> list[str]:
    """Words of the steps that the user may take now: the head of the office, who did not close it himself."""
    right = Right.APPROVE_STATISTICS
    mine = user.may(right) and table.area in user.scope(right).areas and table.by_id != user.pk  # type: ignore[attr-defined]
    return [word for word, step in STEPS.items() if mine and table.state in step.frm]
