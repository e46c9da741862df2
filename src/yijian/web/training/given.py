"""What somebody enters of an activity: lines of a page, an Excel form; and whether it can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError

from yijian import sheets
from yijian.vocabulary.divisions import within
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import places_of_organisations
from yijian.web.institutions.queries import Institution, all_institutions, institutions_by_code
from yijian.web.training.kinds import Kind, kinds

LARGEST = 10_000_000
MOST_TOLD = 5


@dataclass(frozen=True)
class Given:
    """An activity as it is entered. counts: by `kinds.toml`; attended: code of an institution or organisation → people."""

    kind: str
    title: str
    begin: date | None
    end: date | None
    topic: str
    venue: str = ""
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    attended: Mapping[str, int] = field(default_factory=dict[str, int])

    def check(self, today: date) -> tuple[Kind, date, date]:
        """Its kind and days. ValidationError says what is missing or cannot be."""
        kind = kinds().get(self.kind)
        if kind is None or not self.title.strip() or len(self.topic.strip()) < 4:
            raise ValidationError("请选择种类，填写名称和内容（至少 4 个字）")
        end = self.end or self.begin
        if self.begin is None or end is None or end < self.begin or end > today:
            raise ValidationError("请填写日期；只登记已经办完的，止日不早于起日、不晚于今天")
        if kind.venues and self.venue not in kind.venues:
            raise ValidationError("请选择宣传场所")
        if unknown := set(self.counts) - set(kind.counts):
            raise ValidationError(f"“{kind.title}”没有这个计数项：{sorted(unknown)[0][:20]}")
        if any(not 0 <= number < LARGEST for number in (*self.counts.values(), *self.attended.values())):
            raise ValidationError(f"数量应在 0 到 {LARGEST:,} 之间")
        if kind.attended and not any(self.attended.values()):
            raise ValidationError(f"“{kind.title}”须写明参加的单位和人数")
        if not kind.attended and not any(self.counts.values()):
            raise ValidationError(f"“{kind.title}”须填写至少一个数量")
        return kind, self.begin, end


@cache
def form() -> sheets.Sheet:
    """`attendance.toml`."""
    return sheets.read(Path(__file__).parent / "attendance.toml")


def blank(area: str, name: str) -> bytes:
    """The form with the designated institutions of a division, numbers left empty."""
    inside = [one for one in all_institutions() if one.area and within(area, one.area)]
    if len(inside) > sheets.MOST_ROWS:
        raise UserError(f"这个区划有 {len(inside):,} 家机构，一份名单最多 {sheets.MOST_ROWS:,} 家", do="请按下级区划下载名单")
    rows: list[sheets.Row] = [{"code": one.pk, "name": one.name, "people": None} for one in inside]
    return sheets.workbook(form(), {"area": f"{area} {name}"}, rows)


def from_lines(text: str) -> dict[str, int]:
    """Lines of a page: `编码 人数`. ValidationError names the line."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        code, _, people = line.replace("，", " ").replace(",", " ").replace("\t", " ").strip().partition(" ")
        people = people.strip().removesuffix("人")
        if not (people.isascii() and people.isdecimal() and len(people) < 8):
            raise ValidationError(f"参加单位第 {number} 行“{line.strip()[:30]}”看不懂，请写成：编码 空格 人数")
        if code in found:
            raise ValidationError(f"参加单位第 {number} 行：{code[:30]} 重复")
        found[code] = int(people)
    return found


def from_form(data: bytes) -> dict[str, int]:
    """A filled-in form; rows without a number took no part. ValidationError says what is wrong where."""
    try:
        filled = sheets.read_workbook(form(), data)
    except UserError as mistake:
        raise ValidationError(str(mistake)) from None
    if filled.problems:
        raise ValidationError("；".join(str(one) for one in filled.problems[:MOST_TOLD]) + "。没有登记")
    found: dict[str, int] = {}
    for row in filled.rows:
        code, people = str(row["code"]), row["people"]
        if code in found:
            raise ValidationError(f"单位编码 {code[:30]} 在名单里出现两次，没有登记")
        if isinstance(people, int) and people:
            found[code] = people
    return found


def known(codes: Mapping[str, int], area: str) -> tuple[dict[str, Institution], set[str]]:
    """Institutions by code, and codes of organisations. ValidationError for one that is unknown or of another division."""
    institutions = {code: one for code, one in institutions_by_code().items() if code in codes}
    offices = places_of_organisations(set(codes) - set(institutions))
    for code in codes:
        if code not in institutions and code not in offices:
            raise ValidationError(f"没有编码为 {code[:30]} 的定点医药机构或单位")
    for code, place in [*((code, one.area) for code, one in institutions.items()), *offices.items()]:
        if place and not within(area, place):
            raise ValidationError(f"{code[:30]} 不在所选区划内，请由其所在地登记")
    return institutions, set(offices)
