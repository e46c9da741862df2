"""Words for templates that show tips."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from yijian.web.frame.templatetags.frame import state
from yijian.web.tips.models import Reward, TipKey
from yijian.web.tips.steps import WORDS, State

register = template.Library()

LOOK = {
    State.RECEIVED: ("orange", "clock"),
    State.ACCEPTED: ("blue", "list-search"),
    State.DECIDED: ("orange", "send"),
    State.CLOSED: ("green", "circle-check"),
    State.ERASED: ("secondary", "x"),
}
REWARDS = {
    Reward.State.PROPOSED: ("orange", "scale"),
    Reward.State.ONCE: ("orange", "scale"),
    Reward.State.APPROVED: ("blue", "clock"),
    Reward.State.CLAIMED: ("orange", "coins"),
    Reward.State.PAID: ("green", "circle-check"),
    Reward.State.REFUSED: ("secondary", "x"),
}
KEYS = {
    TipKey.State.WAITING: ("orange", "clock"),
    TipKey.State.ACTIVE: ("green", "circle-check"),
    TipKey.State.ENDED: ("secondary", "x"),
}


@register.simple_tag
def tip_state(value: str) -> SafeString:
    """Where a tip stands."""
    return state(WORDS[value], *LOOK[State(value)])


@register.simple_tag
def reward_state(value: str) -> SafeString:
    """How far a reward has come."""
    return state(str(Reward.State(value).label), *REWARDS[Reward.State(value)])


@register.simple_tag
def key_state(value: str) -> SafeString:
    """Whether a key is used."""
    return state(str(TipKey.State(value).label), *KEYS[TipKey.State(value)])


@register.filter
def items(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """A mapping's pairs, where a template has it from a filter."""
    return list(words.items())
