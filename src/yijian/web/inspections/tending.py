"""What the worker looks after each minute (see `jobs.tending`)."""

from datetime import datetime

from yijian.web.inspections import planning


def tend(now: datetime) -> None:
    """Tell the teams whose seals have opened."""
    planning.unseal(now)
