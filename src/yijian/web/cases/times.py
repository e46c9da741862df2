"""How long cases take, by division and year of filing; which are near the end of their time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from yijian.web.accounts.queries import Right, User
from yijian.web.cases.models import Case
from yijian.web.cases.queries import cases_for
from yijian.web.clocks.queries import Due, soonest

RISKS = 50
"""Cases that the page names."""
YEARS = 5
"""Years that the page shows."""


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


def count(case: Case) -> None:
    """Set what follows from the moments of a case: its year and its days, for whoever saves it."""
    if case.filed is None:
        return
    filed = timezone.localdate(case.filed)
    case.year = filed.year
    case.days_decided, case.days_ended = (
        None if day is None else (timezone.localdate(day) - filed).days for day in (case.decided, case.ended)
    )


def by_area(user: User) -> list[Handling]:
    """The last years, newest first. Days count from filing, those outside the time (听证 …) included: as the party sees it."""
    seen = cases_for(user).filter(year__gt=timezone.localdate().year - YEARS).select_related(None).order_by()
    filed: dict[tuple[int, str], int] = defaultdict(int)
    late: dict[tuple[int, str], int] = defaultdict(int)
    for year, area, was_late, n in seen.values_list("year", "area", "late").annotate(n=Count("pk")):
        filed[year, area] += n
        late[year, area] += n if was_late else 0
    days = {
        name: _days(seen.values_list("year", "area", name).annotate(n=Count("pk"))) for name in ("days_decided", "days_ended")
    }
    return [
        Handling(area, year, filed[year, area], decided, late[year, area], ended, to_decision, to_end)
        for year, area in sorted(filed, key=lambda one: (-one[0], one[1]))
        for (decided, to_decision), (ended, to_end) in [[days[name].get((year, area), (0, None)) for name in days]]
    ]


def _days(rows: "Iterable[tuple[int, str, int | None, int]]") -> dict[tuple[int, str], tuple[int, float | None]]:
    """(year, area) → how many have days, and the middle one: of how many cases took how many days."""
    held: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for year, area, days, n in rows:
        if days is not None:
            held[year, area][days] = n
    return {key: (sum(counts.values()), _median(counts)) for key, counts in held.items()}


def _median(counts: dict[int, int]) -> float:
    """Of a histogram: days → how many."""
    total, passed, middle = sum(counts.values()), 0, list[int]()
    wanted = ((total - 1) // 2, total // 2)
    for days in sorted(counts):
        middle += [days for place in wanted if passed <= place < passed + counts[days]]
        passed += counts[days]
    return sum(middle) / 2


def at_risk(user: User) -> list[tuple[Case, Due]]:
    """Undecided cases whose time runs out soon or has run out, soonest first."""
    dues = [due for due in soonest("case_decision", user.scope(Right.SEE_CASES), RISKS) if due.left <= 2 * due.soon]
    held = cases_for(user).in_bulk([int(due.clock.about.partition(":")[2]) for due in dues])
    return [(held[pk], due) for due in dues if (pk := int(due.clock.about.partition(":")[2])) in held]
