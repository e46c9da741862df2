"""Who may see files and papers of this app's records (see `attachments.doors`)."""

from yijian.web.accounts.queries import Right, User
from yijian.web.joint.models import SpotItem
from yijian.web.joint.queries import items_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the record sees its files."""
    if not key.isdecimal():
        return False
    match kind:
        case "item":
            return user.may(Right.SEE_JOINT) and items_for(user).filter(pk=int(key)).exists()
        case _:
            return False


def area_of(kind: str, key: str) -> str:
    """The division of the office whose record it is."""
    if not key.isdecimal():
        return ""
    match kind:
        case "item":
            item = SpotItem.objects.filter(pk=int(key)).select_related("transfer").first()
            return item.transfer.area if item else ""
        case _:
            return ""
