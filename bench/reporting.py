"""`make bench-reporting`: statistical forms over 2,000 institutions and 24 months, beside one question a figure.

Each institution has a measure, an order and a repayment, a lead that ended and half an inspection every month. The alternative
asks the same figures one after another, as one would write them by hand from the same definitions. Medians of five. Then the
pages, an Excel file, and closing a month with 24 closed before it.

    python -m bench.reporting [--postgresql] [--again]      see bench.web
"""

import argparse
import os
import statistics
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import pages
from bench.measure import show
from bench.web import area_of, make_people

INSTITUTIONS, MONTHS, TIMES = 2_000, 24, 5
KINDS = ("interview", "rectification", "criticism", "damages", "suspend_agreement", "terminate_agreement")
ADDRESSES = (
    "/statistics/", "/statistics/monthly/?area=999900", "/statistics/monthly/?area=999900&period=YEAR",
    "/statistics/annex4/?area=999900&period=YEAR", "/statistics/annex3/?area=999900&period=YEAR",
    "/statistics/verified/?area=999900", "/statistics/visits/?area=999900",
    "/statistics/monthly/rows/?area=999900&period=YEAR&column=recovered&line=all_year",
    "/statistics/monthly/rows/?area=999900&period=YEAR&column=handled&line=all_year",
    "/statistics/monthly.xlsx?area=999900", "/statistics/annex4.xlsx?area=999900&period=YEAR",
)  # fmt: skip


def main(folder: Path, times: int, again: bool) -> None:
    """Make the home anew and fill it, unless it is there already; measure, and print tables."""
    from django.utils import timezone

    pages.opened(folder, again)
    if not again:
        make_people()
        _fill()
        pages.analyze()
    by_hand, ours = _median(_one_by_one), _median(_counted)
    rows = [("one question a figure", f"{by_hand:.2f}", "1.0"), ("counting.counted", f"{ours:.2f}", f"{ours / by_hand:.2f}")]
    show(f"a year of {INSTITUTIONS:,} institutions: all figures", ("", "seconds", "ratio"), rows)
    closing = [] if again else [pages.done(f"closing {MONTHS} months, each", _closed())]
    year = str(timezone.localdate().year)
    pages.ask_all(
        {"supervisor": ADDRESSES}, lambda one: one.replace("YEAR", year), times, closing,
        f"{INSTITUTIONS:,} institutions, {MONTHS} months",
    )  # fmt: skip


def _months() -> list[Any]:
    from django.utils import timezone

    from yijian.web.statistics.periods import month_of

    found = [month_of(timezone.localdate()).before]
    while len(found) < MONTHS:
        found.append(found[-1].before)
    return found[::-1]


def _rows() -> Iterator[tuple[int, int, Any]]:
    """Number of the row, of the institution, and the moment."""
    from django.utils import timezone

    number = 0
    for month in _months():
        for place in range(INSTITUTIONS):
            day = month.first + timedelta(days=place % 28)
            yield number, place, timezone.make_aware(datetime.combine(day, time(10)))
            number += 1


