"""Who may see the papers and files of an inspection (see `attachments.doors`).

Of the inspection itself (`inspection`: notices, orders, reports on mending): whoever sees it, the subject included. The dossier
with files of the look back, records, evidence and signatures: the inspecting side alone, to which no one of the inspected agency
belongs.
"""

from uuid import UUID

from yijian.web.accounts.queries import User
from yijian.web.inspections.models import Inspection, InspectionEvidence, SiteRecord, SiteSignature
from yijian.web.inspections.queries import inner, inspections_for, may_read


def may_see(user: User, kind: str, key: str) -> bool:
    """As said above."""
    one = _inspection(kind, key)
    if one is None or not may_read(user):
        return False
    found = inspections_for(user).filter(pk=one).first()
    return found is not None and (kind == "inspection" or inner(user, found))


def area_of(kind: str, key: str) -> str:
    """The inspection's division."""
    found = Inspection.objects.filter(pk=_inspection(kind, key) or 0).first()
    return found.area if found else ""


def _inspection(kind: str, key: str) -> int | None:
    """The key of the inspection that something is of."""
    if kind == "evidence":
        try:
            return InspectionEvidence.objects.filter(pk=UUID(key)).values_list("inspection_id", flat=True).first()
        except ValueError:
            return None
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    match kind:
        case "inspection" | "dossier":
            return int(key)
        case "record":
            return SiteRecord.objects.filter(pk=int(key)).values_list("inspection_id", flat=True).first()
        case "signature":
            return SiteSignature.objects.filter(pk=int(key)).values_list("record__inspection_id", flat=True).first()
        case _:
            return None
