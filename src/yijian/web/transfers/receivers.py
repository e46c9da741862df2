"""What happens here when a lead ends."""

from datetime import datetime
from typing import Any

from yijian.web.leads import signals
from yijian.web.leads.queries import Lead
from yijian.web.transfers.actions import answer_from_lead, expect
from yijian.web.transfers.models import Transfer


def connect() -> None:
    """Once, when the app is ready."""
    signals.closed.connect(lead_closed, dispatch_uid="transfers")


def lead_closed(lead: Lead, when: datetime, **_: Any) -> None:
    """A transfer is due, or what came in has its answer."""
    if lead.result == "transfer":
        expect(lead, when=when)
    kind, _, key = lead.about.partition(":")
    if kind == "transfers.transfer" and (transfer := Transfer.objects.filter(pk=int(key)).first()):
        answer_from_lead(transfer, lead, when=when)
