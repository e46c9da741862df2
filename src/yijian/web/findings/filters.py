"""What a list of findings is narrowed to; it stands in the address, and in the first rows of an export."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property

from django.db.models import Q
from django.http import QueryDict

from yijian.web.findings.models import Finding, RuleSum
from yijian.web.institutions.queries import institution, institutions_named

LIVE = ("new", "confirmed", "review")
"""States of findings that count unless others are asked for: not rejected, merged or put down to the code mapping."""

ALL = "all"
STATES = {"": "未排除", **{str(value): str(word) for value, word in Finding.State.choices}, ALL: "全部状态"}
"""Words of the filter by state."""

MOST_OF_NUMBER = 2_000
"""Findings with one number; a person or an encounter never has more."""

MAPPING = {"sound": "没有疑问", "doubtful": "疑似有误，先查对照"}
"""Whether the code mapping under a finding is in doubt."""


@dataclass(frozen=True)
class Filters:
    """Narrowing words as a person typed them; '' = not narrowed."""

    state: str = ""
    group: str = ""
    rule: str = ""
    institution: str = ""
    verdict: str = ""
    least: str = ""
    month: str = ""
    mapping: str = ""
    text: str = ""

    @classmethod
    def of(cls, address: QueryDict) -> "Filters":
        """Those in an address."""
        return cls(**{f.name: address.get(f.name, "").strip() for f in fields(cls)})

    @property
    def any(self) -> bool:
        """Whether anything is narrowed."""
        return any(getattr(self, f.name) for f in fields(self))

    @property
    def problem(self) -> str:
        """What cannot be understood, as a sentence; such a word narrows nothing."""
        if self.least and self._least() is None:
            return f"金额“{self.least}”不是数字，没有按金额筛选。请只写数字，例如 500 或 1200.50"
        if self.month and self._month() is None:
            return f"月份“{self.month}”看不懂，没有按月份筛选。请写成 2025-06 的样子"
        return ""

    def _least(self) -> Decimal | None:
        try:
            amount = Decimal(self.least.replace(",", ""))
        except InvalidOperation:
            return None
        return amount if amount.is_finite() else None

    def _month(self) -> tuple[date, date] | None:
        try:
            begin = date.fromisoformat(f"{self.month}-01")
        except ValueError:
            return None
        return begin, date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)

    @property
    def coarse(self) -> bool:
        """Whether a group knows all that is asked, so that sums need not read findings."""
        return not (self.least or self.month or self.mapping or self._number or self._sentences)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that are asked for."""
        if self.state == ALL:
            return tuple(str(value) for value in Finding.State.values)
        return (self.state,) if self.state in Finding.State.values else LIVE

    @property
    def _number(self) -> bool:
        """Whether `text` is a number to be looked up: of a person, a document, a finding or an institution; else words."""
        return self.text.isascii() and bool(self.text)

    @property
    def _sentences(self) -> bool:
        """Whether words are looked for in the findings' sentences too: of one rule at one institution. No index finds them in
        a million sentences."""
        return bool(self.text and not self._number and (self.group or (self.rule and self.institution)))

    def group_condition(self) -> Q:
        """What a group knows, as a condition on groups."""
        return self._common() & Q(pk=self.group) if self.group else self._common()

    def _common(self) -> Q:
        """The same but for its id: findings, and sums where they know it, have these fields too."""
        q = self._words if self.text and not (self._number or self._sentences) else Q()
        if self.rule:
            q &= Q(rule=self.rule)
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.verdict in Finding.Verdict.values:
            q &= Q(verdict=self.verdict)
        return q

    def condition(self) -> Q:
        """The same as a condition on findings."""
        q = self._common()
        if self.group:
            q &= Q(group_id=self.group)
        if self.state != ALL:
            q &= Q(state__in=self.states)
        if self.least and (least := self._least()) is not None:
            q &= Q(amount__gte=least)
        if self.month and (month := self._month()) is not None:
            q &= Q(day__gte=month[0], day__lt=month[1])
        if self.mapping in MAPPING:
            q &= Q(mapping_error="") if self.mapping == "sound" else Q(mapping_error__gt="")
        if self._sentences:
            q &= self._words | Q(explanation__icontains=self.text)
        return q & self._numbered if self._number else q

    @cached_property
    def _words(self) -> Q:
        """Words in the names of rules and institutions."""
        rules = RuleSum.objects.filter(rule_title__icontains=self.text).order_by().values_list("rule", flat=True)
        return Q(rule__in=list(rules.distinct())) | Q(institution_id__in=institutions_named(self.text))

    @cached_property
    def _numbered(self) -> Q:
        """A number is looked up as it stands, in indexes."""
        if institution(self.text):
            return Q(institution_id=self.text)
        numbers = ("psn_no", "mdtrt_id", "setl_id", "finding_id")
        first, *others = (Finding.objects.filter(**{name: self.text}).values_list("pk", flat=True) for name in numbers)
        # Each from its own index, and first: in one question databases would rather walk all findings in the order of the list.
        return Q(pk__in=list(first.union(*others)[:MOST_OF_NUMBER]))

    def words(self, rules: dict[str, str], institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("状态", STATES.get(self.state, "") if self.state else ""),
            ("疑点组", self.group),
            ("规则", rules.get(self.rule, self.rule)),
            ("机构", institutions.get(self.institution, self.institution)),
            ("性质", str(dict(Finding.Verdict.choices).get(self.verdict, self.verdict))),
            ("涉及金额不低于", f"{self.least} 元" if self.least else ""),
            ("发生月份", self.month),
            ("目录对照", MAPPING.get(self.mapping, "")),
            ("规则或机构名、编号", self.text),
        ]
        return [(title, value) for title, value in said if value]
