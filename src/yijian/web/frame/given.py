"""Reading what people typed: money, days, reasons, with a sentence where it cannot be understood."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 15
"""More yuan than any column holds."""


def yuan_given(text: str, *, least: Decimal, most: Decimal | None) -> Decimal:
    """Yuan with at most two decimals, between the bounds. ValidationError says what is wrong."""
    try:
        yuan = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        raise ValidationError(f"金额“{text[:30]}”不是数字") from None
    if not yuan.is_finite():
        raise ValidationError(f"金额“{text[:30]}”不是数字")
    if yuan > LARGEST:
        raise ValidationError(f"金额“{text[:30]}”太大，请核对")
    if yuan < least or (most is not None and yuan > most):
        bounds = f"不小于 {least:,.2f} 元" if most is None else f"在 {least:,.2f} 元与 {most:,.2f} 元之间"
        raise ValidationError(f"金额 {yuan:,.2f} 元应{bounds}")
    if yuan != yuan.quantize(CENT):
        raise ValidationError(f"金额“{text[:30]}”最多两位小数")
    return yuan


def day_given(text: str) -> date:
    """A day as a date field sends it. ValidationError says what is wrong."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValidationError(f"日期“{text[:30]}”看不懂，请写成 2026-01-31 的样子") from None


def number_given(text: str) -> int:
    """The number that a page sent hidden along, a version or a key; 0, which is none, where it is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


LEAST_REASON = 4
"""Characters that a reason must have: a word, not a dot."""


def reason_given(text: str) -> str:
    """A reason as somebody typed it. ValidationError (code `reason`) where it says nothing."""
    reason = text.strip()
    if len(reason) < LEAST_REASON:
        raise ValidationError(f"请写明原因，至少 {LEAST_REASON} 个字", code="reason")
    return reason
