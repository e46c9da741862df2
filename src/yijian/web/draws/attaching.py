"""Who may see the papers of a draw (see `attachments.doors`)."""

from yijian.web.accounts.queries import User
from yijian.web.draws.models import Draw
from yijian.web.draws.queries import draws_for, may_read


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the draw."""
    return kind == "draw" and key.isdecimal() and may_read(user) and draws_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The draw's division."""
    found = Draw.objects.filter(pk=int(key)).first() if kind == "draw" and key.isdecimal() else None
    return found.area if found else ""
