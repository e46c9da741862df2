"""The demo's cases: one in every state, by the same actions that the pages call."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.web.conftest import account, browser, organisation
from yijian.web.agreements.models import AgreementMeasure
from yijian.web.cases.models import Case
from yijian.web.cases.steps import State
from yijian.web.story import cases

CAST = {
    "jianguan": "supervisor", "banan": "case_officer", "banan2": "case_officer", "fuze": "head", "fazhi": "legal_reviewer",
}  # fmt: skip


MOST_QUERIES = 20


@pytest.fixture
def cast(loaded, clerk):
    place = organisation("YB9999", "示例市医保局", "authority", cases.CITY)
    return {name: account(name, name, role, place) for name, role in CAST.items()} | {"yiyuan1": clerk}


def test_the_demo_has_cases_in_every_state_and_measures(cast):
    assert cases.tell(cast, timezone.now()) == Case.objects.count()
    assert set(Case.objects.values_list("state", flat=True)) == set(State.values)
    assert set(AgreementMeasure.objects.values_list("state", flat=True)) == {"proposed", "decided", "done"}


def test_the_page_of_a_case_in_any_state_asks_few_questions(cast):
    cases.tell(cast, timezone.now())
    asked = {}
    for name in CAST:
        client = browser(cast[name])
        client.get("/inbox/")  # the session is renewed once a minute
        for case in Case.objects.order_by("pk"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/cases/{case.pk}/").status_code == 200
            asked[name, case.state] = len(queries)
    assert {page: n for page, n in asked.items() if n > MOST_QUERIES} == {}
