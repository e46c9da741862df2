"""Who may see the papers of an extrapolation (see `attachments.doors`)."""

from yijian.web.accounts.queries import Right, User
from yijian.web.extrapolation.models import Extrapolation
from yijian.web.extrapolation.queries import extrapolations_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the extrapolation."""
    known = kind == "extrapolation" and key.isdecimal() and user.may(Right.SEE_EXTRAPOLATIONS)
    return known and extrapolations_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The extrapolation's division."""
    found = Extrapolation.objects.filter(pk=int(key)).first() if kind == "extrapolation" and key.isdecimal() else None
    return found.area if found else ""
