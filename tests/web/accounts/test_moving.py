"""An administrator corrects a name, moves an account or a whole organisation: what ends, what is handed over, what is refused."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from yijian.web.accounts import actions, moving
from yijian.web.accounts.handing_over import open_work
from yijian.web.accounts.models import Organisation, User
from yijian.web.accounts.rights import Right
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks import actions as clocks
from yijian.web.clocks.models import Clock
from yijian.web.findings.models import FindingGroup
from yijian.web.institutions.queries import institution
from yijian.web.leads import actions as leads


@pytest.fixture
def east(db):
    return organisation("YB1", "东城区医疗保障局", "authority", "999901")


@pytest.fixture
def west(db):
    return organisation("YB2", "西城区医疗保障局", "authority", "999902")


@pytest.fixture
def li(east):
    return account("li", "李东城", "supervisor", east)


@pytest.fixture
def sun(east):
    return account("sun", "孙东城", "supervisor", east)


@pytest.fixture
def busy(loaded, li):
    """Li with a group of findings to screen and a clock that runs for him; how many things these are."""
    some = FindingGroup.objects.filter(area="999901", n_new__gt=0)
    FindingGroup.objects.filter(pk__in=list(some.values_list("pk", flat=True)[:2])).update(assigned_to=li)
    said = {"title": "复核申诉", "link": "/inbox/", "area": "999901", "right": Right.SCREEN, "begun": timezone.localdate()}
    clocks.start("appeal_decision_period", "test:1", person=li, **said)
    assert {title: len(held) for title, held in open_work(li).items()} == {"疑点组": 2, "期限": 1}
    return li


def changed(act):
    line = LogEntry.objects.filter(act=act).order_by("-number").first()
    return line, json.loads(line.changes)


def test_a_name_is_corrected_and_the_old_one_stays_in_the_log(office, li):
    assert office.post("/account/li/name/", {"display_name": " 黎东城 ", "reason": "登记时写错"}).status_code == 302
    assert User.objects.get(username="li").display_name == "黎东城"
    line, changes = changed("accounts.change_account")
    assert (line.who, line.about, line.purpose) == ("zhao", "li", "更正姓名：登记时写错")
    assert changes == {"display_name": ["李东城", "黎东城"]}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"display_name": "李东城", "reason": "登记时写错"}, "没有改动"),
        ({"display_name": "  ", "reason": "登记时写错"}, "请写明姓名"),
        ({"display_name": "李\n东", "reason": "登记时写错"}, "请写明姓名"),
        ({"display_name": "李" * 101, "reason": "登记时写错"}, "最多 100"),
        ({"display_name": "黎东城", "reason": "错"}, "请写明原因"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(office, li, given, why):
    refused = office.post("/account/li/name/", given)
    assert refused.status_code == 400
    assert why in refused.content.decode()
    assert User.objects.get(username="li").display_name == "李东城"


def test_the_consequence_of_a_move_is_shown_before_anything_happens(office, busy, sun, west):
    said = office.get("/account/li/move/?organisation=YB2").content.decode()
    for words in ("管辖区划 999901 不在单位所属区划 999902 之内", "疑点组（2 项）", "期限（1 项）", "孙东城"):
        assert words in said
    for secret in ("示例市第一医院", "复核申诉", " 元"):
        assert secret not in said, "who administers sees no findings"
    assert User.objects.get(username="li").organisation_id == "YB1"


def test_a_move_ends_what_does_not_fit_and_hands_the_work_over(office, busy, sun, west):
    session = browser(busy)
    given = {"organisation": "YB2", "successor": "sun", "reason": "干部交流文件"}
    assert office.post("/account/li/move/", given).status_code == 302
    li = User.objects.get(username="li")
    assert (li.organisation_id, li.postings.count()) == ("YB2", 0)
    assert FindingGroup.objects.filter(assigned_to=sun).count() == 2
    assert Clock.objects.get(about="test:1").person == sun
    assert not open_work(li)
    assert session.get("/").status_code == 302, "his sessions are over"
    line, changes = changed("accounts.move")
    assert line.purpose == "干部交流文件；管辖区划 999901 不在单位所属区划 999902 之内"
    assert changes["organisation"] == ["东城区医疗保障局（YB1）", "西城区医疗保障局（YB2）"]
    assert changes["postings"] == [["监管科（999901）"], []]
    assert changes["疑点组"] == ["li：2 项", "sun"]
    assert changes["期限"] == ["li：1 项", "sun"]


def test_work_is_given_back_where_nobody_takes_it_over(office, busy, west):
    assert (
        office.post("/account/li/move/", {"organisation": "YB2", "successor": "-", "reason": "干部交流文件"}).status_code == 302
    )
    assert not FindingGroup.objects.exclude(assigned_to=None).exists()
    assert Clock.objects.get(about="test:1").person is None
    assert changed("accounts.move")[1]["疑点组"] == ["li：2 项", "退回待分派"]


def test_a_posting_that_fits_the_new_organisation_stays(office, li, bureau):
    assert office.post("/account/li/move/", {"organisation": "YB", "reason": "借调市局"}).status_code == 302
    li = User.objects.get(username="li")
    assert [p.role for p in li.postings.all()] == ["supervisor"]
    assert li.scope(Right.SCREEN).areas == ("999901",), "the division of the posting is as it was"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"organisation": "YB2", "reason": "干部交流"}, "请选择移交给"),
        ({"organisation": "YB2", "successor": "wang", "reason": "干部交流"}, "请选择移交给"),
        ({"organisation": "YB2", "successor": "chen", "reason": "干部交流"}, "不能办理"),
        ({"organisation": "YB2", "successor": "sun", "reason": ""}, "请写明原因"),
        ({"organisation": "YB1", "successor": "sun", "reason": "干部交流"}, "请选择要调往的单位"),
        ({"organisation": "nowhere", "successor": "sun", "reason": "干部交流"}, "请选择要调往的单位"),
    ],
)
def test_a_move_that_leaves_something_open_changes_nothing(office, busy, sun, west, supervisor, east, given, why):
    account("chen", "陈局长", "head", east)
    refused = office.post("/account/li/move/", given)
    assert refused.status_code == 400
    assert why in refused.content.decode()
    li = User.objects.get(username="li")
    assert (li.organisation_id, li.postings.count()) == ("YB1", 1)
    assert FindingGroup.objects.filter(assigned_to=li).count() == 2
    assert not LogEntry.objects.filter(act="accounts.move").exists()


def test_nobody_moves_himself_or_beyond_his_area(li, east, west, administrator):
    keeper = account("he", "何管理", "administrator", east)
    with pytest.raises(ValidationError, match="不能调动自己的账号"):
        moving.move(administrator, east, successor="-", reason="工作调动", **by(administrator))
    with pytest.raises(ValidationError, match="不在您的管理范围内"):
        moving.move(li, west, successor="-", reason="工作调动", **by(keeper))
    assert browser(keeper).get("/account/li/move/?organisation=YB2").status_code == 400
    assert (
        "不能更正自己的姓名"
        in browser(keeper).post("/account/he/name/", {"display_name": "何某", "reason": "登记时写错"}).content.decode()
    )


def test_an_organisation_in_the_wrong_division_is_corrected_and_what_it_ends_is_agreed_to(office, busy, west):
    given = {"name": "西城区医保局二科", "kind": "authority", "division": "999902", "institution": ""}
    refused = office.post("/organisation/YB1/", given)
    assert refused.status_code == 400
    said = refused.content.decode()
    assert "李东城 监管科（999901）" in said
    assert 'name="ending"' in said
    assert Organisation.objects.get(pk="YB1").division_id == "999901"
    assert office.post("/organisation/YB1/", {**given, "ending": "1"}).status_code == 302
    li = User.objects.get(username="li")
    assert (li.organisation.name, li.postings.count(), open_work(li)) == ("西城区医保局二科", 0, {})
    line, changes = changed("accounts.post")
    assert (line.about, line.purpose) == ("li", "单位改到区划 999902，任职随之结束")
    assert changes["postings"] == [["监管科（999901）"], []]
    assert changed("accounts.keep_organisation")[1]["division_id"] == ["999901", "999902"]


def test_an_administrator_does_not_end_his_own_posting_by_moving_his_organisation(east, west, bureau):
    keeper = account("he", "何管理", "administrator", bureau)
    fields = {"name": "示例市医疗保障局", "kind": "authority", "division": "999901"}
    with pytest.raises(ValidationError, match="您自己的岗位"):
        actions.keep_organisation("YB", **fields, ending=True, **by(keeper))


def test_leads_that_he_verifies_go_to_another_officer_or_back(office, loaded, east, west, sun):
    officers = [account(name, name, "case_officer", east) for name in ("chen", "zhu")]
    given = leads.Given(
        "inspection", "收费疑点", "日常检查发现同一项目一天收费两次", "institution", timezone.localdate(), institution("H1")
    )
    lead = leads.register(given, "999901", **by(sun))
    leads.assign(lead.pk, "chen", **by(sun))
    refused = office.post("/account/chen/move/", {"organisation": "YB2", "successor": "sun", "reason": "干部交流"})
    assert refused.status_code == 400
    assert (
        office.post("/account/chen/move/", {"organisation": "YB2", "successor": "zhu", "reason": "干部交流"}).status_code == 302
    )
    lead.refresh_from_db()
    assert (lead.officer, Clock.objects.get(ended="", about=f"leads.lead:{lead.pk}").person) == (officers[1], officers[1])
    assert "原承办人 chen 移交给 zhu" in [one.reason for one in lead.changes.all()]
    assert office.post("/account/zhu/move/", {"organisation": "YB2", "successor": "-", "reason": "干部交流"}).status_code == 302
    lead.refresh_from_db()
    assert (lead.officer, lead.state) == (None, "verifying")
    clock = Clock.objects.get(ended="", about=f"leads.lead:{lead.pk}")
    assert (clock.person, clock.right) == (None, Right.KEEP_LEADS.value)
    leads.assign(lead.pk, account("shen", "沈", "case_officer", east).username, **by(sun))
