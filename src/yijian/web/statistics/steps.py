"""Where a month's table stands, and what may be done to it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where it stands. A month without a table is open."""

    CLOSED = "closed", "已关账"
    HANDED = "handed", "已报送"


WORDS = {str(value): str(word) for value, word in State.choices}
STEPS = {
    "hand_in": Step("hand_in", "审核报送", ("closed",), "handed", Right.APPROVE_STATISTICS),
}
