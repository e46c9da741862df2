"""Words for templates that show transfers."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.transfers.steps import WORDS, State

register = template.Library()

LOOK = {
    State.DRAFTED: ("orange", "scale"),
    State.APPROVED: ("orange", "send"),
    State.SENT: ("blue", "clock"),
    State.RECEIVED: ("blue", "file-text"),
    State.INCOMPLETE: ("orange", "alert-triangle"),
    State.ACCEPTED: ("blue", "list-search"),
    State.REPORTED: ("orange", "message-report"),
    State.CLOSED: ("green", "circle-check"),
    State.DROPPED: ("secondary", "x"),
}


@register.simple_tag
def transfer_state(value: str) -> SafeString:
    """Where a transfer stands."""
    return state(WORDS[value], *LOOK[State(value)])
