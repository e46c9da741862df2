"""The kinds of measures, and whether one says what its kind must say."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec
from django.core.exceptions import ValidationError

from yijian.vocabulary.divisions import within
from yijian.web.institutions.queries import Institution
from yijian.web.parameters.queries import value_of

POINTS = range(1, 13)
"""医保发〔2024〕23号: 1 to 12."""
PERSON = re.compile(r"[A-Z]{1,2}\d{6,18}")
"""The national code of a practitioner: letters and digits, no name."""
NEEDS = {"amount": "金额", "due": "日期", "target": "科室或人员代码", "period": "起止日期", "points": "记分"}


@dataclass(frozen=True)
class Kind:
    """One line of `measures.toml`. lasts: it holds for a time; person: target is a person's code; most: parameter of its days."""

    word: str
    title: str
    needs: tuple[str, ...]
    order: str
    lasts: bool = False
    person: bool = False
    most: str = ""


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by their word, in the order of the file."""
    said = tomllib.loads((Path(__file__).parent / "measures.toml").read_text(encoding="utf-8"))
    return {word: msgspec.convert({"word": word, **one}, Kind) for word, one in said.items()}


def near(place: str, area: str) -> bool:
    """Whether an institution of this division has its agreement in the pooling area of that one: the same city, or below it."""
    return within(area, place[:6]) or area[:4] == place[:4]


@dataclass(frozen=True)
class Given:
    """What a measure says when it is proposed. about: the case or lead it stands on; '' for none."""

    kind: str
    institution: Institution | None
    reason: str
    clause: str = ""
    about: str = ""
    target: str = ""
    amount: Decimal | None = None
    due: date | None = None
    begin: date | None = None
    end: date | None = None
    points: int | None = None

    def check(self, area: str, today: date) -> Kind:
        """The kind. ValidationError says what is missing or cannot be."""
        kind = kinds().get(self.kind)
        if kind is None or self.institution is None:
            raise ValidationError("请选择处理措施和定点医药机构")
        if self.institution.area and not near(self.institution.area, area):
            raise ValidationError(f"{self.institution.name}不在本单位的统筹地区，不能由本单位处理")
        if len(self.reason.strip()) < 10 or not self.clause.strip():
            raise ValidationError("请写明违约事实（至少 10 个字）和所依据的协议条款")
        for need in kind.needs:
            if not (self.begin and self.end if need == "period" else getattr(self, need)):
                raise ValidationError(f"“{kind.title}”须写明{NEEDS[need]}")
        if kind.person and not PERSON.fullmatch(self.target.strip()):
            raise ValidationError("请填写责任人员的国家医保代码（字母加数字），不要写姓名")
        if self.points is not None and self.points not in POINTS:
            raise ValidationError(f"记分应在 {POINTS[0]} 到 {POINTS[-1]} 之间")
        self._check_days(kind, area, today)
        return kind

    def _check_days(self, kind: Kind, area: str, today: date) -> None:
        if "due" in kind.needs and self.due and self.due < today:
            raise ValidationError(f"日期 {self.due} 已经过去，请填写今天以后的日期")
        if not (self.begin and self.end):
            return
        if self.end < self.begin or self.end < today:
            raise ValidationError("起止日期前后颠倒，或已经过去")
        if kind.most and (self.end - self.begin).days + 1 > (most := int(value_of(kind.most, area, today).value)):
            raise ValidationError(f"“{kind.title}”最长 {most} 天，请缩短期限")
