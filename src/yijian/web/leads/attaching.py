"""Who may see what is attached to a lead (see `attachments.doors`)."""

from yijian.web.accounts.queries import User
from yijian.web.leads.models import Lead
from yijian.web.leads.queries import leads_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the lead."""
    return kind == "lead" and key.isdecimal() and leads_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The division that has the lead now."""
    found = Lead.objects.filter(pk=int(key)).first() if kind == "lead" and key.isdecimal() else None
    return found.area if found else ""
