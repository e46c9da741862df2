"""The guarded door to reviews: the desk sees those of its divisions, an institution its own once they were sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from yijian.web.accounts.queries import Right, User, need
from yijian.web.findings.queries import Finding, findings_for, groups_for
from yijian.web.findings.rulebook import rules_about
from yijian.web.frame.narrowing import Narrowing
from yijian.web.reviews.models import Notice, Review, ReviewLine, Sample
from yijian.web.reviews.steps import STEPS, TO_INSTITUTION, WORDS, State

__all__ = ["Finding", "Review", "State", "may_step", "notice_for", "review_for", "reviews_for", "samples_for", "tallies"]

ZERO = Decimal(0)


@dataclass(frozen=True)
class Filters(Narrowing):
    """What a list of reviews is narrowed to; it stands in the address."""

    state: str = ""
    institution: str = ""
    source: str = ""
    text: str = ""

    def words(self, institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", WORDS.get(self.state, "")),
            ("机构", institutions.get(self.institution, self.institution)),
            ("来源", str(dict(Review.Source.choices).get(self.source, ""))),
            ("编号", self.text),
        ]
        return [(title, value) for title, value in said if value]

    def condition(self) -> Q:
        """The same as a condition on reviews."""
        q = Q()
        if self.state in WORDS:
            q &= Q(state=self.state)
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.source in Review.Source.values:
            q &= Q(source=self.source)
        if self.text:
            # The letter is looked up first: with another table in it, the whole could not be read from indexes.
            letters = Notice.objects.filter(number=self.text).values_list("pk", flat=True)
            one = Q(setl_id=self.text) | Q(mdtrt_id=self.text) | Q(notice__in=list(letters))
            q &= one | Q(pk=int(self.text)) if self.text.isdecimal() and len(self.text) < 10 else one
        return q


def reviews_for(user: User, filters: Filters | None = None) -> "QuerySet[Review]":
    """Reviews that the user may see, narrowed."""
    # Not joined: databases would rather read all reviews institution by institution, and then sort them.
    found = Review.objects.filter(_seen(user)).prefetch_related("institution", "notice")
    return found.filter(filters.condition()) if filters else found


def _seen(user: User) -> Q:
    if user.may(Right.SEE_REVIEWS):
        return user.scope(Right.SEE_REVIEWS).condition()
    if user.may(Right.ANSWER):
        return user.scope(Right.ANSWER).condition() & Q(state__in=TO_INSTITUTION)
    raise PermissionDenied


def person_of_review(review_id: int) -> str:
    """The number of the person whose bill it is, or ''. For apps above, which guard their own record."""
    return Review.objects.filter(pk=review_id).values_list("psn_no", flat=True).first() or ""


def review_for(user: User, review_id: int) -> Review:
    """One review. Http404 if there is none, or none that the user may see."""
    found = reviews_for(user).select_related("institution", "notice", "sample", "first_by").filter(pk=review_id).first()
    if found is None:
        raise Http404(f"没有审核单 {review_id}，或不在您的管辖范围内。")
    return found


def lines_of(review: Review) -> "QuerySet[ReviewLine]":
    """What is in doubt on it, most money first: numbered from 1 in this order. Whoever has the review may see it."""
    return review.lines.select_related("finding").order_by("-amount", "pk")  # type: ignore[attr-defined]


def notice_for(user: User, notice_id: int) -> Notice:
    """One letter that was sent. Http404 if there is none that the user may see."""
    if user.may(Right.SEE_REVIEWS):
        inside = user.scope(Right.SEE_REVIEWS).condition()
    else:
        need(user, Right.ANSWER)
        inside = user.scope(Right.ANSWER).condition()
    found = Notice.objects.filter(inside, pk=notice_id).select_related("institution", "by").first()
    if found is None:
        raise Http404(f"没有告知书 {notice_id}，或不在您的管辖范围内。")
    return found


def tallies(user: User) -> list[dict[str, Any]]:
    """state, word, n, yuan of the reviews that the user may see, in the order of the states."""
    rows = reviews_for(user).order_by().values("state")
    sums = {row["state"]: row for row in rows.annotate(n=Count("pk"), yuan=Coalesce(Sum("amount"), ZERO))}
    return [{"state": s, "word": WORDS[s], "n": sums[s]["n"], "yuan": sums[s]["yuan"]} for s in WORDS if s in sums]


def may_step(user: User, review: Review) -> list[str]:
    """Words of the steps that the user may take now, duties apart included."""
    allowed = [word for word, step in STEPS.items() if review.state in step.frm and user.may(step.right)]
    return [word for word in allowed if not (word in ("decide", "pass", "object") and second_by_first(user, review))]


def second_by_first(user: User, review: Review) -> bool:
    """Whether this would be a second review by whoever did the first, as its reviewer or by screening one of its findings."""
    if review.first_by_id == user.pk:  # type: ignore[attr-defined]
        return True
    return Finding.objects.filter(
        review_lines__review=review, screened__screening__by=user, screened__screening__undone_at=None
    ).exists()


def to_open(user: User, group_ids: "list[str] | None" = None) -> "QuerySet[Finding]":
    """Confirmed findings about an institution that are on no review, of these groups or of all.

    What the agency did wrong is no matter of its institutions: such findings are left to internal audit.
    """
    need(user, Right.REVIEW)
    found = findings_for(user).filter(state=Finding.State.CONFIRMED).exclude(institution=None)
    found = found.exclude(rule__in=rules_about("agency"))
    return found if group_ids is None else found.filter(group_id__in=group_ids)


def count_to_open(user: User) -> int:
    """How many findings `to_open` has, as their groups say."""
    need(user, Right.REVIEW)
    groups = groups_for(user).filter(n_confirmed__gt=0).exclude(institution=None).exclude(rule__in=rules_about("agency"))
    return groups.aggregate(n=Coalesce(Sum("n_confirmed"), 0))["n"]


def samples_for(user: User) -> "QuerySet[Sample]":
    """Draws of the user's divisions, newest first."""
    need(user, Right.SEE_REVIEWS)
    return Sample.objects.filter(user.scope(Right.SEE_REVIEWS).condition()).select_related("by").order_by("-at")


def overdue(today: date) -> "QuerySet[Review]":
    """Reviews whose institution did not answer in time."""
    return Review.objects.filter(state=State.SENT, notice__due__lt=today)
