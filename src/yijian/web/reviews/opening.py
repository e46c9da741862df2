"""Opening reviews: confirmed findings become bills under review, and stays are drawn for second review."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yijian.vocabulary.divisions import common
from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import Right, User, need, within
from yijian.web.audit_log.actions import record
from yijian.web.findings.actions import hand_over
from yijian.web.findings.queries import Finding
from yijian.web.institutions.queries import Institution, institutions_by_code
from yijian.web.parameters.queries import value_of
from yijian.web.recoveries.actions import Stage, set_stage
from yijian.web.reviews.acts import Act
from yijian.web.reviews.booking import things_of
from yijian.web.reviews.lake import Bill, Stay, bills, row_amounts, stays
from yijian.web.reviews.models import Review, ReviewChange, ReviewLine, Sample
from yijian.web.reviews.queries import to_open
from yijian.web.reviews.resolving import Doubt, resolve
from yijian.web.reviews.sampling import draw
from yijian.web.reviews.steps import State

ZERO = Decimal(0)
AT_ONCE = 500


@transaction.atomic
def open_reviews(group_ids: list[str] | None, *, home: Home, who: User, when: datetime, where: str | None) -> int:
    """Put confirmed findings (of these groups, or all) on reviews, one for each bill; how many reviews were opened or grew.

    A bill whose review was not sent yet takes further findings; after that they open another review of it, in which no yuan
    counts that the earlier one counted. ValidationError where there is nothing to review.
    """
    found = list(to_open(who, group_ids).select_for_update(of=("self",)))
    if not found:
        raise ValidationError("没有可以建单的疑点：请先在“筛查”里把疑点定为属实")
    by_bill: dict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_bill[f"setl:{finding.setl_id}" if finding.setl_id else f"finding:{finding.pk}"].append(finding)
    held = _held(by_bill)
    known = bills(home, (f.setl_id for f in found if f.setl_id))
    everything = (
        (f for some in by_bill.values() for f in some),
        (x.finding for some in held.values() for x in some.lines if x.finding),
    )
    amounts = row_amounts(home, (row for findings in everything for f in findings for row in f.evidence_ids))
    made = [_bill_under_review(key, some, held[key], known.get(some[0].setl_id), amounts, when) for key, some in by_bill.items()]
    fresh = [one.review for one in made if one.review.pk is None]
    Review.objects.bulk_create(fresh, batch_size=AT_ONCE)
    ReviewChange.objects.bulk_create(_opened(fresh, who, when), batch_size=AT_ONCE)
    Review.objects.bulk_update([one.review for one in made], ["amount"], batch_size=AT_ONCE)
    ReviewLine.objects.bulk_update([line for one in made for line in one.lines if line.pk], ["counted"], batch_size=AT_ONCE)
    ReviewLine.objects.bulk_create([line for one in made for line in one.lines if line.pk is None], batch_size=AT_ONCE)
    set_stage(things_of([one.review for one in made], Stage.IDENTIFIED), Stage.IDENTIFIED, who=who, when=when)
    hand_over([finding.pk for finding in found])
    about, purpose, area = f"{len(made)} 张", f"{len(found)} 个疑点", common({finding.area for finding in found})
    record(Act.OPEN, who=who, when=when, where=where, kind="审核单", about=about, purpose=purpose, area=area)
    return len(made)


@dataclass
class _Held:
    """What is under review of a bill already: how many reviews, the one that was not sent yet, all lines that count."""

    reviews: int = 0
    drafted: Review | None = None
    lines: list[ReviewLine] = field(default_factory=list[ReviewLine])


@dataclass
class _Made:
    """A review with all its lines."""

    review: Review
    lines: list[ReviewLine]


def _held(by_bill: Iterable[str]) -> dict[str, _Held]:
    held: dict[str, _Held] = defaultdict(_Held)
    settlements = [key.removeprefix("setl:") for key in by_bill if key.startswith("setl:")]
    for start in range(0, len(settlements), AT_ONCE):
        some = Review.objects.select_for_update().filter(setl_id__in=settlements[start : start + AT_ONCE])
        for review in some:
            one = held[f"setl:{review.setl_id}"]
            one.reviews += 1
            if review.state == State.DRAFTED:
                one.drafted = review
        for line in (
            ReviewLine.objects.filter(review__in=some).exclude(review__state=State.WITHDRAWN).select_related("finding", "review")
        ):
            held[f"setl:{line.review.setl_id}"].lines.append(line)
    return held


def _bill_under_review(
    key: str, fresh: list[Finding], held: _Held, bill: Bill | None, amounts: Mapping[str, Decimal], when: datetime
) -> _Made:
    """The review that takes these findings, with its lines; nothing is saved yet."""
    review = held.drafted or _review(f"{key}#{held.reviews + 1}" if held.reviews else key, fresh[0], bill, when)
    own = [line for line in held.lines if held.drafted is not None and line.review.pk == held.drafted.pk]
    others = [line for line in held.lines if line not in own]
    added = [ReviewLine(review=review, finding=f, what=f.explanation, amount=f.amount or ZERO) for f in fresh]
    lines = [*own, *added]
    doubts = [_doubt(f"b{n}", line, before=True) for n, line in enumerate(others)]
    doubts += [_doubt(f"n{n}", line, before=False) for n, line in enumerate(lines)]
    counted = resolve(doubts, amounts, review.fees)
    for n, line in enumerate(lines):
        line.counted = counted[f"n{n}"]
    review.amount = sum((line.counted for line in lines), ZERO)
    return _Made(review, lines)


def _doubt(name: str, line: ReviewLine, *, before: bool) -> Doubt:
    finding = line.finding
    rows = tuple(finding.evidence_ids) if finding else ()
    sure = finding is None or finding.verdict == Finding.Verdict.VIOLATION
    return Doubt(name, line.counted if before else line.amount, rows, sure, before)


def _review(key: str, finding: Finding, bill: Bill | None, when: datetime) -> Review:
    return Review(
        key=key,
        institution_id=finding.institution_id,  # type: ignore[misc]
        area=finding.area,
        source=Review.Source.FINDING,
        setl_id=finding.setl_id,
        mdtrt_id=finding.mdtrt_id,
        psn_no=finding.psn_no if finding.setl_id else "",
        state=State.DRAFTED,
        opened=when,
        **_of_bill(bill, finding.day),
    )


def _of_bill(bill: Bill | None, day: date | None) -> dict[str, object]:
    if bill is None:
        return {"day": day}
    return {
        "day": bill.day or day,
        "inpatient": bill.inpatient,
        "fund_type": bill.fund_type,
        "fees": bill.fees,
        "fund": bill.fund,
    }


def _opened(reviews: Iterable[Review], who: User, when: datetime) -> list[ReviewChange]:
    return [ReviewChange(record=one, step="open", old="", new=one.state, at=when, by=who) for one in reviews]


@transaction.atomic
def draw_sample(
    area: str,
    begin: date,
    end: date,
    *,
    seed: str = "",
    home: Home,
    who: User,
    when: datetime,
    where: str | None,
) -> Sample:
    """Draw the share of inpatient settlements that the division's parameter asks for, for second review.

    seed: '' = drawn now, recorded either way. ValidationError where the time holds no stay. Bills under review count as drawn.
    """
    need(who, Right.REVIEW)
    if not who.scope(Right.REVIEW).covers(area=area):
        raise ValidationError(f"行政区划 {area} 不在您的管辖范围内")
    if end < begin:
        raise ValidationError("结束日期早于开始日期")
    share = value_of("second_review_share", area, timezone.localdate(when)).value
    number, found = stays(home, begin, end)
    places = {code: one for code, one in institutions_by_code().items() if within(area, one.area or area)}
    population: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_id = {stay.setl_id: stay for stay in found if stay.institution in places}
    for stay in by_id.values():
        place = places[stay.institution]
        population[place.area or area, f"{place.kind}{place.level or 0}"].append(stay.setl_id)
    if not population:
        raise ValidationError(f"{begin} 至 {end} 没有可抽的住院结算")
    seed = seed.strip() or secrets.token_hex(16)
    strata = draw(population, seed, share)
    drawn = [by_id[one] for stratum in strata for one in stratum.drawn]
    sample = Sample.objects.create(
        area=area,
        begin=begin,
        end=end,
        seed=seed,
        share=share,
        snapshot=number,
        strata=[[s.area, s.kind, s.size, len(s.drawn)] for s in strata],
        population=len(by_id),
        drawn=len(drawn),
        by=who,
        at=when,
    )
    _put_under_review(sample, drawn, places, who, when)
    purpose = f"抽中 {len(drawn)}/{len(by_id)}，种子 {seed}，比例 {share}，数据批次 {number}"
    record(Act.SAMPLE, who=who, when=when, where=where, kind="抽样", about=str(sample.pk), purpose=purpose, area=area)
    return sample


def _put_under_review(sample: Sample, drawn: Sequence[Stay], places: dict[str, Institution], who: User, when: datetime) -> None:
    keys = {f"setl:{stay.setl_id}": stay for stay in drawn}
    held = set(Review.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    fresh = [
        Review(
            key=key,
            institution=places[stay.institution],
            area=places[stay.institution].area or sample.area,
            source=Review.Source.SAMPLE,
            sample=sample,
            setl_id=stay.setl_id,
            mdtrt_id=stay.mdtrt_id,
            psn_no=stay.psn_no,
            state=State.SAMPLED,
            opened=when,
            **_of_bill(stay.bill, None),
        )
        for key, stay in keys.items()
        if key not in held
    ]
    Review.objects.bulk_create(fresh, batch_size=AT_ONCE)
    ReviewChange.objects.bulk_create(_opened(fresh, who, when), batch_size=AT_ONCE)
