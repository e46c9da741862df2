"""Which institutions were inspected in a year and which are still due; what forms of statistics are told of inspections."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.web.conftest import browser, by
from tests.web.inspections.conftest import CITY, given, recorded
from yijian.web.campaigns.models import Campaign
from yijian.web.inspections import concluding, planning
from yijian.web.inspections.coverage import Filters, Row, by_area, last_visits, of_campaign, still_due
from yijian.web.inspections.models import Inspection
from yijian.web.inspections.queries import Counts, counts_in
from yijian.web.institutions.queries import institution


def codes(user, **narrowed):
    return sorted(still_due(user, Filters(**narrowed)).values_list("pk", flat=True))


def test_who_was_visited_this_year_is_covered_and_the_rest_is_due(there, people):
    keeper = people["supervisor"]
    assert by_area(keeper, Filters()) == [Row("999901", 2, 1), Row("999902", 1, 0)]
    assert codes(keeper) == ["H2", "Y1"]
    assert codes(keeper, subject="pharmacy") == ["Y1"]
    assert codes(keeper, kind="flight") == ["H1", "H2", "Y1"]
    assert codes(keeper, area="999902") == ["H2"]
    assert last_visits(["H1", "H2"]) == {"H1": timezone.localdate(there.arrived)}


def test_a_visit_of_another_year_or_one_that_is_only_planned_does_not_count(there, planned, people):
    Inspection.objects.filter(pk=there.pk).update(arrived=there.arrived - timedelta(days=400))
    year = f"{timezone.localdate(there.arrived - timedelta(days=400)).year}"
    assert "H1" in codes(people["supervisor"])
    assert "H1" not in codes(people["supervisor"], year=year)


def test_a_district_sees_its_own_institutions_alone(there, people):
    assert by_area(people["d"], Filters()) == [Row("999902", 1, 0)]
    with pytest.raises(PermissionDenied):
        by_area(people["clerk"], Filters())


@pytest.mark.parametrize(
    "address", ["", "?year=abcd", "?year=0000", "?kind=flight&subject=medical&sort=-fund", "?area=99", "?page=99"]
)
def test_the_page_of_coverage_says_the_share_and_what_is_left(there, people, address):
    response = browser(people["supervisor"]).get(f"/inspections/coverage/{address}")
    assert response.status_code == 200
    if not address:
        page = response.content.decode()
        assert "33.3%" in page
        assert "示例市大药房" in page


def test_the_figure_of_a_division_opens_the_list_of_just_those_inspections(there, people):
    other = planning.plan(CITY, given(people, institution=institution("H2")), **by(people["supervisor"]))
    Inspection.objects.filter(pk=other.pk).update(arrived=timezone.now())
    page = browser(people["supervisor"])
    coverage = page.get("/inspections/coverage/?subject=medical").content.decode()
    (link,) = [one for one in re.findall(r'href="(/inspections/\?[^"]+)"', coverage) if "999901" in one]
    listed = page.get(unescape(link)).content.decode()
    assert "subject=medical" in link
    assert there.number in listed
    assert other.number not in listed


def test_forms_are_told_how_many_inspections_people_interviews_and_orders_there_were(there, people):
    recorded(there, people, "interview")
    today = timezone.localdate(there.arrived)
    key = (CITY, "medical", "special")
    assert counts_in([CITY], today, today) == {key: Counts(inspections=1, subjects=1, people=2, interviews=1)}
    assert counts_in([CITY], today - timedelta(days=9), today - timedelta(days=1)) == {}
    assert counts_in(["999902"], today, today) == {}
    assert counts_in([], today, today) == {}


def test_forms_are_told_of_problems_and_money_where_they_were_concluded(concluded, people):
    Inspection.objects.filter(pk=concluded.pk).update(amount=Decimal("12.50"))
    concluding.order(concluded.pk, reason="完善制度，清理床位", **by(people["head"]))
    today = timezone.localdate(concluded.arrived)
    said = counts_in(["999900"], today, today + timedelta(days=1))[CITY, "medical", "special"]
    assert (said.problems, said.yuan, said.orders, said.people) == (1, Decimal("12.50"), 1, 2)


def test_a_campaign_shows_how_many_of_its_subjects_were_inspected(there, people):
    keeper, today = people["supervisor"], timezone.localdate()
    campaign = Campaign.objects.create(
        title="专项治理", text="治理内容", area=CITY, kinds=["hospital"], data_begin=today, data_end=today, state="running",
        opened=timezone.now(), by=keeper,
    )  # fmt: skip
    about = f"campaigns.campaign:{campaign.pk}"
    assert of_campaign(campaign) == {"medical": (0, 2)}, "the campaign is about hospitals"
    one = planning.plan(CITY, given(people, about=about), **by(keeper))
    assert of_campaign(campaign)["medical"] == (0, 2), "nobody was there yet"
    Inspection.objects.filter(pk=one.pk).update(arrived=timezone.now())
    assert of_campaign(campaign)["medical"] == (1, 2)
    page = browser(keeper).get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "1/2 家，50.0%" in page
    district = browser(people["d"]).get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "现场检查定点医疗机构" not in district, "a district does not see the inspections that are counted there"
    assert "专项治理" in browser(keeper).get(f"/inspections/{one.pk}/").content.decode()
    with pytest.raises(ValidationError, match="从本区划正在进行的专项治理中选择"):
        planning.plan(CITY, given(people, about="campaigns.campaign:999"), **by(keeper))
