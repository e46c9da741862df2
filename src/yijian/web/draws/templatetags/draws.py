"""Words for templates that show draws."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.draws.steps import WORDS, State
from yijian.web.frame.templatetags.frame import state

register = template.Library()

LOOK = {
    State.PREPARING: ("orange", "edit"),
    State.FROZEN: ("blue", "lock"),
    State.DRAWN: ("green", "circle-check"),
    State.VOID: ("red", "ban"),
    State.REPLACED: ("secondary", "history"),
    State.DISCARDED: ("secondary", "x"),
}


@register.simple_tag
def draw_state(value: str) -> SafeString:
    """Where a draw stands."""
    return state(WORDS[value], *LOOK[State(value)])
