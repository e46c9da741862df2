"""`make bench-web`: a million findings taken over, 200,000 reviews beside them, and how long each page takes.

Rows are invented: 150 rules, 1,000 institutions in 20 counties, two years. Pages are asked for as four people (`bench.pages`).

    python -m bench.web                         SQLite in bench-home/web
    python -m bench.web --postgresql            a private PostgreSQL cluster in bench-home/web/postgresql, with its own defaults
    YIJIAN_DATABASE_URL=… python -m bench.web   a server that runs already (its database is emptied first)
    … --again                                   only the pages, from the data that the last run left
"""

import argparse
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench import pages

RULES, INSTITUTIONS, COUNTIES = 150, 1_000, 20
DAY = date(2024, 1, 1)
VERDICTS = ("violation", "suspicion")

PAGES = {
    "supervisor": (
        "/", "/screening/", "/screening/?rule=rule7", "/screening/?sort=-n", "/screening/?whose=nobody", "/screening/GROUP/",
        "/findings/", "/findings/?rule=rule7", "/findings/?institution=H00000", "/findings/?institution=H00007",
        "/findings/?state=rejected", "/findings/?month=2024-05", "/findings/?month=2024-05&rule=rule0",
        "/findings/?least=1", "/findings/?least=900", "/findings/?least=999", "/findings/?mapping=doubtful",
        "/findings/?sort=-day", "/findings/?sort=amount", "/findings/?page=200", "/findings/?text=M77777",
        "/findings/?text=规则7：", "/findings/?text=医院7", "/findings/?text=床位费&rule=rule0&institution=H00000",
        "/findings/FINDING/", "/institutions/", "/institutions/H00000/", "/institutions/H00007/", "/inbox/",
        "/rules/precision/",
    ),
    "county": ("/", "/screening/", "/findings/", "/institutions/", "/recoveries/"),
    "reviewer": (
        "/", "/reviews/", "/reviews/?state=drafted", "/reviews/?institution=H00007", "/reviews/?text=S77777",
        "/reviews/?page=100", "/reviews/REVIEW/",
        "/recoveries/", "/recoveries/?by=institution", "/recoveries/?by=rule", "/recoveries/rows/",
        "/recoveries/rows/?month=2024-05",
    ),
    "institution": ("/", "/reviews/", "/recoveries/"),
}  # fmt: skip


def main(folder: Path, findings: int, reviews: int, times: int, again: bool) -> None:
    """Make the home anew and fill it, unless it is there already; ask for each page many times."""
    pages.opened(folder, again)
    rows = [] if again else _fill(findings, reviews)
    pages.ask_all(PAGES, _real, times, rows, f"{findings:,} findings, {reviews:,} reviews")


def _fill(findings: int, reviews: int) -> list[tuple[str, ...]]:
    """Rows, and how long writing them took."""
    make_people()
    rows = [pages.done("taking over", _take_over(findings))]
    rows.append(pages.done("opening reviews (rows written at once)", _reviews(reviews, _people()["reviewer"])))
    pages.analyze()
    return rows


def _people() -> dict[str, Any]:
    from yijian.web.accounts.models import User

    return {one.username: one for one in User.objects.all()}


def make_people() -> None:
    """A city with its counties, and the four people."""
    from django.utils import timezone

    from yijian.web.accounts.actions import keep_division, keep_organisation, make_account

    common = {"who": None, "when": timezone.now(), "where": None}
    for code in ("999900", *(f"9999{n:02d}" for n in range(1, COUNTIES + 1))):
        keep_division(code, f"区划{code}", **common)
    places = {
        "supervisor": ("YB", "authority", "999900", ""), "county": ("YB1", "authority", "999901", ""),
        "reviewer": ("JB", "agency", "999900", ""), "institution": ("H00007", "institution", "999908", "H00007"),
    }  # fmt: skip
    for name, (code, kind, division, institution) in places.items():
        where = keep_organisation(code, name=code, kind=kind, division=division, institution=institution, **common)
        role = "supervisor" if name == "county" else name
        make_account(name, "an-invented-pass-phrase-7", display_name=name, organisation=where, role=role, **common)


