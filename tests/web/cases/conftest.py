"""The office of the cases' tests: a keeper, three officers, a legal reviewer, two heads, and the authority above."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.web.conftest import account, by, organisation
from yijian.web.cases import deciding, filing
from yijian.web.cases.deciding import Decided, Proposal
from yijian.web.cases.filing import Filing
from yijian.web.institutions.models import Institution
from yijian.web.leads import actions as leads

CITY = "999900"
WHY = "事实清楚，证据确凿"


@pytest.fixture
def office(loaded):
    place = organisation("BC", "示例市医保局", "authority", CITY)
    cast = {"keeper": "supervisor", "one": "case_officer", "two": "case_officer", "three": "case_officer",
            "legal": "legal_reviewer", "head": "head", "deputy": "head"}  # fmt: skip
    people = {word: account(f"c-{word}", f"人员{word}", role, place) for word, role in cast.items()}
    above = organisation("BP", "示例省医保局", "authority", "990000")
    people["province"] = account("c-province", "省局人员", "supervisor", above)
    return people


def closed_lead(office, when, result="case", kind="institution", **more):
    """A lead that was verified by somebody who is no officer of the case."""
    place = Institution.objects.get(pk="H1") if kind == "institution" else None
    given = leads.Given("inspection", "重复收费", "日常检查发现同一项目一天收费两次", kind, timezone.localdate(when),
                        institution=place, **more)  # fmt: skip
    lead = leads.register(given, CITY, **by(office["keeper"], when))
    leads.assign(lead.pk, "c-three", **by(office["keeper"], when))
    leads.report(lead.pk, result, Decimal(1000), reason=WHY, **by(office["three"], when))
    return leads.confirm(lead.pk, **by(office["deputy"], when))


def said(cause=13, loss=1000, officers=("one", "two"), **more):
    certificates = {f"c-{word}": f"ZF-{word}-0001" for word in officers}
    return Filing(cause, "某院重复收费案", "同一项目一天收费两次，涉嫌违法", Decimal(loss), certificates, **more)


@pytest.fixture
def begun():
    """When the story of a test begins: long ago, so that periods can end."""
    return timezone.now() - timedelta(days=200)


@pytest.fixture
def filed(office, begun):
    lead = closed_lead(office, begun)
    case = filing.propose(lead.pk, said(), **by(office["keeper"], begun))
    return filing.approve(case.pk, **by(office["head"], begun))


def proposal(outcome="penalty", loss=1000, fine=1500, **more):
    return Proposal(outcome, "查明重复收费 1000 元", "裁量一般", Decimal(loss), fine=Decimal(fine), **more)


def decision(outcome="penalty", fine=1500, repay=1000, **more):
    return Decided(outcome, "依法处罚", fine=Decimal(fine), repay=Decimal(repay), **more)


def to_notice(case, office, when, **more):
    """Report, review and prior notice."""
    deciding.report(case.pk, proposal(**more), **by(office["one"], when))
    deciding.examine(case.pk, "agree", reason=WHY, **by(office["legal"], when))
    return deciding.notify(case.pk, **by(office["two"], when))


def to_decision(case, office, when, **more):
    """… and the decision after the party gave up its defence."""
    to_notice(case, office, when)
    deciding.state(case.pk, "", waives=True, reason="书面放弃权利", **by(office["one"], when))
    return deciding.decide(case.pk, decision(**more), **by(office["head"], when))
