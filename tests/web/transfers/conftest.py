"""The office of the cases' tests, for what goes on from a case; and a city bureau with its health commission and police."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.cases.conftest import begun, filed, office
from tests.web.conftest import account, by, organisation
from yijian.web.institutions.models import Institution
from yijian.web.leads import actions as leads
from yijian.web.transfers import drafting
from yijian.web.transfers.given import Given, Item

__all__ = ["begun", "filed", "office"]

CITY = "999900"


def note(name="回执.txt"):
    return SimpleUploadedFile(name, "今收到移送案件".encode())


@pytest.fixture
def cast(loaded):
    """The city bureau, its health commission with a person in the system, its police without."""
    bureau = organisation("B999900", "示例市医疗保障局", "authority", CITY)
    health = organisation("WJ", "示例市卫生健康委员会", "partner", CITY)
    organisation("GA", "示例市公安局", "partner", CITY)
    roles = (("keeper", "supervisor"), ("second", "supervisor"), ("officer", "case_officer"), ("head", "head"))
    people = {word: account(f"t-{word}", word, role, bureau) for word, role in roles}
    return people | {"health": account("t-health", "卫健", "partner", health)}


def ended(cast, result="transfer"):
    """A lead that was verified and confirmed with this result."""
    said = leads.Given(
        "inspection", "过度检查", "检查发现无依据重复检查", "institution", timezone.localdate(), Institution.objects.get(pk="H1")
    )
    lead = leads.register(said, CITY, **by(cast["keeper"]))
    leads.assign(lead.pk, "t-officer", **by(cast["keeper"]))
    leads.report(lead.pk, result, Decimal("5000"), reason="查明无依据重复检查 20 次", **by(cast["officer"]))
    return leads.confirm(lead.pk, **by(cast["head"]))


def said(**more):
    fields = {
        "body": "health",
        "category": "groundless",
        "partner": "WJ",
        "title": "无依据重复检查",
        "facts": "查明该院无依据重复检查 20 次",
        "since": timezone.localdate(),
        "problems": [Item("重复检查 20 次", Decimal("5000"))],
        "evidence": [Item("收费明细", pages=12), Item("病历", pages=30)],
        "institution": Institution.objects.get(pk="H1"),
        "amount": Decimal("5000"),
    }
    return Given(**{**fields, **more})


@pytest.fixture
def drafted(cast):
    return drafting.draft(f"leads.lead:{ended(cast).pk}", said(), **by(cast["keeper"]))


@pytest.fixture
def sent(drafted, cast):
    drafting.approve(drafted.pk, **by(cast["head"]))
    return drafting.send(drafted.pk, **by(cast["keeper"]))
