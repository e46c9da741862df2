"""The demo's cases: one in every state, by the same actions that the pages call."""

from django.utils import timezone

from tests.web.conftest import account, organisation
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.cases.models import Case
from yijian.web.cases.steps import State
from yijian.web.story import cases

CAST = {
    "jianguan": "supervisor", "banan": "case_officer", "banan2": "case_officer", "fuze": "head", "fazhi": "legal_reviewer",
}  # fmt: skip


def test_the_demo_has_cases_in_every_state_and_measures(loaded, clerk):
    place = organisation("YB9999", "示例市医保局", "authority", cases.CITY)
    cast = {name: account(name, name, role, place) for name, role in CAST.items()} | {"yiyuan1": clerk}
    assert cases.tell(cast, timezone.now()) == Case.objects.count()
    assert set(Case.objects.values_list("state", flat=True)) == set(State.values)
    assert set(AgreementMeasure.objects.values_list("state", flat=True)) == {"proposed", "decided", "done"}
