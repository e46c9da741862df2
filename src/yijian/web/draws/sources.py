"""Who may be drawn: institutions with a weight by risk, people of the register; and who was drawn lately."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Max, Q

from yijian.web.accounts.queries import Scope, User
from yijian.web.agreements.queries import breaches_since
from yijian.web.cases.queries import penalties_since
from yijian.web.draws.models import DrawMember, DrawObject
from yijian.web.findings.queries import institutions_with_findings
from yijian.web.institutions.queries import Institution, is_pharmacy
from yijian.web.parameters.queries import Book, value_of

LEVELS = {3: "三级医疗机构", 2: "二级医疗机构"}
LOWER, PHARMACY = "一级及以下医疗机构", "零售药店"
CHOICES = {"": "全部定点医药机构", "1": "医疗机构", "2": "零售药店"}
COOL_DOWN = "draw_cool_down"
BANDS = 4
"""Institutions with findings fall by their sum into so many equal parts, of weight 2 to 5; those without have weight 1."""
RECORD, MOST_RECORD = "draw_record_period", 3
"""Each penalty and each measure under the agreement within the period adds 1 to the weight, at most so many."""


@dataclass(frozen=True)
class Source:
    """One who may be drawn."""

    code: str
    name: str
    stratum: str
    weight: int = 1


def sources(kind: str, area: str, of: str, user: User, today: date) -> list[Source]:
    """Who of a division may be drawn. of: kind of institutions, '' for all. ValidationError where there is nobody."""
    found = _institutions(area, of, user, today) if kind == "institutions" else _people(kind, area, today)
    if not found:
        where = "请先登记" if kind != "institutions" else "请换一个区划或机构类别"
        raise ValidationError(f"这个区划没有可以抽取的对象，{where}")
    return found


def _institutions(area: str, of: str, user: User, today: date) -> list[Source]:
    inside = Scope(areas=(area,)).condition(institution="pk") & ~Q(area="")
    found = institutions_with_findings(user).filter(inside, **({"kind": of} if of else {}))
    rows = list(found.order_by("pk"))
    risky = sorted((one for one in rows if one.yuan), key=lambda one: (one.yuan, one.pk))  # type: ignore[attr-defined]
    weights = {one.pk: 2 + BANDS * n // len(risky) for n, one in enumerate(risky)}
    record = record_of(area, today)
    return [Source(one.pk, one.name, stratum_of(one), weights.get(one.pk, 1) + min(record[one.pk], MOST_RECORD)) for one in rows]


def record_of(area: str, today: date) -> Counter[str]:
    """Institution → penalties and measures within the division's period."""
    year, month = divmod(12 * today.year + today.month - 1 - int(value_of(RECORD, area, today).value), 12)
    since = date(year, month + 1, 1)  # from the first of the month, so that one day more or less changes no weight
    return Counter(breaches_since(since)) + Counter(penalties_since(since))


def stratum_of(one: Institution) -> str:
    """The stratum of an institution: pharmacies, and medical institutions by level."""
    return PHARMACY if is_pharmacy(one) else LEVELS.get(one.level or 0, LOWER)


def _people(kind: str, area: str, today: date) -> list[Source]:
    valid = Q(until=None) | Q(until__gte=today)
    found = DrawMember.objects.filter(valid, kind=kind, area=area, ended=None).select_related("account").order_by("pk")
    return [
        Source(one.code, one.name, one.field or one.get_kind_display())  # type: ignore[attr-defined]
        for one in found
        if one.account is None or one.account.open
    ]


def cooling(kind: str, area: str, codes: Sequence[str], today: date) -> dict[str, str]:
    """Code → when it was drawn last, of those drawn within the cool-down of the division."""
    book = Book()
    period = book.value_of(COOL_DOWN, area, today)
    drawn = DrawObject.objects.filter(drawn_on__isnull=False, drawn_on__lte=today, draw__kind=kind, draw__state="drawn")
    lately = dict(drawn.order_by().values_list("code").annotate(last=Max("drawn_on")))
    still = {day: period.value > 0 and today <= book.due(COOL_DOWN, area, day) for day in set(lately.values())}
    return {code: f"{lately[code]} 抽中，冷却期 {period}" for code in codes if code in lately and still[lately[code]]}
