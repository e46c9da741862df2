"""What waits for one person by name here: groups of findings that were given to him to screen."""

from django.urls import reverse

from yijian.web.accounts.handing_over import Held
from yijian.web.accounts.queries import User
from yijian.web.findings.actions import pass_groups_on
from yijian.web.findings.queries import groups_given_to

TITLE = "疑点组"


def held_by(user: User) -> list[Held]:
    """Groups with findings still to be screened, most money first."""
    return [
        Held(
            f"{one.rule_short}，{one.institution.name if one.institution else '未涉及机构'}，"
            f"待筛查 {one.n_new:,} 个、{one.yuan_new:,.2f} 元",
            reverse("findings:group", args=[one.pk]),
        )
        for one in groups_given_to(user)
    ]


def pass_on(user: User, to: User | None) -> None:
    """Give them to a colleague who may screen them, or to nobody."""
    pass_groups_on(user, to)
