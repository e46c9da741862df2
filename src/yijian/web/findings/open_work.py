"""What waits for one person by name here: groups of findings that were given to him to screen."""

from datetime import datetime

from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.findings.actions import pass_groups_on
from yijian.web.findings.queries import groups_given_to

TITLE = "疑点组"


def held_by(user: User) -> list[str]:
    """Groups with findings still to be screened, most money first. Without rule, institution or money: administrators read it."""
    return [
        f"区划 {one.area}，{timezone.localdate(one.batch.finished)} 批次，{one.n_new:,} 个待筛查" for one in groups_given_to(user)
    ]


def pass_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None:
    """Give them to a colleague who may screen them, or to nobody."""
    pass_groups_on(user, to)
