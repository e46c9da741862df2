"""What may be done to an extrapolation, in which state, by which right. Data: pages, actions and tests read it."""

from django.db.models import TextChoices

from yijian.web.accounts.queries import Right
from yijian.web.frame.states import Step


class State(TextChoices):
    """Where an extrapolation stands."""

    REVIEWING = "reviewing", "审核样本"
    CONCLUDED = "concluded", "已得出结论"
    DROPPED = "dropped", "已废止"


WORDS = {str(value): str(word) for value, word in State.choices}

STEPS = {
    step.word: step
    for step in (
        Step("conclude", "得出结论", ("reviewing",), "concluded", Right.KEEP_EXTRAPOLATIONS),
        Step("drop", "废止", ("reviewing",), "dropped", Right.KEEP_EXTRAPOLATIONS, needs_reason=True),
    )
}
