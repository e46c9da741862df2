"""Counting figures: one question to the database a ledger, in all divisions, kinds of subject and months at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, DecimalField, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from yijian.web.accounts.queries import Scope
from yijian.web.frame.given import CENT
from yijian.web.statistics.figures import figures, is_stock, is_yuan, stands_on
from yijian.web.statistics.periods import Month
from yijian.web.statistics.sources import SOURCES, Source

Number = int | Decimal
AMOUNT: Any = DecimalField(max_digits=20, decimal_places=2)
"""Counts and yuan stand in the same columns of the question."""


class Place(NamedTuple):
    """Where a number belongs: six digits of a division, a kind of subject (`sources.KINDS`), a month; None of a stock."""

    area: str
    kind: str
    month: Month | None


Counted = Mapping[str, Mapping[Place, Number]]
"""Figure → place → number; what is not there is 0."""


def counted(words: Iterable[str], scope: Scope, months: Sequence[Month]) -> Counted:
    """Figures of these divisions in months that follow one another."""
    wanted = list(dict.fromkeys(words))
    plain = dict.fromkeys(part for word in wanted if not figures()[word].parties for part in stands_on(word))
    found = _of_ledgers(list(plain), scope, months)
    for word in wanted:
        one = figures()[word]
        if one.parties:
            found[word] = _parties(one.parties, scope, months)
        elif one.adds:
            found[word] = _added(found[part] for part in one.adds)
    return {word: found[word] for word in wanted}


def rows_of(word: str, scope: Scope, months: Sequence[Month], kinds: Sequence[str] = ()) -> "QuerySet[Any]":
    """The rows of a figure with a ledger of its own; kinds: none = all. They have `month_number`."""
    one = figures()[word]
    found = _rows(SOURCES[one.source], scope, months).filter(**one.where)
    return found.filter(subject_is__in=kinds) if kinds else found


def _rows(source: Source, scope: Scope, months: Sequence[Month]) -> "QuerySet[Any]":
    rows = source.rows(scope).order_by()
    number: Any = Value(-1, IntegerField())
    if source.day:
        bounds = [_bound(source, month) for month in months]
        rows = rows.filter(**{f"{source.day}__gte": bounds[0], f"{source.day}__lt": _bound(source, months[-1].next)})
        later = [When(**{f"{source.day}__gte": bound}, then=Value(n)) for n, bound in reversed(list(enumerate(bounds)))]
        number = Case(*later, output_field=IntegerField())
    return rows.annotate(subject_is=_kind(source), month_number=number)


def _bound(source: Source, month: Month) -> date | datetime:
    return month.moment if source.moment else month.first


def _kind(source: Source) -> Any:
    cases: list[Any] = []
    if source.institution:
        path = "" if source.institution == "self" else f"{source.institution}__"
        cases = [
            When(**{f"{path}kind": "2"}, then=Value("pharmacy")),
            When(Q(**{f"{path}pk__isnull": False}), then=Value("medical")),
        ]
    if source.subject:
        cases += [When(**{source.subject: word}, then=Value(word)) for word in ("person", "agency")]
    return Case(*cases, default=Value("other"), output_field=CharField()) if cases else Value("other", CharField())


def _of_ledgers(words: Sequence[str], scope: Scope, months: Sequence[Month]) -> dict[str, dict[Place, Number]]:
    """Figures with a ledger of their own, all ledgers in one question: a part for each, as wide as the widest."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for word in words:
        by_source[figures()[word].source].append(word)
    wide = max(map(len, by_source.values()), default=0)
    parts = [_part(n, SOURCES[name], of_source, wide, scope, months) for n, (name, of_source) in enumerate(by_source.items())]
    found: dict[str, dict[Place, Number]] = {word: {} for word in words}
    named = list(by_source.values())
    for ledger, area, kind, number, *values in parts[0].union(*parts[1:], all=True) if parts else ():
        at = Place(area[:6], kind, months[number] if number >= 0 else None)
        for word, value in zip(named[ledger], values, strict=False):
            if value:
                yuan = value.quantize(CENT) if is_yuan(word) else int(value)
                found[word][at] = found[word].get(at, 0) + yuan
    return found


def _part(ledger: int, source: Source, words: Sequence[str], wide: int, scope: Scope, months: Sequence[Month]) -> "QuerySet[Any]":
    """ledger, division, kind of subject, number of the month, one value a word, and noughts until it is as wide as all."""
    rows = _rows(source, scope, months).annotate(ledger=Value(ledger, IntegerField()), in_area=F(source.area))
    grouped = rows.values("ledger", "in_area", "subject_is", "month_number")
    sums = {f"value_{n}": Cast(_figure(words[n]) if n < len(words) else Value(0), AMOUNT) for n in range(wide)}
    return grouped.annotate(**sums).values_list("ledger", "in_area", "subject_is", "month_number", *sums)


def _figure(word: str) -> Any:
    one = figures()[word]
    condition = Q(**one.where) if one.where else None
    if one.sum:
        together: Any = Cast(one.sum[0], AMOUNT)
        for name in one.sum[1:]:
            together += Cast(name, AMOUNT)
        return Coalesce(Sum(together, filter=condition), Value(0), output_field=AMOUNT)
    return Count("pk", filter=condition)


def _parties(parts: Sequence[str], scope: Scope, months: Sequence[Month]) -> dict[Place, Number]:
    """Who stands in any of these rows, each once a division, kind and month."""
    asked: list[QuerySet[Any]] = []
    for part in parts:
        source = SOURCES[figures()[part].source]
        rows = rows_of(part, scope, months).annotate(party=_party(source))
        asked.append(rows.values_list(source.area, "subject_is", "month_number", "party").distinct())
    found: dict[Place, Number] = defaultdict(int)
    for area, kind, number, _ in asked[0].union(*asked[1:]):
        found[Place(area[:6], kind, months[number])] += 1
    return dict(found)


def counted_once(word: str, scope: Scope, months: Sequence[Month], kinds: Sequence[str]) -> dict[str, int]:
    """Parties of a figure by division, each once in all of these months together; kinds: none = all."""
    found: set[tuple[str, str]] = set()
    for part in figures()[word].parties:
        source = SOURCES[figures()[part].source]
        rows = rows_of(part, scope, months, kinds).annotate(party=_party(source))
        found |= {(area[:6], party) for area, party in rows.values_list(source.area, "party").distinct()}
    return dict(Counter(area for area, _ in found))


def _party(source: Source) -> Any:
    """The institution, or the agency by its name, which leads and inspections share; of a person or another, the record, for
    who it is is nobody's business here."""
    key = f"{source.record}_id" if source.record else "pk"
    record = Concat(Value(f"{source.record}:"), Cast(key, CharField()), output_field=CharField())
    known: list[Any] = []
    if source.institution:
        known.append(When(**{f"{source.institution}__isnull": False}, then=Cast(f"{source.institution}__pk", CharField())))
    if source.agency:
        name = Concat(Value("agency:"), Cast(source.agency, CharField()), output_field=CharField())
        known.append(When(**{"subject_is": "agency", f"{source.agency}__gt": ""}, then=name))
    return Case(*known, default=record, output_field=CharField()) if known else record


def _added(parts: Iterable[Mapping[Place, Number]]) -> dict[Place, Number]:
    found: dict[Place, Number] = {}
    for part in parts:
        for at, value in part.items():
            found[at] = found.get(at, 0) + value
    return found


__all__ = ["Counted", "Number", "Place", "counted", "counted_once", "is_stock", "rows_of"]
