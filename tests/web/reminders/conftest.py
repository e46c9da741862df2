"""The small area with its reminders taken over, and a bureau that receives more of them."""

from contextlib import closing

import pytest
from django.utils import timezone

from tests.claims.claims_cast import Bureau
from yijian.claims.lake import Lake
from yijian.web.loading import take_over_newest_reminders
from yijian.web.reminders.actions import take_over_reminders
from yijian.web.reminders.lake import Lake as Reminders


@pytest.fixture
def reminded(loaded):
    """The area, its run and its reminders in the test's database."""
    assert "2 个月" in take_over_newest_reminders(loaded)
    return loaded


@pytest.fixture
def delivered(db, tmp_path):
    """Import rows of reminders (each the ready one with what differs) and take them over; how many months changed."""
    bureau, number = Bureau(tmp_path), iter(range(1, 100))

    def deliver(rows):
        bureau.take(bureau.write("bffact_warn_rslt_d", rows, f"bffact_warn_rslt_d_{next(number)}.csv"))
        with closing(Reminders(Lake.open(bureau.home).snapshot())) as lake:
            return take_over_reminders(lake, who="test", when=timezone.now())

    return deliver
