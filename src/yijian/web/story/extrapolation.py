"""What the demo estimated: two hospitals' stays, one concluded, one under review."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from django.core.exceptions import ValidationError

from yijian.vocabulary.home import Home
from yijian.web.accounts.queries import By, User
from yijian.web.extrapolation import actions, drawing
from yijian.web.extrapolation.actions import Found
from yijian.web.extrapolation.drawing import Given
from yijian.web.extrapolation.queries import Extrapolation, sampled_in
from yijian.web.findings.queries import institutions_with_findings
from yijian.web.institutions.queries import is_pharmacy

MOST = 12
"""Bills of each stratum that are looked at in the demo."""
WRONG = ("重复收取护理费", "超标准收取床位费", "检查部位与申请单不符")


def tell(cast: Mapping[str, User], home: Home, now: datetime) -> int:
    """Tell it; how many there are."""

    def by(days: float) -> By:
        return {"who": cast["jianguan"], "when": now - timedelta(days=days), "where": None}

    hospitals = [one for one in institutions_with_findings(cast["jianguan"]).order_by("-settlements") if not is_pharmacy(one)]
    made: list[Extrapolation] = []
    for days, hospital in zip((30, 6), hospitals, strict=False):
        given = Given(hospital, "stays", (now - timedelta(days=1000)).date(), (now - timedelta(days=days)).date())
        try:
            proposal = drawing.propose(given, home, given.end or now.date())
            sizes = [min(size, MOST) for size in proposal.sizes]
            made.append(actions.draw(given, sizes, proposal.snapshot, home=home, **by(days)))
        except ValidationError:
            continue  # a city so small that this hospital has no two stays
    for n, one in enumerate(made):
        bills = list(sampled_in(one))
        some = bills if n == 0 else bills[: len(bills) // 2]
        found = {
            bill.setl_id: Found((bill.cost * Decimal("0.08")).quantize(Decimal("0.01"), ROUND_DOWN), WRONG[k % len(WRONG)])
            if k % 5 == 2
            else Found(Decimal(0))
            for k, bill in enumerate(some)
        }
        actions.review(one.pk, found, **by(3))
    if made:
        actions.conclude(made[0].pk, **by(2))
    return len(made)
