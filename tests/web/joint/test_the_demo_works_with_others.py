"""The demo's story of working together, and its numbers in the search box."""

from django.utils import timezone

from tests.web.conftest import account, browser, organisation
from yijian.web.joint import checks
from yijian.web.joint.models import Consultation, JointPlan, Penalised, SpotCheck, SpotItem
from yijian.web.story import joint
from yijian.web.transfers.models import Transfer

CAST = {"jianguan": "supervisor", "banan": "case_officer", "banan2": "case_officer", "fuze": "head"}


def test_a_plan_is_agreed_a_consultation_minuted_and_a_transfer_checked(loaded):
    place = organisation("YB9999", "示例市医疗保障局", "authority", joint.CITY)
    health = organisation("WJ9999", "示例市卫生健康委员会", "partner", joint.CITY)
    cast = {name: account(name, f"{name}演示", role, place) for name, role in CAST.items()}
    cast["weijian"] = account("weijian", "卫健演示", "partner", health)
    cast["yiyuan1"] = account("yiyuan1", "医院演示", "institution", organisation("H1", "某院", "institution", "999901", "H1"))
    assert joint.tell(cast, timezone.now()) == Transfer.objects.count() == 3
    assert sorted(Transfer.objects.values_list("state", flat=True)) == ["received", "reported", "reported"]
    plan, meeting = JointPlan.objects.get(), Consultation.objects.get()
    assert (plan.state, meeting.state, Penalised.objects.count()) == ("agreed", "confirmed", 1)
    assert meeting.tasks.filter(done=None).count() == 1
    assert SpotItem.objects.filter(state="found").count() == 1 and checks.again(cast["banan"], SpotCheck.objects.get().pk)
    for somebody in ("jianguan", "weijian"):
        found = browser(cast[somebody])
        assert found.post("/search/", {"q": plan.number})["Location"] == f"/joint/plans/{plan.pk}/"
        assert found.post("/search/", {"q": meeting.number})["Location"] == f"/joint/meetings/{meeting.pk}/"
