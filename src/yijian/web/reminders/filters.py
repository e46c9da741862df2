"""What reminders are narrowed to; it stands in the address, and in the first rows of an export."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Q
from django.http import QueryDict

from yijian.web.reminders.models import Done, Stage

STAGES = {value: str(word) for value, word in Stage.choices if value}
OF_REQUESTS = ("institution", "doctor", "stage", "month")
"""Words that narrow requests too; the others speak of what a reminder says or what was done about it."""


@dataclass(frozen=True)
class Filters:
    """Narrowing words as a person typed them; '' = not narrowed."""

    rule: str = ""
    institution: str = ""
    doctor: str = ""
    stage: str = ""
    done: str = ""
    month: str = ""
    reason: str = ""
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
    def of_requests(self) -> bool:
        """Whether requests can be narrowed in the same way."""
        return not any(getattr(self, f.name) for f in fields(self) if f.name not in OF_REQUESTS)

    @property
    def problem(self) -> str:
        """What cannot be understood, as a sentence; such a word narrows nothing."""
        if self.month and self.begin is None:
            return f"月份“{self.month}”看不懂，没有按月份筛选。请写成 2025-06 的样子"
        return ""

    @property
    def begin(self) -> date | None:
        """The first day of the month."""
        try:
            return date.fromisoformat(f"{self.month}-01")
        except ValueError:
            return None

    def condition_on_requests(self) -> Q:
        """The part that speaks of requests, as a condition on `Asked` and on `Reminder` alike."""
        q = Q()
        if self.institution:
            q &= Q(institution_id=self.institution)
        if self.doctor:
            q &= Q(doctor=self.doctor)
        if self.stage in STAGES:
            q &= Q(stage=self.stage)
        if self.month and self.begin:
            q &= Q(month=self.begin)
        return q

    def condition(self) -> Q:
        """All of it, as a condition on reminders."""
        q = self.condition_on_requests()
        if self.rule:
            q &= Q(rule_id=self.rule)
        if self.done in Done.values:
            q &= Q(done=self.done)
        if self.reason:
            q &= Q(reason=self.reason)
        return q & self._text() if self.text else q

    def _text(self) -> Q:
        q = Q(text__icontains=self.text) | Q(reason__icontains=self.text) | Q(institution__name__icontains=self.text)
        for name in ("psn_no", "mdtrt_id", "id", "doctor", "institution_id"):
            q |= Q(**{name: self.text})
        return q

    def words(self, rules: Mapping[str, str], institutions: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [
            ("规则", rules.get(self.rule, self.rule)),
            ("机构", institutions.get(self.institution, self.institution)),
            ("医师", self.doctor),
            ("阶段", STAGES.get(self.stage, "")),
            ("处理", str(dict(Done.choices).get(self.done, ""))),
            ("月份", self.month if self.begin else ""),
            ("继续执行的原因", self.reason),
            ("文字或编号", self.text),
        ]
        return [(title, value) for title, value in said if value]
