"""One cell: what somebody wrote into it, and how it is shown."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from yijian.sheets.form import Column

Value = str | int | Decimal | date | None
CENT = Decimal("0.01")
HAIR = Decimal("0.000001")
"""Excel computes in binary: 0.1 + 0.2 is off by less than this."""
MOST = Decimal("1e12")
LONGEST = 500
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")


def parsed(column: Column, cell: object) -> Value:
    """What a cell of a page or of an Excel file says; None for an empty one (`check` names those that are required).

    ValueError says in Chinese what it should be.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    written = cell if isinstance(cell, str) else _said(cell)
    written = written.strip()
    if not written:
        return None
    match column.kind:
        case "count":
            return _count(written)
        case "yuan":
            return _yuan(written)
        case "share":
            return _share(written)
        case "date":
            return cell if isinstance(cell, date) else _day(written)
        case "choice":
            if written not in column.choices:
                raise ValueError(f"写的是“{written[:20]}”，应为以下之一：{'、'.join(column.choices)}")
            return written
        case "text":
            if len(written) > LONGEST:
                raise ValueError(f"超过 {LONGEST} 个字，请写得简短些")
            return written


def shown(column: Column, value: Value) -> str:
    """A cell as text: thousands apart, money with two places, shares per cent; empty for nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, date):
        return value.isoformat()
    if column.kind == "share":
        return f"{value * 100:.1f}%"
    return f"{value:,.2f}" if column.kind == "yuan" else f"{value:,}"


def _said(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _number(written: str) -> Decimal:
    try:
        number = Decimal(written.replace(",", "").replace("，", "").removesuffix("元").removeprefix("¥").strip())
    except InvalidOperation:
        raise ValueError(f"写的是“{written[:20]}”，应为数字") from None
    if not number.is_finite() or number < 0 or number >= MOST:
        raise ValueError(f"写的是“{written[:20]}”，应为 0 以上、一万亿以下的数字")
    return number


def _count(written: str) -> int:
    number = _number(written)
    if number != number.to_integral_value():
        raise ValueError(f"写的是“{written[:20]}”，应为整数")
    return int(number)


def _yuan(written: str) -> Decimal:
    number = _number(written)
    rounded = number.quantize(CENT, ROUND_HALF_UP)
    if abs(rounded - number) > HAIR:
        raise ValueError(f"写的是“{written[:20]}”，金额最多两位小数")
    return rounded


def _share(written: str) -> Decimal:
    number = _number(written.removesuffix("%"))
    share = number / 100 if written.endswith("%") else number
    if share > 1:
        raise ValueError(f"写的是“{written[:20]}”，比例应在 0 到 100% 之间")
    return share


def _day(written: str) -> date:
    if found := DAY.fullmatch(written):
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise ValueError(f"写的是“{written[:20]}”，应为日期，例如 2026-03-01")
