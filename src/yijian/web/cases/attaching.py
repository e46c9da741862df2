"""Who may see what is attached to a case or to its evidence (see `attachments.doors`)."""

from yijian.web.accounts.queries import User
from yijian.web.cases.models import Case
from yijian.web.cases.queries import cases_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the case."""
    return key.isdecimal() and kind in ("case", "evidence") and cases_for(user).filter(**_named(kind, key)).exists()


def area_of(kind: str, key: str) -> str:
    """The division that has the case."""
    found = Case.objects.filter(**_named(kind, key)).first() if key.isdecimal() and kind in ("case", "evidence") else None
    return found.area if found else ""


def _named(kind: str, key: str) -> dict[str, int]:
    return {"pk" if kind == "case" else "evidence": int(key)}
