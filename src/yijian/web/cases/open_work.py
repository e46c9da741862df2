"""What waits for one person by name here: cases that he handles."""

from datetime import datetime

from django.core.exceptions import ValidationError

from yijian.web.accounts.queries import User
from yijian.web.cases.queries import cases_of_officer

TITLE = "案件"


def held_by(user: User) -> list[str]:
    """Cases without an end that he handles, oldest first. By their number: administrators read it."""
    return [case.number for case in cases_of_officer(user)]


def pass_on(user: User, to: User | None, *, who: User | None, when: datetime) -> None:
    """Refused while there is any: a head replaces an officer, with the other's certificate, on the page of the case."""
    if held := held_by(user):
        raise ValidationError(
            f"{user.display_name}还在办理案件 {'、'.join(held[:5])}；请负责人先在案件页面更换办案人员", code="successor"
        )
