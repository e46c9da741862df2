"""What happens here when a lead ends, and when a case is decided or its decision served."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from yijian.web.cases import signals as of_cases
from yijian.web.cases.queries import Case, Decision
from yijian.web.leads import signals as of_leads
from yijian.web.leads.queries import Lead
from yijian.web.transfers.bodies import category_of_cause
from yijian.web.transfers.following import answer_from_lead, expect
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.sources import ELSEWHERE, due_from


def connect() -> None:
    """Once, when the app is ready."""
    of_leads.closed.connect(lead_closed, dispatch_uid="transfers")
    of_cases.decided.connect(case_decided, dispatch_uid="transfers")
    of_cases.served.connect(case_served, dispatch_uid="transfers")


def lead_closed(lead: Lead, when: datetime, **_: Any) -> None:
    """A transfer is due, or what came in has its answer."""
    if lead.result == "transfer":
        expect(f"leads.lead:{lead.pk}", lead.number, lead.area, timezone.localdate(when))
    kind, _, key = lead.about.partition(":")
    if kind == "transfers.transfer" and (transfer := Transfer.objects.filter(pk=int(key)).first()):
        answer_from_lead(transfer, lead, when=when)


def case_decided(case: Case, decision: Decision, **_: Any) -> None:
    """A case that goes to another authority or to justice is due from its decision on."""
    if decision.outcome in ELSEWHERE and (begun := due_from(decision)):
        expect(f"cases.case:{case.pk}", case.number, case.area, begun)


def case_served(case: Case, decision: Decision, **_: Any) -> None:
    """A penalty for what concerns the health authority is due from its service on (N3 三（二））."""
    if decision.outcome == "penalty" and category_of_cause(case.cause) and (begun := due_from(decision)):
        expect(f"cases.case:{case.pk}", case.number, case.area, begun)
