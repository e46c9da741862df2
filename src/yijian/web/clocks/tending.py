"""What the worker looks after each minute (see `jobs.tending`)."""

from datetime import datetime

from yijian.web.clocks import digests


def tend(now: datetime) -> None:
    """Send the digests that wait."""
    if sent := digests.deliver(now):
        digests.LOG.info("digests sent: %d", sent)
