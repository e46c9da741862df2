"""Words for templates that show extrapolations."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.extrapolation.steps import WORDS, State
from yijian.web.frame.templatetags.frame import state

register = template.Library()

LOOK = {
    State.REVIEWING: ("blue", "list-search"),
    State.CONCLUDED: ("green", "circle-check"),
    State.DROPPED: ("secondary", "x"),
}


@register.simple_tag
def extrapolation_state(value: str) -> SafeString:
    """Where an extrapolation stands."""
    return state(WORDS[value], *LOOK[State(value)])