def _fill() -> None:
    from django.db import transaction
    from django.utils import timezone

    from yijian.web.accounts.models import User
    from yijian.web.agreements.models import AgreementMeasure
    from yijian.web.inspections.models import Inspection
    from yijian.web.institutions.models import Institution
    from yijian.web.leads.models import Lead, LeadChange
    from yijian.web.recoveries.models import Entry, Recovery

    keeper, now = User.objects.get(username="supervisor"), timezone.now()

    def common(place: int) -> dict[str, Any]:
        return {"institution_id": f"H{place:05d}", "area": area_of(place)}

    def recovery(n: int, place: int, at: datetime) -> Recovery:
        sums = dict.fromkeys(("identified", "confirmed", "ordered", "repaid"), Decimal(1000))
        return Recovery(pk=n + 1, about=f"b:{n}", review=n, month=at.date().replace(day=1), **sums, **common(place))

    def entries(n: int, at: datetime) -> Iterator[Entry]:
        for stage in ("confirmed", "ordered", "repaid"):
            yield Entry(recovery_id=n + 1, stage=stage, amount=Decimal(1000), at=at, by=keeper)

    def measure(n: int, place: int, at: datetime) -> AgreementMeasure:
        kind = KINDS[n % len(KINDS)]
        amount = Decimal(500) if kind == "damages" else None
        return AgreementMeasure(
            number=f"协{n}", kind=kind, reason="重复收费", clause="第十条", amount=amount, state="done", opened=at,
            decided=at.date(), by=keeper, **common(place),
        )  # fmt: skip

    def lead(n: int, place: int, at: datetime) -> Lead:
        return Lead(
            pk=n + 1, number=f"线{n}", source="inspection", received=at.date(), subject_kind="institution", title="重复收费",
            facts="重复收费", state="closed", result="agreement", opened=at, by=keeper, **common(place),
        )  # fmt: skip

    def inspection(n: int, place: int, at: datetime) -> Inspection:
        return Inspection(
            number=f"检{n}", title="检查", kind=("routine", "special", "flight")[n % 3], subject_kind="medical", focuses=[],
            begin=at.date(), end=at.date(), state="closed", arrived=at, problem=True, opened=at, by=keeper, **common(place),
        )  # fmt: skip

    rows = list(_rows())
    with transaction.atomic():
        Institution.objects.bulk_create(
            Institution(code=f"H{n:05d}", name=f"医院{n}", kind="2" if n % 3 == 0 else "1", area=area_of(n), beds=100)
            for n in range(INSTITUTIONS)
        )
        made = {"batch_size": 5000}
        Recovery.objects.bulk_create((recovery(*row) for row in rows), **made)
        Entry.objects.bulk_create((one for n, _, at in rows for one in entries(n, at)), **made)
        AgreementMeasure.objects.bulk_create((measure(*row) for row in rows), **made)
        Lead.objects.bulk_create((lead(*row) for row in rows), **made)
        ended = {"step": "confirm", "old": "reported", "new": "closed", "by": keeper}
        LeadChange.objects.bulk_create((LeadChange(record_id=n + 1, at=min(at, now), **ended) for n, _, at in rows), **made)
        Inspection.objects.bulk_create((inspection(*row) for row in rows if row[0] % 2), **made)


def _year() -> Any:
    return _months()[-12:]


def _words() -> list[str]:
    from yijian.web.statistics.forms import monthly

    return monthly().words


def _scope() -> Any:
    from yijian.web.accounts.queries import Scope

    return Scope(areas=("999900",))


def _counted() -> None:
    from yijian.web.statistics.counting import counted

    counted(_words(), _scope(), _year())


def _one_by_one() -> None:
    from yijian.web.statistics.counting import counted

    for word in _words():
        counted([word], _scope(), _year())


def _closed() -> list[float]:
    """Seconds on the clock and of the processor, a month."""
    from yijian.web.accounts.models import User
    from yijian.web.statistics import actions

    keeper = User.objects.get(username="supervisor")
    with pages.timed() as took:
        for month in _months():
            when = month.next.moment + timedelta(days=2)
            actions.close("999900", month, who=keeper, when=when, where=None)
    return [one / MONTHS for one in took]


def _median(work: Callable[[], None]) -> float:
    spent: list[float] = []
    for _ in range(TIMES):
        begun = perf_counter()
        work()
        spent.append(perf_counter() - begun)
    return statistics.median(spent)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m bench.reporting", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("bench-home") / "reporting")
    parser.add_argument("--times", type=int, default=3, help="requests of each page, after a first that is not counted")
    parser.add_argument("--postgresql", action="store_true", help="a private PostgreSQL cluster in the folder")
    parser.add_argument("--again", action="store_true", help="only the pages, from the data that the last run left")
    given = parser.parse_args()
    os.environ.setdefault("YIJIAN_HOME", str(given.folder.absolute()))
    with pages.database(given.folder.absolute(), given.postgresql):
        main(given.folder.absolute(), given.times, given.again)
