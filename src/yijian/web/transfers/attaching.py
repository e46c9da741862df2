"""Who may see files and papers of a transfer (see `attachments.doors`)."""

from yijian.web.accounts.queries import Right, User
from yijian.web.transfers.models import Transfer
from yijian.web.transfers.queries import transfers_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Both sides see the `transfer`; what is written for our own head (`inner`) or those above (`statement`), our offices."""
    if kind == "statement":
        return user.may(Right.SEE_TRANSFERS) and user.scope(Right.SEE_TRANSFERS).covers(area=key.partition("-")[0])
    if kind not in ("transfer", "inner") or not key.isdecimal():
        return False
    if kind == "inner" and not user.may(Right.SEE_TRANSFERS):
        return False
    return transfers_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The division of our office."""
    if kind == "statement":
        return key.partition("-")[0]
    known = kind in ("transfer", "inner") and key.isdecimal()
    found = Transfer.objects.filter(pk=int(key)).first() if known else None
    return found.area if found else ""
