"""Words for templates that show campaigns and returns."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.campaigns.steps import FILED, WORDS, Filed, State
from yijian.web.frame.templatetags.frame import state

register = template.Library()

LOOK = {
    State.PREPARING: ("secondary", "file-text"),
    State.WAITING: ("orange", "clock"),
    State.RUNNING: ("blue", "arrow-right"),
    State.ENDED: ("green", "circle-check"),
    State.DISCARDED: ("secondary", "x"),
}
FILED_LOOK = {
    Filed.ASKED: ("orange", "clock"),
    Filed.SUBMITTED: ("blue", "send"),
    Filed.CORRECTING: ("orange", "arrow-back-up"),
    Filed.ACCEPTED: ("green", "circle-check"),
    Filed.DROPPED: ("secondary", "x"),
}
STANDING = {
    "done": ("已完成", "green", "circle-check"),
    "late": ("逾期完成", "orange", "circle-check"),
    "missing": ("逾期未完成", "red", "alert-octagon"),
    "soon": ("即将到期", "orange", "clock"),
    "": ("未到期", "secondary", "clock"),
}


@register.simple_tag
def campaign_state(value: str) -> SafeString:
    """Where a campaign stands."""
    return state(WORDS[value], *LOOK[State(value)])


@register.simple_tag
def return_state(value: str) -> SafeString:
    """Where a return stands."""
    return state(FILED[value], *FILED_LOOK[Filed(value)])


@register.simple_tag
def duty_state(value: str) -> SafeString:
    """Where something owed stands."""
    return state(*STANDING[value])
