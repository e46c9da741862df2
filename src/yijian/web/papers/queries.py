"""The guarded door to documents: whoever sees the record sees its papers."""

from django.db.models import QuerySet
from django.http import Http404

from yijian.web.accounts.queries import User
from yijian.web.attachments.doors import may_see
from yijian.web.papers.models import Paper

__all__ = ["Paper", "newest", "paper_for", "papers_of"]


def papers_of(about: str) -> "QuerySet[Paper]":
    """All versions of the papers of a record, in order. Whoever has the record may see them."""
    return Paper.objects.filter(about=about).select_related("by").order_by("at", "pk")


def newest(about: str, kind: str) -> Paper | None:
    """The newest version of a kind about a record, or None."""
    return Paper.objects.filter(about=about, kind=kind).order_by("-version").first()


def paper_for(user: User, paper_id: int) -> Paper:
    """One paper. Http404 if there is none, or it is about a record that the user may not see."""
    found = Paper.objects.filter(pk=paper_id).first()
    if found is None or not may_see(user, found.about):
        raise Http404("没有这份文书，或不在您的管辖范围内。")
    return found
