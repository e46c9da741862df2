"""Who may see what is attached to a measure (see `attachments.doors`)."""

from yijian.web.accounts.queries import User
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.agreements.queries import may_read, measures_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the measure."""
    return kind == "agreementmeasure" and key.isdecimal() and may_read(user) and measures_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The measure's division."""
    found = AgreementMeasure.objects.filter(pk=int(key)).first() if kind == "agreementmeasure" and key.isdecimal() else None
    return found.area if found else ""
