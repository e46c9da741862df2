"""Words for templates that show reviews."""

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.reviews.models import ReviewLine
from yijian.web.reviews.steps import WORDS, State

register = template.Library()

LOOK = {
    State.SAMPLED: ("blue", "list-search"),
    State.DRAFTED: ("blue", "file-text"),
    State.SENT: ("orange", "clock"),
    State.ACCEPTED: ("green", "circle-check"),
    State.APPEALED: ("orange", "message"),
    State.SILENT: ("red", "alert-octagon"),
    State.DECIDED: ("green", "scale"),
    State.PASSED: ("secondary", "check"),
    State.WITHDRAWN: ("secondary", "x"),
}


@register.simple_tag
def review_state(value: str) -> SafeString:
    """Where a review stands."""
    return state(WORDS[value], *LOOK[State(value)])


@register.simple_tag
def line_answer(line: ReviewLine) -> SafeString:
    """What the institution says to a line."""
    look = {ReviewLine.Answer.ADMITTED: ("green", "circle-check"), ReviewLine.Answer.CONTESTED: ("orange", "message")}
    answer = ReviewLine.Answer(line.answer)
    return state(f"机构{answer.label}", *look[answer])
