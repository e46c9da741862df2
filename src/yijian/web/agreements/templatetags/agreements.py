"""Words for templates that show measures under agreements."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.agreements.steps import WORDS, State
from yijian.web.frame.templatetags.frame import state

register = template.Library()

LOOK = {
    State.PROPOSED: ("orange", "clock"),
    State.DECIDED: ("blue", "scale"),
    State.DONE: ("green", "circle-check"),
    State.LIFTED: ("green", "circle-check"),
    State.DROPPED: ("secondary", "x"),
}


@register.simple_tag
def measure_state(value: str) -> SafeString:
    """Where a measure stands."""
    return state(WORDS[value], *LOOK[State(value)])
