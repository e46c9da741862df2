"""Served penalties and closed cases of the cases' office; what is written of them; a browser of the public."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.web.cases.conftest import begun, closed_lead, filed, office, said, to_decision  # noqa: F401 - fixtures
from tests.web.conftest import by
from yijian.web.cases import executing, filing
from yijian.web.publishing import actions, queries
from yijian.web.publishing.drafting import Said

TEXT = "该院收费科对患者张三同一项目一天收费两次，张 三的电话是139-0000-0000，多收部分由基金支付，院长王五认可。"
CLEAN = "该院同一项目一天收费两次，多收部分由基金支付，机构认可并已经改正。"


def served_case(office, when, **more):  # noqa: F811
    """A penalty of 1,500 yuan and 1,000 to be repaid, served on the day."""
    lead = closed_lead(office, when)
    case = filing.propose(lead.pk, said(), **by(office["keeper"], when))
    filing.approve(case.pk, **by(office["head"], when))
    to_decision(case, office, when, **more)
    return executing.serve(case.pk, "direct", timezone.localdate(when), **by(office["one"], when))


@pytest.fixture(autouse=True)
def _nothing_kept():
    """The years and divisions of the public list are kept for minutes."""
    cache.clear()


@pytest.fixture
def served(office):  # noqa: F811
    return served_case(office, timezone.now())


def closed_case(office, when):  # noqa: F811
    """A case without anything to be paid, closed."""
    case = served_case(office, when, repay=0, before=1000)
    executing.pay_fine(case.pk, "fine", Decimal(1500), timezone.localdate(when), f"R{case.pk}", **by(office["one"], when))
    executing.finish(case.pk, reason="罚款已缴清", **by(office["one"], when))
    return executing.close(case.pk, **by(office["head"], when))


@pytest.fixture
def closed(office):  # noqa: F811
    return closed_case(office, timezone.now() - timedelta(days=30))


def words(**more):
    return Said(**{"title": "某院重复收费被处罚", "text": TEXT, **more})


def newest(made):
    """The edition that an approver reads who has just opened the page."""
    return queries.newest_edition(made).pk


def publish(office, case, kind="penalty", when=None, **more):  # noqa: F811
    """Drafted by an officer, approved by the head."""
    made = actions.draft(case.pk, kind, words(**more), **by(office["one"], when))
    return actions.approve(made.pk, newest(made), **by(office["head"], when))


@pytest.fixture
def anyone(db):
    return Client()
