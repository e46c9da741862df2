"""Records that may be transferred: what they say, and which wait for it."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User
from yijian.web.leads.queries import Lead, lead_for, leads_for
from yijian.web.transfers.models import Transfer


def ended_on(lead: Lead) -> date:
    """The day when its result was settled."""
    change = lead.changes.filter(new="closed").order_by("-at").first()  # type: ignore[attr-defined]
    return timezone.localdate(change.at) if change else timezone.localdate()


def known_of(user: User, about: str) -> dict[str, Any]:
    """What the record says of itself: area, institution, subject, title, facts, amount, since.

    Http404 where it is no such record, or none that the user may see.
    """
    kind, _, key = about.partition(":")
    if kind != "leads.lead" or not key.isdecimal():
        raise Http404("这条记录不能移送。")
    try:
        lead = lead_for(user, int(key))
    except PermissionDenied:
        raise Http404 from None
    if lead.state != "closed" or lead.result != "transfer":
        raise Http404(f"线索 {lead.number} 的结果不是“移送其他部门”。")
    return {
        "about": about, "of": lead.number, "area": lead.area, "institution": lead.institution,
        "subject": "" if lead.subject_kind == "person" else lead.subject, "title": lead.title,
        "facts": lead.established or lead.facts, "amount": lead.proved_amount, "since": ended_on(lead),
    }  # fmt: skip


def waiting(user: User, limit: int = 20) -> list[Lead]:
    """Leads whose result is a transfer and from which none was made, oldest first."""
    if not (user.may(Right.KEEP_TRANSFERS) and user.may(Right.SEE_LEADS)):
        return []
    ended = leads_for(user).filter(state="closed", result="transfer", area__in=user.scope(Right.KEEP_TRANSFERS).areas)
    found = list(ended.order_by("opened")[:500])
    abouts = [f"leads.lead:{lead.pk}" for lead in found]
    held = set(Transfer.objects.filter(about__in=abouts).values_list("about", flat=True))
    return [lead for lead in found if f"leads.lead:{lead.pk}" not in held][:limit]


def page_of_source(user: User, transfer: Transfer) -> tuple[str, str] | None:
    """(words, address) of the record that it was made from, for whoever may see such records."""
    kind, _, key = transfer.about.partition(":")
    if kind != "leads.lead" or not user.may(Right.SEE_LEADS):
        return None
    return "查看线索", reverse("leads:detail", args=[key])
