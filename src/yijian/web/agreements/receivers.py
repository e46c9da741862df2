"""What happens here when a lead ends."""

from datetime import datetime
from typing import Any

from yijian.web.agreements.actions import expect
from yijian.web.leads import signals
from yijian.web.leads.queries import Lead


def connect() -> None:
    """Once, when the app is ready."""
    signals.closed.connect(lead_closed, dispatch_uid="agreements")


def lead_closed(lead: Lead, when: datetime, **_: Any) -> None:
    """A lead that ended with “按服务协议处理” wants a measure."""
    if lead.result == "agreement":
        expect(lead, when=when)
