"""What waits for one person by name here: clocks that run for him."""

from datetime import datetime

from yijian.web.accounts.queries import User
from yijian.web.clocks.actions import pass_clocks_on
from yijian.web.clocks.queries import running_for
from yijian.web.parameters.queries import definitions

TITLE = "期限"


def held_by(user: User) -> list[str]:
    """Clocks that run for this person by name, soonest first. Without their titles: administrators read it."""
    return [f"{definitions()[one.kind].title}，区划 {one.area}，{one.due} 到期" for one in running_for(user)]


def pass_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None:
    """Let them run for somebody else, or for whoever has the right."""
    pass_clocks_on(user, to)
