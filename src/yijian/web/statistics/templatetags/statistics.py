"""Words for templates that show statistics."""

from datetime import date
from typing import Any

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.sources import KINDS
from yijian.web.statistics.steps import WORDS, State

register = template.Library()

LOOK = {State.CLOSED: ("blue", "lock"), State.HANDED: ("green", "circle-check")}


@register.simple_tag
def table_state(table: MonthTable | None, late: bool = False) -> SafeString:
    """Where a month stands."""
    if table is None:
        return state("逾期未报" if late else "未关账", "red" if late else "secondary", "clock")
    if late and table.state != State.HANDED:
        return state(f"{WORDS[table.state]}，逾期未报", "red", "clock")
    look = LOOK[State(table.state)]
    return state(f"{WORDS[table.state]}{'（逾期）' if table.late else ''}", *look)


@register.filter
def month_of(day: date) -> str:
    """2026-10-01 → 2026-10"""
    return f"{day:%Y-%m}"


@register.filter
def subject(kind: str) -> str:
    """A kind of subject in words."""
    return KINDS.get(kind, kind)


@register.filter
def number(value: Any) -> str:
    """A count or yuan."""
    return f"{value:,}"
