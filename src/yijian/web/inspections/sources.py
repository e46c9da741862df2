"""What the form of a new inspection offers: subjects, draws, people of the register."""

from datetime import date
from typing import Any

from yijian.web.accounts.queries import Right, User, agencies_in
from yijian.web.campaigns.queries import running_campaigns
from yijian.web.draws.queries import Draw, drawn_from, drawn_from_any, draws_for
from yijian.web.inspections.kinds import SUBJECTS, fitting, kinds
from yijian.web.inspections.planning import may_be_sent
from yijian.web.institutions.queries import Names, all_institutions

MOST_DRAWS = 30


def choices(user: User, area: str, draw: Draw | None, today: date) -> dict[str, Any]:
    """What may be chosen: of a draw its drawn institutions alone, else those of the user's divisions."""
    return {
        "kinds": kinds().values(),
        "subjects": SUBJECTS,
        "lists": {title: fitting(word) for word, title in SUBJECTS.items()},
        "institutions": subjects(user, draw),
        "agencies": agencies_in(area),
        "draws": drawn(user, "institutions"),
        "campaigns": [{"about": f"campaigns.campaign:{one.pk}", "title": one.title} for one in running_campaigns(area)],
        "people": may_be_sent(area, "flight", today),
        "drawn_people": drawn_from_any(drawn(user, "inspectors")),
    }


def subjects(user: User, draw: Draw | None) -> Names:
    """Institutions that the user may have inspected, by name."""
    inside = user.scope(Right.KEEP_INSPECTIONS).condition(institution="pk")
    found = all_institutions().filter(inside)
    return Names(found.filter(pk__in=drawn_from(draw)) if draw else found)


def drawn(user: User, kind: str) -> "list[Draw]":
    """Draws of this kind that have a result, newest first."""
    if not user.may(Right.SEE_DRAWS):
        return []
    return list(draws_for(user).filter(state="drawn", kind=kind).order_by("-drawn_at")[:MOST_DRAWS])
