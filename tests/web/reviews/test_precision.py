"""How often a rule is right: by what people decided, per version, with an interval and a proposal."""

import pytest
from django.core.exceptions import PermissionDenied

from tests.web.conftest import browser, by
from yijian.vocabulary.interval import wilson
from yijian.web.findings import actions as screening
from yijian.web.findings.models import Finding
from yijian.web.parameters.actions import set_parameter
from yijian.web.reviews import actions
from yijian.web.reviews.models import Review
from yijian.web.reviews.precision import Precision, precisions


def of(user, rule):
    return next(p for p in precisions(user) if p.rule == rule)


def made(confirmed, rejected, verdict="violation", floor=0.9, least=20):
    return Precision("r", "规则", verdict, 1, confirmed, rejected, 0, 0, floor, least)


def test_what_was_determined_and_what_was_rejected_counts(decided, second, clerk):
    # of the bill S3 (two wrong sums) one is withdrawn; the bed days of S1 were confirmed
    review = Review.objects.get(setl_id="S3")
    actions.accept(review.pk, **by(clerk))
    first_line, second_line = review.lines.order_by("pk")
    actions.decide(review.pk, "recover", {first_line.pk: "0", second_line.pk: "5"}, reason="一条成立", **by(second))
    assert (of(second, "bed_days_over_stay").confirmed, of(second, "bed_days_over_stay").judged) == (1, 1)
    sums = of(second, "amount_arithmetic")
    assert (sums.confirmed, sums.withdrawn, sums.rejected) == (1, 1, 0)
    assert sums.interval == wilson(1, 2)
    assert sums.version == 1


def test_a_wrong_mapping_says_nothing_about_the_rule(loaded, first):
    one, other = Finding.objects.filter(rule="amount_arithmetic", institution_id="H1")
    screening.screen([one.pk], "mapping", reason="目录对照有误", **by(first))
    screening.screen([other.pk], "rejected", reason="病历能说明", **by(first))
    sums = of(first, "amount_arithmetic")
    assert (sums.judged, sums.rejected, sums.mapping) == (1, 1, 1)


@pytest.mark.parametrize(
    ("one", "proposed"),
    [
        (made(10, 90), True),
        (made(95, 5), False),
        (made(10, 9), False),  # not enough judged
        (made(85, 15), False),  # under the floor, but perhaps not
        (made(1, 99, verdict="suspicion", floor=0.3), True),
        (made(0, 0), False),
    ],
)
def test_a_rule_is_proposed_for_demotion_only_where_that_is_sure(one, proposed):
    assert bool(one.proposal) == proposed


def test_the_floor_is_a_parameter_of_the_area(decided, second, administrator):
    set_parameter(
        "precision_floor_violation", "0.5", division="999900", valid_from=decided.opened.date(), source="本地办法第十条",
        **by(administrator),
    )  # fmt: skip
    assert of(second, "bed_days_over_stay").floor == 0.5


def test_the_pages_show_it(decided, second, administrator):
    page = browser(second)
    assert "哪些规则靠得住" in page.get("/rules/precision/").content.decode()
    assert "人工结论与准确率" in page.get("/rules/bed_days_over_stay/").content.decode()
    with pytest.raises(PermissionDenied):
        precisions(administrator)
