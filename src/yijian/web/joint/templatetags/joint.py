"""Words for templates that show working together."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.joint.steps import ITEM_WORDS, MEETING_WORDS, PLAN_WORDS

register = template.Library()

LOOK = {
    "waiting": ("blue", "list-search"),
    "clean": ("green", "circle-check"),
    "found": ("orange", "alert-triangle"),
    "corrected": ("green", "check"),
    "drafted": ("orange", "scale"),
    "circulated": ("blue", "message-report"),
    "agreed": ("blue", "clock"),
    "held": ("blue", "file-text"),
    "closed": ("green", "circle-check"),
    "dropped": ("secondary", "x"),
    "called": ("blue", "clock"),
    "minuted": ("orange", "message-report"),
    "confirmed": ("blue", "checklist"),
}


@register.simple_tag
def item_state(value: str) -> SafeString:
    """Where a drawn transfer stands."""
    return state(ITEM_WORDS[value], *LOOK[value])


@register.simple_tag
def plan_state(value: str) -> SafeString:
    """Where a joint inspection stands."""
    return state(PLAN_WORDS[value], *LOOK[value])


@register.simple_tag
def meeting_state(value: str) -> SafeString:
    """Where a consultation stands."""
    return state(MEETING_WORDS[value], *LOOK[value])
