"""The demo's campaign: the county's plan, and returns delivered, accepted and of nothing."""

from django.utils import timezone

from tests.web.conftest import account, browser, organisation
from yijian.web.campaigns.models import Campaign, SelfInspection
from yijian.web.campaigns.return_queries import Filters, returns_for
from yijian.web.recoveries.models import Recovery
from yijian.web.story import campaigns


def test_it_runs_with_a_plan_below_and_returns_in_several_states(loaded):
    city = organisation("YB9999", "示例市医疗保障局", "authority", "999900")
    county = organisation("YB999901", "东城区医疗保障局", "authority", campaigns.COUNTY)
    agency = organisation("JB9999", "示例市医疗保障事务中心", "agency", "999900")
    cast = {
        "jianguan": account("jianguan", "某人", "supervisor", city), "fuze": account("fuze", "某人", "head", city),
        "dongcheng": account("dongcheng", "某人", "supervisor", county), "dcfuze": account("dcfuze", "某人", "head", county),
        "neishen": account("neishen", "某人", "agency_auditor", agency),
    }  # fmt: skip
    for n, (code, name) in enumerate({"H1": "示例市第一医院", "H2": "示例市第二医院", "Y1": "示例市大药房"}.items(), 1):
        place = organisation(code, name, "institution", "999901", code)
        cast[f"yiyuan{n}"] = account(f"yiyuan{n}", "某人", "institution", place)
    assert campaigns.tell(cast, timezone.now()) == 4
    whole = Campaign.objects.get(parent=None)
    assert (whole.state, Campaign.objects.get(parent=whole).area) == ("running", campaigns.COUNTY)
    states = dict(SelfInspection.objects.values_list("name", "state"))
    assert states["示例市第二医院"] == "accepted"
    assert returns_for(cast["jianguan"], Filters(shown="zero")).get().name == "示例市大药房"
    assert Recovery.objects.filter(about__startswith="campaigns.selfinspection:").count() == 3
    found = browser(cast["jianguan"]).post("/search/", {"q": whole.number})
    assert found["Location"] == f"/campaigns/{whole.pk}/"
