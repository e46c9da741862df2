"""The guarded door to attachments."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from yijian.web.accounts.queries import User
from yijian.web.attachments import store
from yijian.web.attachments.doors import may_see
from yijian.web.attachments.models import Attachment

__all__ = ["Attachment", "attachment_for", "attachments_of", "attachments_of_all", "hashes", "pages_of"]


def attachment_for(user: User, attachment_id: int) -> Attachment:
    """One attachment. Http404 if there is none, or it belongs to a record that the user may not see."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None or not may_see(user, found.about):
        raise Http404("没有这份附件，或不在您的管辖范围内。")
    return found


def attachments_of(about: str) -> "QuerySet[Attachment]":
    """Attachments of a record, in order. Whoever has the record may see them."""
    return Attachment.objects.filter(about=about).select_related("by").order_by("at", "pk")


def attachments_of_all(abouts: Sequence[str]) -> "dict[str, list[Attachment]]":
    """Record → its attachments in order, of several records; those without any are left out. As guarded as `attachments_of`."""
    found: dict[str, list[Attachment]] = {}
    for one in Attachment.objects.filter(about__in=abouts).select_related("by").order_by("at", "pk") if abouts else ():
        found.setdefault(one.about, []).append(one)
    return found


def pages_of(one: Attachment) -> int | None:
    """How many pages it has on paper: of a PDF, of a picture; None where that depends on who prints it, or it cannot be read."""
    if one.kind in ("jpg", "png"):
        return 1
    if one.kind != "pdf":
        return None
    try:
        return len(PdfReader(BytesIO(store.read(settings.HOME, one.sha256))).pages) or None
    except PyPdfError:
        return None


def hashes() -> Iterable[str]:
    """The hashes of all attachments: for the sweeping of the store."""
    return Attachment.objects.values_list("sha256", flat=True).iterator()
