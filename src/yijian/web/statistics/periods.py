"""What a table is about: a month, a quarter, a year, or some months of a campaign. Everything is counted month by month."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

FIRST = 2000
MOST = 36
"""Months that a campaign may take."""
MONTH = re.compile(r"(\d{4})-(\d{2})")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
YEAR = re.compile(r"(\d{4})")
CAMPAIGN = re.compile(r"(\d{4}-\d{2})\.\.(\d{4}-\d{2})")
KINDS = {"month": "月报", "quarter": "季报", "year": "年报", "campaign": "专项"}


@dataclass(frozen=True, order=True)
class Month:
    """One month of a year."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def title(self) -> str:
        return f"{self.year}年{self.month}月"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def moment(self) -> datetime:
        """When it begins here."""
        return timezone.make_aware(datetime.combine(self.first, time()))


@dataclass(frozen=True)
class Period:
    """Months one after another. key: as an address says it; kind: a word of KINDS; title: in words."""

    key: str
    kind: str
    title: str
    months: tuple[Month, ...]

    @property
    def whole(self) -> tuple[Month, ...]:
        """The months that are cumulated at its end: those of its year until then; a campaign's own."""
        if self.kind == "campaign":
            return self.months
        last = self.months[-1]
        return between(Month(last.year, 1), last)

    @property
    def over(self) -> bool:
        """Whether its last day has passed."""
        return self.months[-1].last < timezone.localdate()


def between(first: Month, last: Month) -> tuple[Month, ...]:
    """The months from one to another, both included; none where the second comes first."""
    found: list[Month] = []
    while first <= last:
        found.append(first)
        first = first.next
    return tuple(found)


def month_of(day: date) -> Month:
    """The month in which a day lies."""
    return Month(day.year, day.month)


def month_given(key: str) -> Month | None:
    """`2026-10`; None for what is no month from the year 2000 on."""
    found = MONTH.fullmatch(key)
    if not found or not 1 <= int(found[2]) <= 12 or not FIRST <= int(found[1]) < 9000:
        return None
    return Month(int(found[1]), int(found[2]))


def period_given(key: str, kinds: Sequence[str]) -> Period | None:
    """`2026-10`, `2026-Q3`, `2026`, `2026-04..2026-11` of one of these kinds; None for anything else."""
    if "month" in kinds and (month := month_given(key)):
        return Period(key, "month", month.title, (month,))
    if "quarter" in kinds and (found := QUARTER.fullmatch(key)) and int(found[1]) >= FIRST:
        year, last = int(found[1]), 3 * int(found[2])
        title = f"{year}年第{'一二三四'[int(found[2]) - 1]}季度"
        return Period(key, "quarter", title, between(Month(year, last - 2), Month(year, last)))
    if "year" in kinds and YEAR.fullmatch(key) and FIRST <= int(key) < 9000:
        return Period(key, "year", f"{key}年", between(Month(int(key), 1), Month(int(key), 12)))
    if "campaign" in kinds and (found := CAMPAIGN.fullmatch(key)):
        first, last = month_given(found[1]), month_given(found[2])
        if first and last and 0 < len(months := between(first, last)) <= MOST:
            return Period(key, "campaign", f"{first.title}至{last.title}", months)
    return None


def usual(kind: str, today: date) -> str:
    """The key of the last period of a kind that is over; for a campaign, this year until now."""
    month = month_of(today).before
    if kind == "month":
        return str(month)
    if kind == "quarter":
        ended = (today.month - 1) // 3
        return f"{today.year}-Q{ended}" if ended else f"{today.year - 1}-Q4"
    if kind == "year":
        return str(today.year - 1 if today.month == 1 else today.year)
    return f"{today.year}-01..{month_of(today)}"
