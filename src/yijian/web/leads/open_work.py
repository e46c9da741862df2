"""What waits for one person by name here: leads that he verifies."""

from datetime import datetime

from yijian.web.accounts.queries import User
from yijian.web.leads.actions import pass_leads_on
from yijian.web.leads.queries import leads_of_officer

TITLE = "线索"


def held_by(user: User) -> list[str]:
    """Leads without a result that he verifies, oldest first. By their number: administrators read it."""
    return [lead.number for lead in leads_of_officer(user)]


def pass_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None:
    """Give them to another officer of the office, or back to be assigned."""
    pass_leads_on(user, to, who=who, when=when)
