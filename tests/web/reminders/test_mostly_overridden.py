"""Which rules are said to be mostly overridden: enough feedback, and sure with 95 % confidence."""

import pytest

from yijian.vocabulary.interval import wilson
from yijian.web.reminders.queries import LEAST_FEEDBACK, mostly_overridden, reminders_for


def feedback(rule, gone_on, changed, silent=0, *, times=1):
    """Rows of reminders of a rule; each encounter was asked about `times` times."""
    ways = ["1"] * gone_on + ["2"] * changed + [""] * silent
    return [
        {
            "warn_rslt_id": f"{rule}-{number}-{time}",
            "rule_code": rule,
            "rule_id": rule,
            "rule_name": f"规则{rule}",
            "mdtrt_id": f"{rule}{number}",
            "reqt_time": f"2026-01-05 1{time}:55:00",
            "warn_dspo_way": way,
            "warn_dspo_way_dscr": "病情需要" if way == "1" else "",
        }
        for number, way in enumerate(ways)
        for time in range(times)
    ]


@pytest.mark.parametrize(
    ("times", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (45, 48, 0.8316, 0.9785), (1, 1, 0.2065, 1.0)],
)
def test_the_interval_is_wilsons(times, of, low, high):
    """Bounds as published tables and statsmodels' proportion_confint(method='wilson') give them."""
    found = wilson(times, of)
    assert (round(found.low, 4), round(found.high, 4), found.share) == (low, high, times / of)


@pytest.mark.parametrize(("times", "of"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_has_no_interval(times, of):
    with pytest.raises(ValueError, match="no share"):
        wilson(times, of)


def test_a_rule_is_named_only_with_enough_feedback_and_when_it_is_sure(delivered, supervisor):
    delivered(
        [
            *feedback("surely", 22, 2, silent=30),
            *feedback("narrowly", 13, 11),  # more than half, but that may be chance
            *feedback("seldom", LEAST_FEEDBACK - 1, 0),
            *feedback("twice", LEAST_FEEDBACK // 2 + 2, 0, times=2),  # enough reminders, too few encounters
            *feedback("followed", 2, 30),
        ]
    )
    (one,) = mostly_overridden(reminders_for(supervisor))
    assert (one.rule, one.reminders, one.times, one.of) == ("surely", 22, 22, 24)
    assert one.interval == wilson(22, 24)


def test_the_page_proposes_to_look_at_it_again(delivered, page):
    delivered(feedback("surely", 22, 2))
    said = page.get("/reminders/").content.decode()
    assert "建议复核" in said
    assert "24 次就诊" in said
    assert "91.7%" in said
    assert "规则surely" in said


def test_where_none_is_the_page_says_so(delivered, page):
    delivered(feedback("followed", 2, 30))
    assert "没有规则既有足够的反馈" in page.get("/reminders/").content.decode()
