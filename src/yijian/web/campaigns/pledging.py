"""What a return pledges to pay back, in the recovery ledger: a yuan stands there once.

A row that names reviews (审核单) is booked on their lines: the institution accepts those that wait for its answer, and the row
books nothing itself. Any other row is booked as a thing of its own when the return is accepted.
"""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError

from yijian.web.accounts.queries import User
from yijian.web.campaigns.models import SelfInspection, SelfInspectionRow
from yijian.web.recoveries.actions import Said, Stage, Thing, set_stage
from yijian.web.reviews import actions as reviewing
from yijian.web.reviews.queries import Review, reviews_for

STAGES = (Stage.IDENTIFIED, Stage.NOTIFIED, Stage.ADMITTED, Stage.CONFIRMED)
SENT, APPEALED = "sent", "appealed"


def admit(filed: SelfInspection, *, who: User, when: datetime, where: str | None) -> None:
    """Accept the reviews that the rows name; a part of the institution's delivering.

    ValidationError where one is not the institution's, is appealed, is named twice, or is smaller than what is pledged for it,
    and where one is left out that the return named when it was delivered before.
    """
    seen: set[int] = set()
    waiting: list[int] = []
    for row in filed.rows.order_by("place"):  # type: ignore[attr-defined]
        if not row.reviews:
            continue
        known = {one.pk: one for one in reviews_for(who).filter(pk__in=row.reviews, institution=filed.institution)}
        if missing := [key for key in row.reviews if key not in known]:
            raise ValidationError(f"第 {row.place} 行：没有发给本单位的审核单 {missing[0]}，请核对审核单号")
        if twice := seen & set(row.reviews):
            raise ValidationError(f"第 {row.place} 行：审核单 {min(twice)} 在前面的行已经写过，请只写一次")
        seen |= set(row.reviews)
        if appealed := [key for key, one in known.items() if one.state == APPEALED]:
            raise ValidationError(
                f"第 {row.place} 行：本单位对审核单 {appealed[0]} 提出了申诉，是否退回由申诉复核决定，请去掉这个审核单号"
            )
        most = sum((_most(one) for one in known.values()), Decimal(0))
        if row.refund > most:
            raise ValidationError(
                f"第 {row.place} 行：退回 {row.refund:,.2f} 元，多于审核单的金额 {most:,.2f} 元"
                "（已认定的按认定金额，未认定的按疑点金额），多出的部分请另写一行"
            )
        waiting += [key for key, one in known.items() if one.state == SENT]
    if other := _named_before(filed, seen):
        raise ValidationError(f"审核单 {other} 已经写在另一份自查报告里，请不要重复")
    still_named(filed, seen)
    for key in waiting:
        reviewing.accept(key, who=who, when=when, where=where)
    filed.admitted = sorted(seen)
    filed.save(update_fields=["admitted"])


def still_named(filed: SelfInspection, named: set[int]) -> None:
    """ValidationError where a review is left out that an earlier delivery named: its yuan would be booked once more."""
    if gone := set(filed.admitted) - named:
        raise ValidationError(
            f"上次报送时写了审核单 {min(gone)}，它的金额已经记在审核单上，请在原来的行里保留这个审核单号，不要另记一笔"
        )


def _most(review: Review) -> Decimal:
    """The most that may be pledged for a review: what was determined, before that what is in doubt."""
    return review.amount if review.determined is None else review.determined


def _named_before(filed: SelfInspection, named: set[int]) -> int | None:
    """One of these reviews that another return of the institution names already."""
    if not named:
        return None
    others = SelfInspection.objects.filter(institution=filed.institution).exclude(pk=filed.pk)
    rows = SelfInspectionRow.objects.filter(filed__in=others).exclude(reviews=[]).values_list("reviews", flat=True)
    before = others.exclude(admitted=[]).values_list("admitted", flat=True)
    found = {key for held in (*rows, *before) for key in held} & named
    return min(found, default=None)


def book(filed: SelfInspection, *, who: User, when: datetime) -> None:
    """Book what an institution pledges beside reviews; a part of the acceptance. Agencies pay nothing back themselves."""
    if filed.institution is None:
        return
    things = [_thing(filed, row) for row in filed.rows.order_by("place") if row.refund and not row.reviews]  # type: ignore[attr-defined]
    for stage in STAGES:
        set_stage(things, stage, who=who, when=when, note=f"自查报告 {filed.pk}")


def _thing(filed: SelfInspection, row: SelfInspectionRow) -> Thing:
    assert filed.institution is not None
    assert filed.returned is not None
    kind, what = row.said.get("kind", ""), row.said.get("what", "")
    basis = f"{filed.campaign.number or filed.campaign.title}，主动退回"
    return Thing(
        about=f"campaigns.selfinspection:{filed.pk}.{row.place}", review=0, institution=filed.institution.pk, area=filed.area,
        rule="", rule_title=f"自查：{kind}"[:200], fund_type="", found=filed.returned, yuan=row.refund,
        said=Said("", filed.returned, f"{kind}：{what}", basis, row.involved),
    )  # fmt: skip
