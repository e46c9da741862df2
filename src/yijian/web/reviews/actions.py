"""Every write on the way of a review: send, accept, appeal, lapse, decide, pass, object, withdraw. Opening: `opening.py`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User, need, people_of_institution
from yijian.web.attachments.actions import attach
from yijian.web.audit_log.actions import record
from yijian.web.clocks import actions as clocks
from yijian.web.findings.actions import give_back
from yijian.web.frame.given import CENT, yuan_given
from yijian.web.frame.states import move
from yijian.web.parameters.actions import next_number
from yijian.web.parameters.queries import due
from yijian.web.recoveries.actions import Stage, set_stage
from yijian.web.reviews import letters
from yijian.web.reviews.acts import Act
from yijian.web.reviews.booking import things_of
from yijian.web.reviews.models import Appeal, Decision, Notice, Review, ReviewChange, ReviewLine
from yijian.web.reviews.queries import lines_of, overdue, review_for, reviews_for, second_by_first
from yijian.web.reviews.steps import STEPS, WORDS, State

ZERO = Decimal(0)
LEAST_TEXT = 10
"""Characters that a reason for an appeal must have: a sentence."""
LONGEST_NOTE = 500

Outcome = Decision.Outcome
WITH_MONEY = (Outcome.RECOVER.value, Outcome.DEDUCT.value)


def _about(review: Review) -> str:
    return f"reviews.review:{review.pk}"


def _link(review: Review) -> str:
    return reverse("reviews:detail", args=[review.pk])


def _step(review: Review, word: str, *, who: User | None, when: datetime, reason: str = "") -> None:
    if who is not None:
        need(who, Right(STEPS[word].right))
    move(review, STEPS[word], ReviewChange, who=who, when=when, reason=reason, words=WORDS)


def _book(reviews: Iterable[Review], stage: Stage, *, who: User, when: datetime) -> None:
    """Set the lines of reviews to what they come to at a stage of the ledger."""
    set_stage(things_of(reviews, stage), stage, who=who, when=when)


def _log(act: Act, review: Review, old: str, *, who: User, when: datetime, where: str | None, purpose: str = "") -> None:
    changes = {"状态": (WORDS.get(old, ""), WORDS[review.state])}
    record(
        act,
        who=who,
        when=when,
        where=where,
        kind="审核单",
        about=str(review.pk),
        purpose=purpose,
        area=review.area,
        changes=changes,
    )


@transaction.atomic
def send(review_ids: Collection[int], *, who: User, when: datetime, where: str | None) -> list[Notice]:
    """Send reviews to their institutions, one letter each with all of its reviews; the time for an appeal begins.

    ValidationError where one was sent already or there is none.
    """
    need(who, Right.REVIEW)
    chosen = list(reviews_for(who).filter(pk__in=list(review_ids)).select_for_update(of=("self",)).order_by("pk"))
    if not chosen:
        raise ValidationError("没有选中任何审核单")
    by_place: dict[str, list[Review]] = defaultdict(list)
    for review in chosen:
        by_place[review.institution_id].append(review)  # type: ignore[attr-defined]
    notices = [_send_to(some, who, when) for _, some in sorted(by_place.items())]
    for notice in notices:  # after all other locks: writers of the log wait for one another
        purpose = f"{notice.reviews_count} 张审核单、{notice.amount} 元"
        record(Act.SEND, who=who, when=when, where=where, kind="告知书", about=notice.number, purpose=purpose, area=notice.area)
    return notices


def _send_to(reviews: list[Review], who: User, when: datetime) -> Notice:
    place, area, today = reviews[0].institution, reviews[0].area, timezone.localdate(when)
    number = next_number("告知书", area, today.year)
    notice = Notice.objects.create(
        number=f"医保审告〔{today.year}〕{area}-{number}号",
        institution=place,
        area=area,
        at=when,
        due=due("appeal_period", area, today),
        by=who,
        reviews_count=len(reviews),
        amount=sum((r.amount for r in reviews), ZERO),
    )
    for review in reviews:
        _step(review, "send", who=who, when=when)
        review.notice = notice
        review.save(update_fields=["notice"])
        clocks.start(
            "appeal_period",
            _about(review),
            title=f"答复审核疑点：审核单 {review.pk}，{review.amount:,.2f} 元",
            link=_link(review),
            area=area,
            institution=place.pk,
            right=Right.ANSWER,
            begun=today,
        )
    _book(reviews, Stage.NOTIFIED, who=who, when=when)
    letters.keep(notice, who.organisation.name)
    people = people_of_institution(place.pk)
    text = f"收到 {notice.number}：{len(reviews)} 张审核单、{notice.amount:,.2f} 元，请于 {notice.due} 前答复"
    clocks.tell(people, text, link=reverse("reviews:list"), when=when)
    return notice


@transaction.atomic
def accept(review_id: int, *, who: User, when: datetime, where: str | None) -> Review:
    """The institution agrees to all: what is in doubt may be determined at once."""
    review = review_for(who, review_id)
    _step(review, "accept", who=who, when=when)
    review.lines.update(answer=ReviewLine.Answer.ADMITTED)  # type: ignore[attr-defined]
    _book([review], Stage.ADMITTED, who=who, when=when)
    clocks.stop(_about(review), when=when)
    _ask_for_decision(review, "机构已认可", when)
    _log(Act.ACCEPT, review, State.SENT, who=who, when=when, where=where)
    return review


@transaction.atomic
def appeal(
    review_id: int,
    answers: Mapping[int, str | None],
    *,
    text: str = "",
    files: "Sequence[UploadedFile[bytes]]" = (),
    who: User,
    when: datetime,
    where: str | None,
) -> Appeal:
    """The institution contests lines, with papers. answers: each line → why it is contested, None = it is admitted.

    ValidationError after the last day, without an answer to each line, without a contested one or its reason, for a wrong file.
    """
    review = review_for(who, review_id)
    lines = _answered(review, answers)
    if review.notice and timezone.localdate(when) > review.notice.due:
        raise ValidationError(f"申诉期已于 {review.notice.due} 届满，不能再提交申诉；如有正当理由请联系经办机构")
    _step(review, "appeal", who=who, when=when)
    ReviewLine.objects.bulk_update(lines, ["answer", "objection"])
    _book([review], Stage.ADMITTED, who=who, when=when)
    filed = Appeal.objects.create(review=review, text=text.strip(), by=who, at=when)
    clocks.stop(_about(review), when=when)
    _ask_for_decision(review, "复核申诉", when)
    attach(_about(review), files, who=who, when=when, where=where)
    contested = sum(line.answer == ReviewLine.Answer.CONTESTED for line in lines)
    purpose = f"申诉 {contested} 条，认可 {len(lines) - contested} 条"
    _log(Act.APPEAL, review, State.SENT, who=who, when=when, where=where, purpose=purpose)
    return filed


def _answered(review: Review, answers: Mapping[int, str | None]) -> list[ReviewLine]:
    """The lines of a review with what the institution says to each; nothing is saved."""
    lines = list(lines_of(review))
    for number, line in enumerate(lines, 1):
        if line.pk not in answers:
            raise ValidationError(f"第 {number} 条还没有答复：请选择“认可”或“申诉”")
        why = answers[line.pk]
        line.objection = (why or "").strip()
        line.answer = ReviewLine.Answer.ADMITTED if why is None else ReviewLine.Answer.CONTESTED
        if why is not None and len(line.objection) < LEAST_TEXT:
            raise ValidationError(f"第 {number} 条请写明申诉理由，至少 {LEAST_TEXT} 个字")
    if all(line.answer == ReviewLine.Answer.ADMITTED for line in lines):
        raise ValidationError("没有一条是申诉的；全部认可请点“认可全部问题”")
    return lines


@transaction.atomic
def lapse(*, who: User, when: datetime, where: str | None) -> int:
    """Note all reviews of the reviewer's divisions whose time for an answer has passed; how many."""
    need(who, Right.REVIEW)
    late = list(reviews_for(who).filter(pk__in=overdue(timezone.localdate(when)).values("pk")))
    for review in late:
        _step(review, "lapse", who=who, when=when)
        clocks.stop(_about(review), when=when)
        _ask_for_decision(review, "逾期未答复，请认定", when)
    for review in late:
        _log(Act.LAPSE, review, State.SENT, who=who, when=when, where=where)
    return len(late)


