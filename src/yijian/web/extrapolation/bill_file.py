"""The drawn bills as an Excel form, out and back."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import cast

from django.core.exceptions import ValidationError

from yijian import sheets
from yijian.vocabulary.errors import UserError
from yijian.web.extrapolation.actions import Found
from yijian.web.extrapolation.models import Extrapolation, SampledBill

MOST_TOLD = 5


@cache
def form() -> sheets.Sheet:
    """`bills.toml`."""
    return sheets.read(Path(__file__).parent / "bills.toml")


def written(one: Extrapolation) -> bytes:
    """The form with all drawn bills in their order."""
    bills = SampledBill.objects.filter(extrapolation=one).order_by("place")
    rows = list(bills.values("setl_id", "mdtrt_id", "day", "cost", "wrong", "reason"))
    return sheets.workbook(form(), {"number": one.number, "institution": one.institution.name}, rows)


def read(one: Extrapolation, data: bytes) -> dict[str, Found]:
    """What a filled-in form says, by settlement number. ValidationError names what is wrong where."""
    try:
        filled = sheets.read_workbook(form(), data)
    except UserError as mistake:
        raise ValidationError(str(mistake)) from None
    if (number := filled.head.get("number", "")) != one.number:
        raise ValidationError(f"登记表是 {number or '（没有写编号）'} 的，不是 {one.number} 的，没有导入")
    if filled.problems:
        more = f"；另有 {len(filled.problems) - MOST_TOLD} 处" if len(filled.problems) > MOST_TOLD else ""
        raise ValidationError("；".join(str(one) for one in filled.problems[:MOST_TOLD]) + more + "。没有导入")
    found: dict[str, Found] = {}
    seen: set[str] = set()
    for row in filled.rows:
        setl_id = str(row["setl_id"])
        if setl_id in seen:
            raise ValidationError(f"结算 {setl_id[:40]} 在登记表里出现两次，没有导入")
        seen.add(setl_id)
        if row["wrong"] is not None or row["reason"]:  # what is left empty stays as it is: others fill in the rest
            found[setl_id] = Found(cast("Decimal | None", row["wrong"]), str(row["reason"] or ""))
    return found
