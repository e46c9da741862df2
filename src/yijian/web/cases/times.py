"""How long cases take, by division and year of filing; which are near the end of their time."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from yijian.web.accounts.queries import User
from yijian.web.cases.queries import Case, cases_for
from yijian.web.cases.steps import UNDECIDED
from yijian.web.clocks.queries import Due, dues_of, ended_late

RISKS = 50
"""Cases that the page names."""


@dataclass(frozen=True)
class Handling:
    """Cases that a division filed in a year: how many, decided, decided late, ended; calendar days, half take less."""

    area: str
    year: int
    filed: int
    decided: int
    late: int
    ended: int
    to_decision: float | None
    to_end: float | None


def by_area(user: User) -> list[Handling]:
    """Newest year first. Days are counted from filing, those that do not count (听证 …) included: as the party sees it."""
    rows = (
        cases_for(user).exclude(filed=None).select_related(None).order_by().values_list("pk", "area", "filed", "decided", "ended")
    )
    late = ended_late("case_decision", "cases.case:")
    found: dict[tuple[int, str], list[tuple[int, int | None, int | None]]] = defaultdict(list)
    for pk, area, filed, decided, ended in rows.iterator(chunk_size=5000):
        days = [(timezone.localdate(day) - timezone.localdate(filed)).days if day else None for day in (decided, ended)]
        found[timezone.localdate(filed).year, area].append((pk, days[0], days[1]))
    return [
        _handling(area, year, some, late) for (year, area), some in sorted(found.items(), key=lambda one: (-one[0][0], one[0][1]))
    ]


def _handling(area: str, year: int, some: list[tuple[int, int | None, int | None]], late: set[str]) -> Handling:
    decided = [days for _, days, _ in some if days is not None]
    ended = [days for _, _, days in some if days is not None]
    return Handling(
        area, year, len(some), len(decided), sum(f"cases.case:{pk}" in late for pk, _, _ in some), len(ended),
        median(decided) if decided else None, median(ended) if ended else None,
    )  # fmt: skip


def at_risk(user: User) -> list[tuple[Case, Due]]:
    """Undecided cases whose time runs out soon or has run out, soonest first."""
    open_now = {f"cases.case:{one.pk}": one for one in cases_for(user).filter(state__in=UNDECIDED).order_by("filed")[:1000]}
    dues = dues_of(list(open_now))
    near = [(open_now[about], due) for (about, kind), due in dues.items() if kind == "case_decision" and due.left <= 2 * due.soon]
    return near[:RISKS]
