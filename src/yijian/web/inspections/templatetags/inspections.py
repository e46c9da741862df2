"""Words for templates that show inspections."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.inspections.kinds import ANSWERS
from yijian.web.inspections.steps import WORDS, State

register = template.Library()

LOOK = {
    State.PLANNED: ("secondary", "edit"),
    State.NOTIFIED: ("blue", "send"),
    State.ON_SITE: ("orange", "building-hospital"),
    State.SIGNED: ("orange", "clock"),
    State.CONCLUDED: ("red", "alert-triangle"),
    State.RECTIFYING: ("red", "clock"),
    State.RECTIFIED: ("orange", "search"),
    State.CLOSED: ("green", "circle-check"),
    State.CANCELLED: ("secondary", "x"),
}
ANSWER = {"yes": ("green", "check"), "no": ("red", "x"), "unseen": ("secondary", "help-circle")}


@register.simple_tag
def inspection_state(value: str) -> SafeString:
    """Where an inspection stands."""
    return state(WORDS[value], *LOOK[State(value)])


@register.simple_tag
def answered(value: str) -> SafeString:
    """What an item was answered with."""
    return state(ANSWERS[value], *ANSWER[value]) if value else state("未填写", "secondary", "clock")
