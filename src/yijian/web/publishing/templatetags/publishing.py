"""Words for templates that show publications."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.publishing.steps import WORDS, State

register = template.Library()

LOOK = {
    State.DRAFTED: ("orange", "scale"),
    State.RETURNED: ("orange", "arrow-back-up"),
    State.PUBLISHED: ("green", "circle-check"),
    State.FLAGGED: ("red", "alert-triangle"),
    State.CORRECTED: ("orange", "scale"),
    State.WITHDRAWN: ("secondary", "arrow-back-up"),
    State.DECLINED: ("secondary", "ban"),
}


@register.simple_tag
def publication_state(value: str) -> SafeString:
    """Where a publication stands."""
    return state(WORDS[value], *LOOK[State(value)])
