"""What was declared against what the engine finds there and what samples show; whom to re-check, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil

from yijian.sampling import Estimate
from yijian.web.accounts.queries import User
from yijian.web.campaigns.models import ZERO, Campaign, SelfInspection
from yijian.web.campaigns.queries import returns_in
from yijian.web.extrapolation.queries import Extrapolation, newest_results
from yijian.web.findings.filters import Filters
from yijian.web.findings.queries import counted, found_between

CANDIDATES = 200
"""Institutions that are looked at closely: those whose findings of all days exceed most what they declared."""
TIMES = 2
"""Findings that come to so many times what was declared are a reason to re-check."""


@dataclass
class Compared:
    """One institution: its return, the findings with a day in the period of data, the newest estimate from a sample of bills.

    Yuan of findings are what rules doubt, of whole bills; they may overlap. An estimate is of the fund's yuan.
    """

    filed: SelfInspection
    n: int = 0
    found: Decimal = ZERO
    sample: Extrapolation | None = None
    estimate: Estimate | None = None
    reasons: list[str] = field(default_factory=list[str])
    score: int = 0

    @property
    def gap(self) -> Decimal:
        """Findings beyond what was declared, yuan."""
        return self.found - self.filed.declared

    @property
    def short(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Under-reported by the estimate: the likeliest, low, high; never below 0. None without a sample."""
        if self.estimate is None:
            return None
        one = self.estimate
        return tuple(max(value - self.filed.declared, ZERO) for value in (one.total, one.low, one.high))  # type: ignore[return-value]

    def judge(self, today: date) -> None:
        """Say why it should be re-checked; the score puts the strongest reason first."""
        for score, holds, words in (
            (8, self.estimate is not None and self.estimate.low > self.filed.declared, "抽样推算的下限高于自查金额"),
            (4, self.filed.zero and self.n > 0, f"零报告，但有 {self.n} 个疑点"),
            (4, self.filed.state == "asked" and self.filed.due < today, "逾期未报"),
            (2, not self.filed.zero and self.n > 0 and self.found >= TIMES * self.filed.declared, _times(self)),
            (1, self.filed.late, "逾期报送"),
        ):
            if holds:
                self.score += score
                self.reasons.append(words)


def _times(one: Compared) -> str:
    if not one.filed.declared:
        return "有疑点，没有自查金额"
    return f"疑点金额是自查金额的 {one.found / one.filed.declared:.1f} 倍"


def compare(user: User, campaign: Campaign, today: date) -> list[Compared]:
    """Institutions of a campaign that there is a reason to re-check, the strongest first, then by yuan."""
    held = returns_in(campaign).exclude(institution=None).exclude(state="dropped").select_related("institution", "campaign")
    by_place: dict[str, SelfInspection] = {one.institution_id: one for one in held}  # type: ignore[attr-defined]
    doubts = {row["institution_id"]: row["yuan"] for row in counted(user, Filters()).by_institution}

    def beyond(code: str) -> Decimal:
        return doubts.get(code, ZERO) - by_place[code].declared

    chosen = sorted(by_place, key=lambda code: (-beyond(code), code))[:CANDIDATES]
    rows = _looked_at(user, campaign, [by_place[code] for code in chosen])
    for row in rows:
        row.judge(today)
    return sorted((row for row in rows if row.reasons), key=lambda row: (-row.score, -row.gap, row.filed.pk))


def compared(user: User, filed: SelfInspection, today: date) -> Compared | None:
    """The same of one return, whatever it says; None for an agency's, of which the engine knows nothing by itself."""
    if filed.institution is None:
        return None
    (row,) = _looked_at(user, filed.campaign, [filed])
    row.judge(today)
    return row


def _looked_at(user: User, campaign: Campaign, some: "Sequence[SelfInspection]") -> list[Compared]:
    codes: list[str] = [one.institution_id for one in some]  # type: ignore[attr-defined]
    begin, end = campaign.data_begin, campaign.data_end
    found, samples = found_between(user, codes, begin, end), newest_results(codes, begin, end)
    rows: list[Compared] = []
    for code, one in zip(codes, some, strict=True):
        n, yuan = found.get(code, (0, ZERO))
        sample, result = samples.get(code, (None, None))
        rows.append(Compared(one, n, yuan, sample, result.mean if result else None))
    return rows


def proposed(campaign: Campaign, asked: int) -> int:
    """How many to re-check: the campaign's share of those that were asked, at least one."""
    share = Decimal(campaign.targets.get("recheck", "0.1"))
    return max(1, ceil(share * asked)) if asked else 0
