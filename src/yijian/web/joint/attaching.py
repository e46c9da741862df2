"""Who may see files and papers of this app's records (see `attachments.doors`)."""

from yijian.web.accounts.queries import Right, User
from yijian.web.joint.consulting import meetings_for
from yijian.web.joint.models import Consultation, JointPlan, SpotItem
from yijian.web.joint.parties import may_read
from yijian.web.joint.planning import plans_for
from yijian.web.joint.queries import items_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the record sees its files."""
    if not key.isdecimal():
        return False
    match kind:
        case "item":
            return user.may(Right.SEE_JOINT) and items_for(user).filter(pk=int(key)).exists()
        case "plan":
            return may_read(user) and plans_for(user).filter(pk=int(key)).exists()
        case "meeting":
            return may_read(user) and meetings_for(user).filter(pk=int(key)).exists()
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
        case "plan":
            plan = JointPlan.objects.filter(pk=int(key)).first()
            return plan.area if plan else ""
        case "meeting":
            meeting = Consultation.objects.filter(pk=int(key)).first()
            return meeting.area if meeting else ""
        case _:
            return ""
