"""What a campaign is made of: subject kinds, phases, targets, focuses; and the campaigns of the notices as templates."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from yijian.rulebook.shown import FAMILIES

SUBJECTS = {"hospital": "定点医疗机构", "pharmacy": "定点零售药店", "agency": "医保经办机构"}
"""Subject kinds, which are also the keys of the forms that they return (`forms.py`)."""
PHASES = {
    "deployment": "动员部署",
    "self_inspection": "自查自纠",
    "inspection": "现场检查",
    "recheck": "抽查复查",
    "summary": "总结整改",
}
TARGETS = {
    "coverage": ("定点医药机构检查覆盖", "campaign_coverage"),
    "on_site": ("定点医疗机构现场检查，不低于", "draw_share"),
    "recheck": ("上级抽查复查，不低于", "campaign_recheck"),
    "inpatient": ("住院费用抽查复审，不低于", "second_review_share"),
    "agencies": ("经办机构现场检查覆盖", "campaign_agencies"),
}
"""Word → (title, the parameter that is its default)."""
FOCUSES = FAMILIES
MOST_FOCUSES = 2
"""医保发〔2019〕14号: one or two."""
DUTIES = {"receipt": "签收方案", "plan": "制定本地区方案", "report": "报送材料"}
TO = {"below": "下级医保部门", "own": "本单位"}
FOLDER = Path(__file__).parent / "notices"


@dataclass(frozen=True)
class Phase:
    """One phase; from its first to its last day."""

    kind: str
    title: str
    begin: date
    end: date
    tasks: str = ""


@dataclass(frozen=True)
class Duty:
    """What is owed by a day: by the own office, or by each office of the next divisions below."""

    kind: str
    title: str
    to: str
    due: date


@dataclass(frozen=True)
class Template:
    """A campaign of a notice. source: where its facts stand; unsaid: what the notice leaves open and was set here."""

    title: str
    notice: str
    source: str
    begin: date
    text: str
    kinds: tuple[str, ...]
    focuses: tuple[str, ...]
    data_begin: date
    data_end: date
    phases: tuple[Phase, ...]
    duties: tuple[Duty, ...]
    targets: Mapping[str, Decimal]
    unsaid: str = ""

    def of_year(self, year: int) -> "Template":
        """The same with all its days as many years later as this year is after its own."""
        later = year - self.begin.year
        return replace(
            self,
            begin=moved(self.begin, later),
            data_begin=moved(self.data_begin, later),
            data_end=moved(self.data_end, later),
            phases=tuple(replace(p, begin=moved(p.begin, later), end=moved(p.end, later)) for p in self.phases),
            duties=tuple(replace(d, due=moved(d.due, later)) for d in self.duties),
        )


def moved(day: date, years: int) -> date:
    """The same day so many years later; the 28th for a 29th of February that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@cache
def templates() -> dict[str, Template]:
    """All of them by the name of their file, the newest first."""
    found = {one.stem: msgspec.convert(tomllib.loads(one.read_text(encoding="utf-8")), Template) for one in FOLDER.glob("*.toml")}
    return dict(sorted(found.items(), key=lambda row: row[1].begin, reverse=True))


def span(phases: "Sequence[Phase]") -> tuple[date, date] | None:
    """First and last day of phases; None of none."""
    return (min(one.begin for one in phases), max(one.end for one in phases)) if phases else None


def now_of(phases: "Sequence[Phase]", day: date) -> list[Phase]:
    """The phases that run on a day."""
    return [one for one in phases if one.begin <= day <= one.end]
