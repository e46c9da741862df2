"""The cast of a campaign: the city's bureau with a head, a county below it, the agency, and the subjects of the small area."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import account, by, organisation
from yijian.web.campaigns import actions, asking
from yijian.web.campaigns.given import Given
from yijian.web.campaigns.kinds import Duty, Phase
from yijian.web.campaigns.models import SelfInspection

CITY, COUNTY = "999900", "999901"
TODAY = timezone.localdate()
BEGIN, END = date(2025, 1, 1), date(2026, 3, 31)
STATEMENT = "按要求逐项核对了住院、收费和用药，没有发现违规问题"


def day(days):
    return TODAY + timedelta(days=days)


def said(**more):
    """A campaign of three months in which the self-inspection began yesterday."""
    known = {
        "title": "打击欺诈骗保专项治理",
        "text": "重点治理超标准收费、重复收费、挂床住院。",
        "kinds": ["hospital", "pharmacy", "agency"],
        "focuses": ["charging"],
        "data_begin": BEGIN,
        "data_end": END,
        "phases": [
            Phase("deployment", "动员部署", day(-10), day(-1)),
            Phase("self_inspection", "自查自纠", day(-1), day(20)),
            Phase("inspection", "现场检查", day(21), day(80)),
        ],
        "duties": [Duty("plan", "制定本地区方案", "below", day(5)), Duty("report", "总结报告", "own", day(80))],
        "targets": {"on_site": Decimal("0.2")},
    }
    return Given(**(known | more))


@pytest.fixture
def people(loaded):
    city = organisation("YBC", "示例市医保局", "authority", CITY)
    county = organisation("YBA", "东城区医保局", "authority", COUNTY)
    jb = organisation("JBA", "东城区医保中心", "agency", COUNTY)
    made = {role: account(f"{role}-c", "某人", role, city) for role in ("supervisor", "head", "case_officer")}
    return made | {
        "county": account("supervisor-a", "某人", "supervisor", county),
        "county_head": account("head-a", "某人", "head", county),
        "agency": account("agency-a", "某人", "agency_auditor", jb),
    }


def issue(made, people, keeper="supervisor", head="head"):
    actions.take(made.pk, "submit", **by(people[keeper]))
    return actions.take(made.pk, "issue", **by(people[head]))


@pytest.fixture
def running(people):
    return issue(actions.prepare(CITY, said(), **by(people["supervisor"])), people)


@pytest.fixture
def asked(running, people, clerk, other_clerk):
    asking.ask(running.pk, **by(people["supervisor"]))
    return running


@pytest.fixture
def own(asked):
    """The return of the first hospital."""
    return SelfInspection.objects.get(institution="H1")


ROW = {
    "kind": "重复收费", "what": "同日重复收取护理费", "times": "3", "involved": "1,200.50", "refund": "1200.50",
    "remedy": "修改收费字典",
}  # fmt: skip


def file_of(data, name="自查.xlsx"):
    return SimpleUploadedFile(name, data)
