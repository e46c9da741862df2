"""The forms of self-inspections: which there are, what stands in their heads, rows as they are kept and as they are read."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from yijian.sheets import Problem, Row, Sheet, Value, check, parsed, read
from yijian.web.campaigns.models import ZERO, Campaign, SelfInspection

FOLDER = Path(__file__).parent / "forms"
FOOT = ("lead", "filler", "phone")
"""What the one who fills in says of himself; the rest of the head is known."""
LONGEST_FOOT = 60
DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")
NUMBERS = re.compile(r"\d+")


@cache
def form_of(key: str) -> Sheet:
    """The form of a subject kind."""
    return read(FOLDER / f"{key}.toml")


def period_words(campaign: Campaign) -> str:
    """The time that is to be inspected, as the form says it."""
    return f"{campaign.data_begin} 至 {campaign.data_end}"


def head_of(filed: SelfInspection, division: str) -> dict[str, str]:
    """The head as it must be, with what the foot says."""
    code: str = filed.institution_id or filed.agency_id  # type: ignore[attr-defined]
    known = {"division": division, "code": code, "name": filed.name, "period": period_words(filed.campaign)}
    return known | {key: str(filed.head.get(key, "")) for key in FOOT}


def head_problems(filed: SelfInspection, head: Mapping[str, str]) -> list[str]:
    """What is wrong with the head of a file: of another institution, of another period."""
    found: list[str] = []
    code: str = filed.institution_id or filed.agency_id  # type: ignore[attr-defined]
    said, period = head.get("code", "").strip(), head.get("period", "")
    if said != code:
        whose = f"“{head.get('name', '') or said or '未写单位'}”（编码 {said or '空'}）"
        found.append(f"文件是{whose}的，本报告是“{filed.name}”（编码 {code}）的，请换成本单位的文件")
    days = [tuple(map(int, one)) for one in DAY.findall(period)]
    if days != [(d.year, d.month, d.day) for d in (filed.campaign.data_begin, filed.campaign.data_end)]:
        wanted = period_words(filed.campaign)
        found.append(f"文件的自查时间段是“{period or '空'}”，应为“{wanted}”，请按本次要求的时间段自查")
    return found


def read_rows(sheet: Sheet, typed: Sequence[Mapping[str, str]]) -> tuple[list[dict[str, Value]], list[Problem]]:
    """Rows as a page sends them; what is no number, day or choice is a problem."""
    rows: list[dict[str, Value]] = []
    problems: list[Problem] = []
    for number, one in enumerate(typed, 1):
        row: dict[str, Value] = {}
        for column in sheet.columns:
            try:
                row[column.key] = parsed(column, one.get(column.key, ""))
            except ValueError as wrong:
                row[column.key] = None
                problems.append(Problem(f"第 {number} 行", column.heading, str(wrong)))
        rows.append(row)
    return rows, problems


def kept(row: Row) -> dict[str, str]:
    """A row as it is kept: text by column, empty cells left out."""
    return {key: _text(value) for key, value in row.items() if value is not None}


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value).replace("\x00", "")


def rows_of(filed: SelfInspection) -> list[dict[str, Value]]:
    """The rows of a return as the form reads them."""
    sheet = form_of(filed.form)
    held = list(filed.rows.order_by("place").values_list("said", flat=True))  # type: ignore[attr-defined]
    return read_rows(sheet, held)[0]


def problems_of(filed: SelfInspection) -> list[str]:
    """What keeps a return with rows from being delivered, sentence by sentence."""
    return [str(one) for one in check(form_of(filed.form), rows_of(filed))]


def yuan_of(row: Row, key: str) -> Decimal:
    """Yuan of a cell; 0 for an empty one."""
    value = row.get(key)
    return value if isinstance(value, Decimal) else ZERO


def reviews_of(row: Row) -> list[int]:
    """Numbers of reviews that a row names, each once."""
    return list(dict.fromkeys(int(one) for one in NUMBERS.findall(str(row.get("reviews") or "")) if len(one) < 19))
