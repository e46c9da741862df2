"""The estimate of an extrapolation, and what it says in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError

from yijian.sampling import Estimate, Stratum, estimate
from yijian.vocabulary.errors import UserError
from yijian.web.extrapolation.models import Extrapolation, ExtrapolationStratum, SampledBill

PERCENT = 95


@dataclass(frozen=True)
class Row:
    """One stratum as a table shows it. Yuan."""

    name: str
    units: int
    amount: Decimal
    drawn: int
    reviewed: int
    wrong_units: int
    wrong: Decimal


@dataclass(frozen=True)
class Result:
    """Both estimates; None while bills wait for their review.

    The stratified mean is told: it has no bias, and who chooses the nicer of two afterwards is sure of less than he says.
    """

    rows: list[Row]
    mean: Estimate | None
    ratio: Estimate | None

    @property
    def words(self) -> list[str]:
        """What it says, a sentence each."""
        return said(self.mean) if self.mean else []


def result_of(one: Extrapolation) -> Result:
    """What its sample says by now. Two questions to the database."""
    return results_of([one])[one.pk]


def results_of(some: "Sequence[Extrapolation]") -> dict[int, Result]:
    """The same of several, by their keys. Two questions to the database in all."""
    bills = defaultdict[int, list[tuple[Decimal, Decimal | None]]](list)
    strata = defaultdict[int, list[ExtrapolationStratum]](list)
    for stratum, cost, wrong in SampledBill.objects.filter(extrapolation__in=some).values_list("stratum_id", "cost", "wrong"):
        bills[stratum].append((cost, wrong))
    for stratum in ExtrapolationStratum.objects.filter(extrapolation__in=some).order_by("extrapolation", "place"):
        strata[stratum.extrapolation_id].append(stratum)  # type: ignore[attr-defined]
    return {one.pk: _result(strata[one.pk], bills) for one in some}


def _result(strata: list[ExtrapolationStratum], bills: Mapping[int, list[tuple[Decimal, Decimal | None]]]) -> Result:
    rows: list[Row] = []
    for stratum in strata:
        some = bills.get(stratum.pk, [])
        seen = [wrong for _, wrong in some if wrong is not None]
        wrong_units = sum(1 for wrong in seen if wrong)
        rows.append(Row(str(stratum), stratum.units, stratum.amount, len(some), len(seen), wrong_units, sum(seen, Decimal(0))))
    if any(row.reviewed < row.drawn for row in rows):
        return Result(rows, None, None)
    whole = [
        Stratum(
            str(one),
            one.units,
            one.amount,
            [(cost, wrong) for cost, wrong in bills.get(one.pk, []) if wrong is not None],
            one.most,
        )
        for one in strata
    ]
    return Result(rows, estimate(whole, "mean"), estimate(whole, "ratio"))


def concluding(one: Extrapolation) -> Result:
    """The result where all is reviewed. ValidationError says what is missing."""
    try:
        result = result_of(one)
    except UserError as mistake:
        raise ValidationError(str(mistake)) from None
    if result.mean is None:
        left = sum(row.drawn - row.reviewed for row in result.rows)
        raise ValidationError(f"还有 {left} 份没有登记审核结果，全部登记后才能得出结论")
    return result


def said(one: Estimate) -> list[str]:
    """An estimate in sentences that need no statistics."""
    sure = f"从 {one.units:,} 份结算中抽查 {one.sampled:,} 份，其中 {one.wrong:,} 份有违规，查实违规 {one.found:,.2f} 元。"
    if one.sampled == one.units:
        return [sure, "全部结算都已审核，不需要推算。"]
    if one.nothing:
        return [
            sure,
            f"样本中没有违规，不等于没有违规：有 {PERCENT}% 的把握，全部违规不超过 {one.high:,.2f} 元。",
        ]
    words = [
        sure,
        f"按此推算，全部结算的违规金额约 {one.total:,.2f} 元，占基金支付的 {one.share:.1%}。",
        f"这是估计：有 {PERCENT}% 的把握，真实金额在 {one.low:,.2f} 元到 {one.high:,.2f} 元之间。",
    ]
    if one.rough:
        words.append("样本或其中的违规份数较少，区间只是粗略的；要更准，请加大样本。")
    return words
