"""Who may see what is attached to an activity (see `attachments.doors`)."""

from yijian.web.accounts.queries import Right, User
from yijian.web.training.models import Activity
from yijian.web.training.queries import activities_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the activity."""
    known = kind == "activity" and key.isdecimal() and user.may(Right.SEE_TRAINING)
    return known and activities_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The activity's division."""
    found = Activity.objects.filter(pk=int(key)).first() if kind == "activity" and key.isdecimal() else None
    return found.area if found else ""
