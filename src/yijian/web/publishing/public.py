"""What the public reads: approved editions within their period, and a line where one was withdrawn or is being corrected.

The only door of the public pages, the feed and the files: nothing else of a publication comes through it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone

from yijian.web.accounts.queries import division_names
from yijian.web.publishing.middleware import MINUTES
from yijian.web.publishing.models import Edition, Publication
from yijian.web.publishing.steps import ON_PAGE, Kind, Withdrawal

KINDS = {str(value): str(word) for value, word in Kind.choices}
LONGEST = 60


@dataclass(frozen=True)
class Text:
    """The wording that is shown. fine, repay in yuan."""

    title: str
    party: str
    code: str
    text: str
    basis: str
    penalty: str
    fine: Decimal | None
    repay: Decimal | None
    decided: date | None
    note: str


@dataclass(frozen=True)
class Shown:
    """A publication as the public sees it. text: None where only a line stands; said: that line; number: of the decision."""

    pk: int
    kind: str
    kind_title: str
    number: str
    organ: str
    area: str
    area_name: str
    published: date
    until: date
    changed: datetime
    """The moment of the last change."""
    state: str
    said: str
    text: Text | None

    @property
    def title(self) -> str:
        """What lists show; of what is not shown neither party nor title."""
        return self.text.title if self.text else f"{self.kind_title} {self.number}".strip()


def _on_page(today: date) -> "QuerySet[Publication]":
    found = Publication.objects.filter(state__in=ON_PAGE, published__isnull=False, until__gte=today)
    return found.select_related("current").order_by("-published", "-pk")


@dataclass(frozen=True)
class Filters:
    """What the public list is narrowed to; it stands in the address."""

    kind: str = ""
    year: str = ""
    area: str = ""
    text: str = ""

    @classmethod
    def of(cls, address: QueryDict) -> "Filters":
        """As an address says it."""
        return cls(*(address.get(name, "").strip()[:LONGEST] for name in cls.__dataclass_fields__))

    def condition(self) -> Q:
        """The same as a condition on publications. A name is looked for only in what is shown."""
        q = Q()
        if self.kind in KINDS:
            q &= Q(kind=self.kind)
        if self.year.isdecimal() and len(self.year) == 4 and int(self.year) > 0:
            q &= Q(published__year=int(self.year))
        if self.area.isdecimal() and len(self.area) == 6:
            q &= Q(area=self.area)
        if self.text:
            q &= Q(state="published", current__party__icontains=self.text)
        return q


def shown(filters: Filters, today: date) -> "QuerySet[Publication]":
    """What stands on the public page, newest first; rows become readable by `as_shown`."""
    return _on_page(today).filter(filters.condition())


def shown_one(publication_id: int, today: date) -> Shown:
    """One of them. Http404 for what never was public, or is no more."""
    found = _on_page(today).filter(pk=publication_id).first()
    if found is None:
        raise Http404("没有这一条公开信息，或公示期已满。")
    return as_shown(found, division_names())


def all_shown(filters: Filters, today: date) -> Iterator[Shown]:
    """All of them as the public sees them, newest first."""
    names = division_names()
    for one in shown(filters, today).iterator(chunk_size=1000):
        yield as_shown(one, names)


def changes(today: date, limit: int) -> list[Shown]:
    """What was published, found wrong, corrected or withdrawn last, the last change first."""
    names = division_names()
    return [as_shown(one, names) for one in _on_page(today).order_by("-changed", "-pk")[:limit]]


def as_shown(one: Publication, names: dict[str, str]) -> Shown:
    """A publication as the public sees it. names: of divisions."""
    current = one.current
    assert current and one.published and one.until and one.changed  # a constraint
    state, said, day, text = "shown", "", timezone.localdate(one.changed), None
    if one.state == "withdrawn":
        state, said = "withdrawn", f"已撤回：{Withdrawal(one.withdrawal).label}，{day:%Y-%m-%d}"
    elif one.state != "published":
        state, said = "correcting", "正在更正，更正完成前不显示正文"
    else:
        text = _text(current)
        said = f"{day:%Y-%m-%d} 更正：{current.note}" if current.note else ""
    return Shown(
        one.pk, one.kind, KINDS[one.kind], current.number, one.organ, one.area, names.get(one.area) or one.area, one.published,
        one.until, one.changed, state, said, text,
    )  # fmt: skip


def _text(one: Edition) -> Text:
    names: tuple[str, ...] = tuple(Text.__dataclass_fields__)
    return Text(**{name: getattr(one, name) for name in names})


def choices(today: date) -> tuple[list[int], list[tuple[str, str]]]:
    """(years, divisions) that the list offers; anyone may ask, so counted once in the minutes that caches keep a page."""
    return cache.get_or_set(f"publishing.public:{today}", lambda: (years(today), areas(today)), MINUTES * 60)  # type: ignore[return-value]


def years(today: date) -> list[int]:
    """Years in which something was published that still stands."""
    return [day.year for day in _on_page(today).order_by().dates("published", "year", order="DESC")]


def areas(today: date) -> list[tuple[str, str]]:
    """(code, name) of the divisions of what stands there."""
    names = division_names()
    codes = _on_page(today).order_by("area").values_list("area", flat=True).distinct()
    return [(code, names.get(code) or code) for code in codes]


def record(one: Shown, address: str) -> dict[str, Any]:
    """A penalty disclosure as a row of the files: Chinese titles, yuan as text with two decimals, days as ISO 8601."""
    text = one.text
    said: dict[str, Any] = {
        "决定书文号": one.number,
        "状态": {"shown": "公示中", "correcting": "更正中", "withdrawn": "已撤回"}[one.state],
        "说明": one.said,
        "公开日期": one.published.isoformat(),
        "公示截止日": one.until.isoformat(),
        "机关": one.organ,
        "区划": one.area,
    }
    said |= {
        "案件名称": text.title if text else "",
        "当事人": text.party if text else "",
        "统一社会信用代码": text.code if text else "",
        "违法事实": text.text if text else "",
        "处罚依据": text.basis if text else "",
        "处罚种类与内容": text.penalty if text else "",
        "罚款（元）": f"{text.fine:.2f}" if text and text.fine is not None else "",
        "责令退回（元）": f"{text.repay:.2f}" if text and text.repay is not None else "",
        "决定日期": text.decided.isoformat() if text and text.decided else "",
        "网址": address,
    }
    return said
