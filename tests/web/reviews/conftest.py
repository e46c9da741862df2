"""The cast of reviews: two reviewers of the agency and a clerk of each hospital."""

import pytest
from django.utils import timezone

from tests.web.conftest import account, organisation
from yijian.web.findings import actions as screening
from yijian.web.findings.models import Finding
from yijian.web.reviews import actions, opening


@pytest.fixture
def agency(loaded):
    return organisation("JB", "示例市医疗保障事务中心", "agency", "999900")


@pytest.fixture
def first(agency):
    return account("wu", "吴审核", "reviewer", agency)


@pytest.fixture
def second(agency):
    return account("zheng", "郑复审", "reviewer", agency)


@pytest.fixture
def clerk(loaded):
    return account("yao", "姚医保办", "institution", organisation("H1", "示例市第一医院", "institution", "999901", "H1"))


@pytest.fixture
def other_clerk(loaded):
    return account("fei", "费医保办", "institution", organisation("H2", "示例市第二医院", "institution", "999902", "H2"))


def by(user, when=None):
    return {"who": user, "when": when or timezone.now(), "where": None}


@pytest.fixture
def drafted(loaded, first):
    """All findings confirmed by the first reviewer and put on reviews."""
    screening.screen([f.pk for f in Finding.objects.all()], "confirmed", **by(first))
    opening.open_reviews(None, home=loaded, **by(first))


@pytest.fixture
def sent(drafted, first):
    """… and sent."""
    from yijian.web.reviews.models import Review

    return actions.send(list(Review.objects.values_list("pk", flat=True)), **by(first))
