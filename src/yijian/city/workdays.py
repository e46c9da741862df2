"""The agency's working days: no weekends and no holidays. Days on which people make up for a holiday are not used."""

from datetime import date

import numpy as np

from yijian.city.catalogue import Ints
from yijian.city.people import END, START
from yijian.vocabulary.days import day_number

HOLIDAYS = (
    (date(2024, 12, 31), 2), (date(2025, 1, 28), 8), (date(2025, 4, 4), 3), (date(2025, 5, 1), 5), (date(2025, 5, 31), 3),
    (date(2025, 10, 1), 8), (date(2026, 1, 1), 3), (date(2026, 2, 15), 9), (date(2026, 4, 4), 3), (date(2026, 5, 1), 5),
)  # fmt: skip
"""First day and length."""
_all = np.arange(START - 120, END + 181)
_free = np.isin(_all, [day_number(first) + n for first, length in HOLIDAYS for n in range(length)])
WORKDAYS = _all[((_all + 3) % 7 < 5) & ~_free]
"""Day numbers; day 0 was a Thursday."""


def workday_after(day: Ints, number: Ints | int) -> Ints:
    """The number-th working day (1 …) after a day.

    Raises: IndexError beyond half a year after the city's year.
    """
    return WORKDAYS[np.searchsorted(WORKDAYS, day, side="right") + number - 1]
