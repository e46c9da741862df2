"""Words for templates that show findings."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.findings.models import Finding
from yijian.web.frame.templatetags.frame import state

register = template.Library()

STATES = {
    Finding.State.NEW: ("blue", "clock"),
    Finding.State.CONFIRMED: ("red", "circle-check"),
    Finding.State.REVIEW: ("orange", "file-text"),
    Finding.State.REJECTED: ("secondary", "x"),
    Finding.State.MAPPING: ("azure", "arrows-exchange"),
    Finding.State.MERGED: ("secondary", "git-merge"),
}


@register.simple_tag
def finding_state(value: str) -> SafeString:
    """What people made of a finding."""
    return state(str(Finding.State(value).label), *STATES[Finding.State(value)])
