"""`make bench-inspections`: the coverage of 100,000 institutions in a year with 60,000 inspections, beside one SQL statement.

The alternative is what one would write by hand: all institutions joined to the year's inspections, counted by division in one
statement of sqlite3; it says nothing of who is still due. Medians of seven.

    python -m bench.inspections [--postgresql] [--again]      see bench.web
"""

import argparse
import os
import random
import statistics
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import pages
from bench.measure import show
from bench.web import area_of, make_people

INSTITUTIONS, INSPECTIONS = 100_000, 60_000
TIMES = 7
BY_HAND = """
SELECT i.area, COUNT(*), COUNT(v.institution_id) FROM institutions_institution AS i
LEFT JOIN (
  SELECT DISTINCT institution_id FROM inspections_inspection WHERE arrived >= %s AND arrived < %s
) AS v ON v.institution_id = i.code
GROUP BY i.area
"""
ADDRESSES = (
    "/inspections/coverage/",
    "/inspections/coverage/?sort=-fund",
    "/inspections/coverage/?subject=medical&kind=flight",
    "/inspections/",
    "/inspections/new/",
)


def main(folder: Path, times: int, again: bool) -> None:
    """Make the home anew and fill it, unless it is there already; ask for each page many times."""
    pages.opened(folder, again)
    if not again:
        make_people()
        _fill()
        pages.analyze()
    by_hand, ours = _median(_joined), _median(_asked)
    rows = [("one LEFT JOIN, written by hand", f"{by_hand * 1000:.0f}", "1.0")]
    rows.append(("coverage.by_area", f"{ours * 1000:.0f}", f"{ours / by_hand:.1f}"))
    show(f"{INSTITUTIONS:,} institutions, {INSPECTIONS:,} inspections", ("", "ms", "ratio"), rows)
    pages.ask_all({"supervisor": ADDRESSES}, str, times, [], f"pages of {INSTITUTIONS:,} institutions")


def _fill() -> None:
    from django.db import transaction
    from django.utils import timezone

    from yijian.web.accounts.models import User
    from yijian.web.inspections.models import Inspection
    from yijian.web.institutions.models import Institution

    chance, now, keeper = random.Random(1), timezone.now(), User.objects.get(username="supervisor")
    with transaction.atomic():
        Institution.objects.bulk_create(
            (
                Institution(
                    code=f"H{n:06}", name=f"医院{n}", kind="2" if n % 3 == 0 else "1", level=n % 3 + 1, area=area_of(n),
                    fund=chance.randrange(10**7), settlements=n % 1000,
                )
                for n in range(INSTITUTIONS)
            ),
            batch_size=5000,
        )  # fmt: skip
        Inspection.objects.bulk_create(
            (_inspection(n, chance, now, keeper, Inspection) for n in range(INSPECTIONS)),
            batch_size=5000,
        )


def _inspection(n: int, chance: random.Random, now: Any, keeper: Any, model: Any) -> Any:
    place, arrived = chance.randrange(INSTITUTIONS), now - timedelta(days=chance.randrange(700))
    return model(
        number=f"检查{n}", title="检查", kind=("routine", "special", "flight")[n % 3], area=area_of(place),
        subject_kind="medical", institution_id=f"H{place:06}", focuses=["hospital"], begin=arrived.date(), end=arrived.date(),
        state="closed", arrived=arrived, told=arrived, left=arrived, problem=False, opened=arrived, by=keeper,
    )  # fmt: skip


def _joined() -> None:
    from datetime import date

    from django.db import connection

    from yijian.web.inspections.counting import start_of
    from yijian.web.inspections.coverage import Filters

    year = Filters().of_year
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [start_of(date(year, 1, 1)), start_of(date(year + 1, 1, 1))])
        cursor.fetchall()


def _asked() -> None:
    from yijian.web.accounts.models import User
    from yijian.web.inspections.coverage import Filters, by_area

    by_area(User.objects.get(username="supervisor"), Filters())


def _median(work: Callable[[], None]) -> float:
    spent: list[float] = []
    for _ in range(TIMES):
        begun = perf_counter()
        work()
        spent.append(perf_counter() - begun)
    return statistics.median(spent)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.inspections", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-home/inspections"))
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("YIJIAN_HOME", str(given.folder.absolute()))
    with pages.database(given.folder.absolute(), given.postgresql):
        main(given.folder.absolute(), given.times, given.again)
