"""Words for templates that show leads."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.leads.models import Lead
from yijian.web.leads.steps import WORDS, State

register = template.Library()

LOOK = {
    State.REGISTERED: ("orange", "clock"),
    State.VERIFYING: ("blue", "list-search"),
    State.REPORTED: ("orange", "scale"),
    State.ANSWERED: ("orange", "send"),
    State.CLOSED: ("green", "circle-check"),
    State.MERGED: ("secondary", "x"),
}
GRADES = {"A": ("red", "alert-octagon"), "B": ("blue", "alert-triangle"), "C": ("secondary", "info-circle")}


@register.simple_tag
def lead_state(value: str) -> SafeString:
    """Where a lead stands."""
    return state(WORDS[value], *LOOK[State(value)])


@register.simple_tag
def lead_grade(value: str) -> SafeString:
    """How much it is worth looking into."""
    return state(str(Lead.Grade(value).label), *GRADES[value]) if value else state("未定级", "secondary", "info-circle")
