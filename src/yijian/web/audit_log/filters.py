"""What the log is narrowed to; it stands in the address, and in the first rows of an export."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from yijian.web.audit_log.acts import titles
from yijian.web.frame.narrowing import Narrowing

EXACT = {"act": "操作", "who": "账号", "about": "对象编号", "person": "人员编号", "address": "地址"}
"""Field → title. All compare whole: with ten million lines a search inside words would read each of them."""


@dataclass(frozen=True)
class Filters(Narrowing):
    """Narrowing words as a person typed them; '' = not narrowed. `since` and `until` are days, both included."""

    act: str = ""
    who: str = ""
    about: str = ""
    person: str = ""
    address: str = ""
    since: str = ""
    until: str = ""

    @property
    def narrow(self) -> bool:
        """Whether a word leaves few lines: all words of `EXACT` but what was done, which many do."""
        return any(getattr(self, name) for name in EXACT if name != "act")

    @property
    def problem(self) -> str:
        """What cannot be understood, as a sentence; such a word narrows nothing."""
        for word in (self.since, self.until):
            if word and _midnight(word) is None:
                return f"日期“{word}”看不懂，没有按它筛选。请写成 2026-01-31 的样子"
        begin, end = _midnight(self.since), _midnight(self.until)
        return f"开始日期 {self.since} 晚于结束日期 {self.until}，不会有记录。请对调" if begin and end and begin > end else ""

    def condition(self) -> Q:
        """The same as a condition on lines."""
        q = Q(**{name: value for name in EXACT if (value := getattr(self, name))})
        if begin := _midnight(self.since):
            q &= Q(at__gte=begin)
        if end := _midnight(self.until):
            q &= Q(at__lt=end + timedelta(days=1))
        return q

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        said = [(title, getattr(self, name)) for name, title in EXACT.items()]
        said[0] = (EXACT["act"], titles().get(self.act, self.act))
        said += [("从", self.since), ("到", self.until)]
        return [(title, value) for title, value in said if value]


def _midnight(day: str) -> datetime | None:
    """The beginning of a day here; None where it is none."""
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(day), time.min))
    except (ValueError, OverflowError):
        return None
