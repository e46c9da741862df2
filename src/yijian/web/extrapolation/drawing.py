"""Drawing the bills: the same way as `yijian.draws`, from what the lake holds at that moment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from heapq import nsmallest
from typing import Any

from django.core.exceptions import ValidationError

from yijian.draws.deriving import key_of
from yijian.draws.form import canonical, digest
from yijian.vocabulary.home import Home
from yijian.web.extrapolation.bands import Cut, cuts, proposed
from yijian.web.extrapolation.lake import Bill, bills
from yijian.web.extrapolation.models import Extrapolation
from yijian.web.institutions.queries import Institution

LONGEST = 1100
"""Days of a period: three years."""
MOST = 2000
"""Bills to review in one extrapolation."""


@dataclass(frozen=True)
class Given:
    """What is to be looked at. expected, precision: fractions of 1."""

    institution: Institution | None
    bills: str
    begin: date | None
    end: date | None
    expected: Decimal = Decimal("0.1")
    precision: Decimal = Decimal("0.3")

    def check(self, today: date) -> tuple[Institution, date, date]:
        """ValidationError says what is missing or cannot be."""
        if self.institution is None or self.bills not in Extrapolation.Bills.values:
            raise ValidationError("请选择定点医药机构和抽取范围")
        if self.begin is None or self.end is None or self.end < self.begin or self.end > today:
            raise ValidationError("请填写结算起止日期，止日不早于起日、不晚于今天")
        if (self.end - self.begin).days > LONGEST:
            raise ValidationError("起止日期超过三年，请缩短")
        if not Decimal("0.001") <= self.expected <= Decimal("0.99") or not Decimal("0.02") <= self.precision <= Decimal("0.9"):
            raise ValidationError("预计违规占比应在 0.1% 到 99% 之间，期望误差应在 2% 到 90% 之间")
        return self.institution, self.begin, self.end


@dataclass(frozen=True)
class Proposal:
    """The strata as the lake has them, and how many of each should be reviewed."""

    snapshot: int
    cuts: list[Cut]
    sizes: list[int]


def propose(given: Given, home: Home, today: date) -> Proposal:
    """Read the lake. ValidationError where the given is not enough, or there are too few bills."""
    one, begin, end = given.check(today)
    snapshot, found = bills(home, one.pk, begin, end, stays=given.bills == "stays")
    if len(found) < 2:
        raise ValidationError(f"{one.name}在这段时间只有 {len(found)} 份由基金支付的结算，不用抽样")
    strata = cuts(found)
    return Proposal(snapshot, strata, proposed(strata, given.expected, given.precision))


def check_sizes(proposal: Proposal, sizes: list[int]) -> None:
    """ValidationError where a stratum cannot be estimated from so many."""
    if len(sizes) != len(proposal.cuts):
        raise ValidationError("分层与抽取份数对不上，请重新计算")
    for number, (cut, size) in enumerate(zip(proposal.cuts, sizes, strict=True), start=1):
        if not min(2, len(cut.bills)) <= size <= len(cut.bills):
            raise ValidationError(f"第 {number} 层应抽 {min(2, len(cut.bills))} 到 {len(cut.bills)} 份，填写的是 {size} 份")
    if sum(sizes) > MOST:
        raise ValidationError(f"一共要抽 {sum(sizes):,} 份，最多 {MOST:,} 份，请放宽期望误差")


def drawn(cut: Cut, place: int, size: int, seed: str) -> list[Bill]:
    """The bills of a stratum with the smallest keys, in that order."""
    return nsmallest(size, cut.bills, key=lambda bill: key_of(seed, str(place), bill.setl_id, 1))


def list_hash(proposal: Proposal) -> str:
    """SHA-256 of what was drawn from, 64 hexadecimal digits."""
    strata: list[Any] = [[bill.setl_id for bill in cut.bills] for cut in proposal.cuts]
    return digest(canonical({"snapshot": proposal.snapshot, "strata": strata}))
