"""What happens here when a decision is served."""

from datetime import date, datetime
from typing import Any

from yijian.web.cases import signals
from yijian.web.cases.queries import Case
from yijian.web.publishing.actions import expect


def connect() -> None:
    """Once, when the app is ready."""
    signals.served.connect(decision_served, dispatch_uid="publishing")


def decision_served(case: Case, day: date, when: datetime, **_: Any) -> None:
    """A penalty is to be disclosed."""
    if case.decision.outcome == "penalty":  # type: ignore[attr-defined]
        expect(case, day)
