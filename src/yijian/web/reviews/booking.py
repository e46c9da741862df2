"""What the recovery ledger is told of reviews."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils import timezone

from yijian.web.recoveries.actions import Said, Stage, Thing
from yijian.web.reviews.models import Review, ReviewLine
from yijian.web.reviews.steps import State

OF_SAMPLE = "抽样复审发现"


def things_of(reviews: Iterable[Review], stage: Stage) -> Iterator[Thing]:
    """The lines of reviews with the fund's yuan at a stage; a withdrawn review comes to nothing."""
    by_pk = {review.pk: review for review in reviews}
    for line in ReviewLine.objects.filter(review__in=list(by_pk)).select_related("finding").order_by("pk"):
        line.review = by_pk[line.review_id]  # type: ignore[attr-defined]
        yield _thing(line, stage)


def _thing(line: ReviewLine, stage: Stage) -> Thing:
    review, finding = line.review, line.finding
    return Thing(
        about=f"reviews.line:{line.pk}",
        review=review.pk,
        institution=review.institution_id,  # type: ignore[attr-defined]
        area=review.area,
        rule=finding.rule if finding else "",
        rule_title=finding.rule_short if finding else OF_SAMPLE,
        fund_type=review.fund_type,
        found=timezone.localdate(review.opened),
        yuan=_yuan(line, stage),
        said=_said(line) if stage is Stage.CONFIRMED else None,
    )


def _yuan(line: ReviewLine, stage: Stage) -> Decimal:
    """A line that the institution contests is not admitted; one that was determined comes to what was determined."""
    nothing = Decimal(0)
    if line.review.state == State.WITHDRAWN or (stage is Stage.ADMITTED and line.answer != ReviewLine.Answer.ADMITTED):
        return nothing
    return line.determined or nothing if stage is Stage.CONFIRMED else line.at_stake


def _said(line: ReviewLine) -> Said:
    basis = line.finding.legal_basis if line.finding else ""
    return Said(line.review.setl_id, line.review.day, line.what, basis, line.counted)
