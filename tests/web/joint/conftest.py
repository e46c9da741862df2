"""The cast of working together: a city's bureau, its health commission with a person in the system, its police without."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import account, by, organisation
from yijian.web.institutions.queries import institution
from yijian.web.transfers import answering as transfers
from yijian.web.transfers.given import Given, Item

CITY, COUNTY = "999900", "999901"


def days_ago(user, days):
    return by(user, timezone.now() - timedelta(days=days))


def note(name="复函.txt"):
    return SimpleUploadedFile(name, "我单位同意".encode())


@pytest.fixture
def cast(loaded):
    bureau = organisation("B999900", "示例市医疗保障局", "authority", CITY)
    health = organisation("WJ", "示例市卫生健康委员会", "partner", CITY)
    organisation("GA", "示例市公安局", "partner", CITY)
    county = organisation("B999901", "东城区医疗保障局", "authority", COUNTY)
    roles = (("keeper", "supervisor"), ("second", "supervisor"), ("officer", "case_officer"), ("head", "head"))
    people = {word: account(f"j-{word}", word, role, bureau) for word, role in roles}
    people["county"] = account("j-county", "区局", "supervisor", county)
    return people | {"health": account("j-health", "卫健", "partner", health)}


def handed_over(cast, n, days=5, area=CITY):
    """So many transfers of the health commission, some days ago."""
    day = timezone.localdate() - timedelta(days=days)
    lists = ([Item("分解住院", Decimal("800"))], [Item("病历", pages=3)])
    place = institution("H1")
    given = Given("health", "split_stay", "WJ", "分解住院", "行业检查发现分解住院线索", day, *lists, institution=place)
    return [transfers.hand_over(area, given, **days_ago(cast["health"], days)) for _ in range(n)]
