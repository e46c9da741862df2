"""Day numbers: days since 1970-01-01, the only form in which rules see a date. Minutes likewise.

Differences, look-backs and rolling windows are then plain integers, equal and fast in every engine.
"""

from datetime import date, datetime, timedelta

EPOCH = date(1970, 1, 1)
FOREVER = 2_932_896
"""Day number of 9999-12-31: the end of what has no end."""


def day_number(day: date) -> int:
    """
    >>> day_number(date(2026, 1, 1))
    20454
    """
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """
    >>> day_of(20454).isoformat()
    '2026-01-01'
    """
    return EPOCH + timedelta(days=number)


def month_of(number: int) -> str:
    """The month of a day number.

    >>> month_of(20454)
    '2026-01'
    """
    return f"{day_of(number):%Y-%m}"


def minute_of(number: int) -> datetime:
    """The time of a minute number, without zone (Asia/Shanghai, as in the claims).

    >>> minute_of(20454 * 1440 + 61).isoformat()
    '2026-01-01T01:01:00'
    """
    return datetime(1970, 1, 1) + timedelta(minutes=number)  # noqa: DTZ001 - claims carry local times without a zone
