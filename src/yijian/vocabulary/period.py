"""A period: whole months, as offices account."""

import re
from datetime import date

import msgspec

from yijian.vocabulary.errors import UserError

_MONTH = re.compile(r"^(\d{4}-(0[1-9]|1[0-2]))?$")


class Period(msgspec.Struct, frozen=True):
    """Whole months, both included (`2025-06`); '' is open."""

    first: str = ""
    last: str = ""

    @classmethod
    def parse(cls, text: str) -> "Period":
        """What a person typed. UserError where it is no period.

        >>> Period.parse("2026-01..2026-03").has("2026-02"), Period.parse("2026-01").has("2026-02"), Period.parse("").has("")
        (True, False, True)
        """
        first, dots, last = text.partition("..")
        last = last if dots else first
        if not _MONTH.match(first) or not _MONTH.match(last) or (first and last and first > last):
            raise UserError(f"看不懂时期“{text}”", where="--period", do="请写成 2026-03 或 2026-01..2026-03")
        return cls(first, last)

    def has(self, month: str) -> bool:
        """Whether the month lies in the period. What has no month ('') lies in the open period only."""
        if not month:
            return not self.first and not self.last
        return (self.first or month) <= month <= (self.last or month)

    def has_day(self, day: date | None) -> bool:
        """The same of a day."""
        return self.has(f"{day:%Y-%m}" if day else "")
