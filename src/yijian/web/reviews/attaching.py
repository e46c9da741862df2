"""Who may see what is attached to a review (see `attachments.doors`)."""

from yijian.web.accounts.queries import User
from yijian.web.reviews.models import Review
from yijian.web.reviews.queries import reviews_for


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the review."""
    return kind == "review" and key.isdecimal() and reviews_for(user).filter(pk=int(key)).exists()


def area_of(kind: str, key: str) -> str:
    """The review's division."""
    found = Review.objects.filter(pk=int(key)).first() if kind == "review" and key.isdecimal() else None
    return found.area if found else ""
