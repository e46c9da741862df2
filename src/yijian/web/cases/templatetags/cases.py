"""Words for templates that show cases."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.cases.steps import WORDS, State
from yijian.web.frame.templatetags.frame import state

register = template.Library()

LOOK = {
    State.PROPOSED: ("orange", "clock"),
    State.REFUSED: ("secondary", "x"),
    State.INVESTIGATING: ("blue", "list-search"),
    State.SUSPENDED: ("secondary", "player-pause"),
    State.TERMINATED: ("secondary", "x"),
    State.REVIEWING: ("orange", "scale"),
    State.REVIEWED: ("blue", "checks"),
    State.NOTIFIED: ("orange", "send"),
    State.HEARING: ("orange", "message-report"),
    State.DECIDED: ("blue", "scale"),
    State.ON_SPOT: ("orange", "clock"),
    State.EXECUTING: ("blue", "coins"),
    State.CLOSING: ("orange", "clock"),
    State.CLOSED: ("green", "circle-check"),
    State.ARCHIVED: ("green", "checklist"),
}


@register.simple_tag
def case_state(value: str) -> SafeString:
    """Where a case stands."""
    return state(WORDS[value], *LOOK[State(value)])