def _ask_for_decision(review: Review, words: str, when: datetime) -> None:
    clocks.start(
        "appeal_decision_period",
        _about(review),
        title=f"{words}：审核单 {review.pk}，{review.institution.name}，{review.amount:,.2f} 元",
        link=_link(review),
        area=review.area,
        right=Right.REVIEW,
        begun=timezone.localdate(when),
    )


@transaction.atomic
def decide(
    review_id: int,
    outcome: str,
    amounts: Mapping[int, str],
    *,
    notes: Mapping[int, str] | None = None,
    reason: str,
    who: User,
    when: datetime,
    where: str | None,
) -> Decision:
    """Determine a review, line by line. amounts: line → yuan, a line that is not named counts whole; notes: line → why.

    ValidationError for whoever did its first review, for an amount above what is in doubt, for an outcome without money.
    """
    review = review_for(who, review_id)
    _other_person(who, review)
    if outcome not in Outcome.values:
        raise ValidationError("请选择处理方式：追回基金、拒付扣款、撤销疑点或转立案线索")
    lines = list(lines_of(review))
    for number, line in enumerate(lines, 1):
        line.determined = ZERO if outcome == Outcome.WITHDRAW.value else _yuan(amounts.get(line.pk), line, number)
        line.note = (notes or {}).get(line.pk, "").strip()[:LONGEST_NOTE]
    total = sum((line.determined or ZERO for line in lines), ZERO)
    if outcome in WITH_MONEY and not total:
        raise ValidationError("认定金额为 0，请改选“撤销疑点”")
    ReviewLine.objects.bulk_update(lines, ["determined", "note"])
    old = review.state
    _step(review, "decide", who=who, when=when, reason=reason)
    review.determined = total
    review.save(update_fields=["determined"])
    if outcome in WITH_MONEY:
        _book([review], Stage.CONFIRMED, who=who, when=when)
    decision = Decision.objects.create(review=review, outcome=outcome, reason=reason.strip(), by=who, at=when)
    clocks.stop(_about(review), when=when)
    text = f"审核单 {review.pk} 已认定：{Outcome(outcome).label}，{total:,.2f} 元"
    clocks.tell(people_of_institution(review.institution.pk), text, link=_link(review), when=when)
    _log(Act.DECIDE, review, old, who=who, when=when, where=where, purpose=f"{outcome} {total} 元：{reason.strip()}")
    return decision