def _take_over(findings: int) -> list[float]:
    from yijian.engine.findings import CoverageRow
    from yijian.engine.ledger import Run
    from yijian.web.findings.taking_over import load_run

    now = datetime.now(UTC)
    make_institutions()
    ran = _ran()
    run = Run("b" * 16, now.isoformat(), 1, ran, [])
    ledger = [
        CoverageRow(name, rule.title, 10**6, 0, 0, 9 * 10**5, 10**5, 0, {}, findings // RULES, Decimal(10**6), "")
        for name, rule in ran.items()
    ]
    areas = {f"H{n:05d}": area_of(n) for n in range(INSTITUTIONS)} | {"": "999900"}
    with pages.timed() as took:
        load_run(run, ledger, _rows(findings), official_codes={}, areas=areas, who="bench", when=now)
    return took


def make_institutions() -> None:
    """Hospitals, spread over the counties."""
    from yijian.web.institutions.actions import take_over_institutions

    take_over_institutions(
        ({"code": f"H{n:05d}", "name": f"示例医院{n}", "kind": "1", "level": 1 + n % 3, "level_code": "05", "beds": 100,
          "area": area_of(n), "settlements": 10_000, "fees": 10**7, "fund": 6 * 10**6} for n in range(INSTITUTIONS)),
        who="bench", when=datetime.now(UTC),
    )  # fmt: skip


def area_of(number: int) -> str:
    return f"9999{1 + number % COUNTIES:02d}"


def _ran() -> dict[str, Any]:
    from yijian.engine.ledger import RuleRun

    return {f"rule{n}": RuleRun(f"rule{n}", f"规则{n}：超出限定范围收费", VERDICTS[n % 2], 1, "0" * 16, "") for n in range(RULES)}


def _rows(findings: int) -> Iterator[dict[str, Any]]:
    plan = random.Random(1)
    for n in range(findings):
        rule, place = int(RULES * plan.random() ** 2), int(INSTITUTIONS * plan.random() ** 2)
        yield {
            "finding_id": f"{n:024x}", "rule": f"rule{rule}", "official_code": "", "verdict": VERDICTS[rule % 2],
            "fixmedins_code": f"H{place:05d}", "psn_no": f"P{n % 400_000:09d}", "mdtrt_id": f"M{n}", "setl_id": f"S{n // 4}",
            "date": DAY + timedelta(days=n % 730), "amount": Decimal(plan.randrange(1, 100_000)) / 100,
            "explanation": "参保人住院 5 日，收取床位费 9 次，多于住院天数，超出部分由基金支付",
            "legal_basis": "医疗保障基金使用监督管理条例 第三十八条第（二）项", "evidence": f"L{n}a L{n}b", "mapping_error": "",
            "rule_hash": "0" * 16, "knowledge_hash": "",
        }  # fmt: skip


def _reviews(count: int, reviewer: Any) -> list[float]:
    """Reviews in all states with their lines and ledger rows, written at once as `opening` writes them."""
    from django.db import transaction
    from django.utils import timezone

    from yijian.web.recoveries.actions import Stage, Thing, set_stage
    from yijian.web.reviews.models import Review, ReviewLine
    from yijian.web.reviews.steps import WORDS

    now, states, plan = timezone.now(), list(WORDS), random.Random(2)
    with pages.timed() as took:
        for first in range(0, count, 20_000):
            numbers = range(first, min(first + 20_000, count))
            places = [int(INSTITUTIONS * plan.random() ** 2) for _ in numbers]
            made = Review.objects.bulk_create(
                [
                    Review(
                        key=f"setl:S{n}", institution_id=f"H{place:05d}", area=area_of(place), source="finding", setl_id=f"S{n}",
                        mdtrt_id=f"M{4 * n}", psn_no=f"P{n:09d}", day=DAY + timedelta(days=n % 730), inpatient=n % 2 == 0,
                        fund_type="310", fees=Decimal(5000), fund=Decimal(3000), amount=Decimal(plan.randrange(1, 100_000)) / 100,
                        state=states[n % len(states)], opened=now,
                    )
                    for n, place in zip(numbers, places, strict=True)
                ],
                batch_size=500,
            )  # fmt: skip
            lines = ReviewLine.objects.bulk_create(
                [
                    ReviewLine(review=r, finding_id=_of_bill(r), what="多收床位费", amount=r.amount, counted=r.amount)
                    for r in made
                ],
                batch_size=500,
            )  # fmt: skip
            things = [
                Thing(f"reviews.line:{x.pk}", r.pk, r.institution_id, r.area, f"rule{x.pk % RULES}", "规则", "310",
                      r.day.replace(day=1), x.counted)
                for x, r in zip(lines, made, strict=True)
            ]  # fmt: skip
            with transaction.atomic():
                for stage in (Stage.IDENTIFIED, Stage.NOTIFIED, Stage.CONFIRMED):
                    set_stage(things, stage, who=reviewer, when=now)
    return took


def _of_bill(review: Any) -> str:
    return f"{4 * int(review.setl_id[1:]):024x}"


def _real(address: str) -> str:
    from yijian.web.findings.models import Finding, FindingGroup
    from yijian.web.reviews.models import Review

    if "GROUP" in address:
        address = address.replace("GROUP", FindingGroup.objects.order_by("-n_new")[0].pk)
    if "FINDING" in address:
        address = address.replace("FINDING", Finding.objects.order_by("pk")[0].pk)
    return address.replace("REVIEW", str(Review.objects.filter(state="drafted").first().pk)) if "REVIEW" in address else address


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m bench.web", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("bench-home") / "web")
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--reviews", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=5, help="requests of each page, after a first that is not counted")
    parser.add_argument("--postgresql", action="store_true", help="a private PostgreSQL cluster in the folder")
    parser.add_argument("--again", action="store_true", help="only the pages, from the data that the last run left")
    given = parser.parse_args()
    with pages.database(given.folder.absolute(), given.postgresql):
        main(given.folder.absolute(), given.findings, given.reviews, given.times, given.again)
