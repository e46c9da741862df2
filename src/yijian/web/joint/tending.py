"""What the worker looks after each minute (see `jobs.tending`)."""

from datetime import datetime

from yijian.web.joint import plans


def tend(now: datetime) -> None:
    """Start the clocks of the year's joint inspections."""
    plans.remind(now)