def _yuan(given: str | None, line: ReviewLine, number: int) -> Decimal:
    if given is None:
        return line.at_stake
    if not given.strip():
        raise ValidationError(f"第 {number} 条没有写认定金额：不认定这一条请写 0")
    try:
        return yuan_given(given, least=ZERO, most=line.at_stake)
    except ValidationError as mistake:
        raise ValidationError(f"第 {number} 条：{mistake.messages[0]}") from mistake


def _other_person(who: User, review: Review) -> None:
    if second_by_first(who, review):
        raise ValidationError("初审与复审须由不同人员办理：您参与过这张单据的筛查或初审，请由其他审核人员认定")


@transaction.atomic
def pass_sample(review_id: int, *, who: User, when: datetime, where: str | None) -> Review:
    """A drawn bill was looked at and nothing is wrong."""
    review = review_for(who, review_id)
    _other_person(who, review)
    _step(review, "pass", who=who, when=when)
    review.first_by = who
    review.save(update_fields=["first_by"])
    _log(Act.PASS, review, State.SAMPLED, who=who, when=when, where=where)
    return review


@transaction.atomic
def object_sample(review_id: int, yuan: str, *, reason: str, who: User, when: datetime, where: str | None) -> Review:
    """A drawn bill was looked at and something is wrong: it goes to the institution, and somebody else determines it."""
    review = review_for(who, review_id)
    _other_person(who, review)
    held = review.lines.aggregate(yuan=Sum("counted"))["yuan"] or ZERO  # type: ignore[attr-defined]
    most = None if review.fees is None else review.fees - held
    amount = yuan_given(yuan, least=CENT, most=most)
    _step(review, "object", who=who, when=when, reason=reason)
    ReviewLine.objects.create(review=review, what=reason.strip(), amount=amount, counted=amount)
    review.amount, review.first_by = held + amount, who
    review.save(update_fields=["amount", "first_by"])
    _book([review], Stage.IDENTIFIED, who=who, when=when)
    _log(Act.OBJECT, review, State.SAMPLED, who=who, when=when, where=where, purpose=reason.strip())
    return review


@transaction.atomic
def withdraw(review_id: int, *, reason: str, who: User, when: datetime, where: str | None) -> Review:
    """Take a review back before it was sent; its findings are confirmed and may be put on another."""
    review = review_for(who, review_id)
    _step(review, "withdraw", who=who, when=when, reason=reason)
    _book([review], Stage.IDENTIFIED, who=who, when=when)
    give_back([line.finding_id for line in review.lines.all() if line.finding_id])  # type: ignore[attr-defined]
    _log(Act.WITHDRAW, review, State.DRAFTED, who=who, when=when, where=where, purpose=reason.strip())
    return review
