"""What waits for one person by name here: inspections in whose team somebody is."""

from datetime import datetime

from yijian.web.accounts.queries import User
from yijian.web.inspections.handing import passed_on, teams_of

TITLE = "检查"


def held_by(user: User) -> list[str]:
    """Inspections that are not ended in whose team he is, oldest first. By their number: administrators read it."""
    return [member.inspection.number for member in teams_of(user)]


def pass_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None:
    """A colleague of the register takes his place; with nobody the team is one fewer."""
    passed_on(user, to, when=when)
