"""What an administrator does on the pages of accounts and organisations, and what is refused, with the reason."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.web.conftest import account, browser, organisation
from yijian.vocabulary.errors import UserError
from yijian.web.accounts import commands
from yijian.web.accounts.acts import Act
from yijian.web.accounts.models import Division, Organisation, User
from yijian.web.audit_log.models import LogEntry
from yijian.web.exports.acts import Act as Exported


@pytest.fixture
def office(administrator) -> Client:
    """The administrator's browser; his organisation is above all others."""
    return browser(administrator)


@pytest.fixture
def hospital(db) -> Organisation:
    return organisation("H1", "示例市第一医院", "institution", "999901", "H1")


@pytest.fixture
def county(db) -> Organisation:
    return organisation("YBX", "北山县医保局", "authority", "999903")


def said(response):
    return response.content.decode()


def sheet_of(response):
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def last_line():
    return LogEntry.objects.order_by("-number").first()


def test_an_account_is_made_and_its_password_is_shown_once(office, county):
    given = {"username": "sun", "display_name": "孙新人", "organisation": "YBX", "role": "supervisor", "expires": "2030-12-31"}
    done = office.post("/accounts/new/", given)
    password = done.context["password"]
    assert password in said(done)
    sun = User.objects.get(username="sun")
    assert sun.must_change
    assert sun.check_password(password)
    assert [str(p) for p in sun.postings.all()] == [f"{sun.pk} supervisor 999903"]
    assert password not in said(office.get("/account/sun/"))
    assert not any(password in str(line.purpose) + line.changes for line in LogEntry.objects.all())
    client = Client()
    assert client.post("/login/", {"username": "sun", "password": password}).status_code == 302


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"username": "wang"}, "账号 wang 已经有人使用"),
        ({"username": "WANG"}, "已经有人使用"),
        ({"username": "a b"}, "应由 2 到 40 位"),
        ({"username": "<script>"}, "应由 2 到 40 位"),
        ({"display_name": "  "}, "请写明姓名"),
        ({"organisation": "nowhere"}, "请选择单位"),
        ({"role": "institution"}, "不能任“定点机构”"),
        ({"role": "king"}, "没有岗位 king"),
        ({"expires": "31.12.2030"}, "看不懂"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_and_nothing_typed_is_lost(office, supervisor, county, changed, why):
    given = {"username": "sun", "display_name": "孙新人", "organisation": "YBX", "role": "supervisor", "expires": ""} | changed
    refused = office.post("/accounts/new/", given)
    assert refused.status_code == 400
    page = said(refused)
    assert why in page
    assert 'value="孙新人"' in page or "display_name" in changed
    assert not User.objects.filter(display_name="孙新人").exists()


def test_the_list_is_searched_and_narrowed_in_the_address(office, supervisor, auditor, county):
    account("sun", "孙县里", "supervisor", county)
    assert [u.username for u in office.get("/accounts/").context["page"]] == ["qian", "sun", "wang", "zhao"]
    assert [u.username for u in office.get("/accounts/?text=孙").context["page"]] == ["sun"]
    assert [u.username for u in office.get("/accounts/?role=supervisor&sort=-username").context["page"]] == ["wang", "sun"]
    assert [u.username for u in office.get("/accounts/?organisation=YBX").context["page"]] == ["sun"]
    User.objects.filter(username="wang").update(is_active=False)
    User.objects.filter(username="sun").update(expires=timezone.localdate() - timedelta(days=1))
    assert [u.username for u in office.get("/accounts/?standing=closed").context["page"]] == ["wang"]
    assert [u.username for u in office.get("/accounts/?standing=expired").context["page"]] == ["sun"]
    assert [u.username for u in office.get("/accounts/?standing=open").context["page"]] == ["qian", "zhao"]
    assert office.get("/accounts/").context["counts"] == {"all": 4, "open": 2, "closed": 1, "expired": 1, "idle": 0}
    assert "没有符合条件的账号" in said(office.get("/accounts/?text=没有这个人"))


def test_the_lists_are_exported_with_their_filter_and_that_is_logged(office, supervisor, county):
    account("sun", "=1+1", "supervisor", county)
    rows = sheet_of(office.get("/export/accounts.xlsx?role=supervisor"))
    assert rows[2][0] == "筛选条件：岗位 监管科"
    assert [row[0] for row in rows[5:]] == ["sun", "wang"]
    assert rows[5][1] == "=1+1", "a name is text, never a formula"
    assert (last_line().act, last_line().about, last_line().purpose) == (Exported.EXPORT, "2 条", "岗位 监管科")
    rows = sheet_of(office.get("/export/organisations.xlsx?text=北山"))
    assert rows[5][:2] == ["YBX", "北山县医保局"]
    assert last_line().kind == "单位"


def test_roles_are_given_and_taken_and_what_does_not_go_together_is_refused_with_the_reason(office, supervisor):
    Division.objects.create(code="999900", name="示例市")
    assert office.post("/account/wang/post/", {"role": "head", "division": "999900"}).status_code == 302
    assert "负责人" in said(office.get("/account/wang/"))
    refused = office.post("/account/wang/post/", {"role": "auditor", "division": ""})
    assert refused.status_code == 400
    assert "不相容岗位" in said(refused)
    assert office.post("/account/wang/unpost/", {"role": "head"}).status_code == 302
    assert [p.role for p in supervisor.postings.all()] == ["supervisor"]
    assert [line.purpose for line in LogEntry.objects.filter(act=Act.POST, who="zhao")] == ["任 负责人（999900）", "免 负责人"]


def test_nobody_changes_his_own_account(office, administrator):
    for word, given in (
        ("post", {"role": "head"}),
        ("unpost", {"role": "administrator"}),
        ("open", {"active": "1"}),
        ("password", {}),
        ("second-factor", {}),
    ):
        refused = office.post(f"/account/zhao/{word}/", given)
        assert refused.status_code == 400, word
        assert "自己" in said(refused)
    page = said(office.get("/account/zhao/"))
    assert "这是您自己的账号" in page
    assert "/account/zhao/password/" not in page


def test_an_account_is_closed_and_whoever_is_in_is_out(office, supervisor):
    inside = browser(supervisor)
    assert inside.get("/me/").status_code == 200
    assert office.post("/account/wang/open/", {"active": "0", "expires": ""}).status_code == 302
    assert inside.get("/me/")["Location"].startswith("/login/")
    assert office.post("/account/wang/open/", {"active": "1", "expires": "2031-01-31"}).status_code == 302
    supervisor.refresh_from_db()
    assert (supervisor.is_active, str(supervisor.expires)) == (True, "2031-01-31")
    assert "看不懂" in said(office.post("/account/wang/open/", {"active": "1", "expires": "soon"}))


def test_a_new_password_ends_the_persons_sessions_and_must_be_changed(office, supervisor):
    inside = browser(supervisor)
    password = office.post("/account/wang/password/").context["password"]
    assert inside.get("/me/")["Location"].startswith("/login/")
    supervisor.refresh_from_db()
    assert supervisor.must_change
    assert supervisor.check_password(password)
    assert last_line().purpose == "发放新的初始密码"


def test_an_organisation_is_registered_and_corrected(office):
    Division.objects.create(code="999901", name="东城区")
    given = {"code": "JB1", "name": "东城区医保中心", "kind": "agency", "division": "999901", "institution": ""}
    assert office.post("/organisations/new/", given)["Location"] == "/organisation/JB1/"
    assert "已经登记" in said(office.post("/organisations/new/", given))
    assert office.post("/organisation/JB1/", given | {"name": "东城区医保事务中心"}).status_code == 302
    assert Organisation.objects.get(pk="JB1").name == "东城区医保事务中心"
    line = last_line()
    assert (line.act, line.about) == (Act.KEEP_ORGANISATION, "JB1")
    assert line.changed == [("name", "东城区医保中心", "东城区医保事务中心")]
    for changed, why in (
        ({"kind": "castle"}, "不认识"),
        ({"division": "123"}, "没有行政区划"),
        ({"kind": "institution"}, "必须写明定点机构编码"),
        ({"institution": "H9"}, "必须写明定点机构编码"),
        ({"name": ""}, "请写明单位名称"),
    ):
        assert why in said(office.post("/organisation/JB1/", given | changed)), changed
    assert "应由 1 到 40 位" in said(office.post("/organisations/new/", given | {"code": "../x"}))


def test_the_kind_of_an_organisation_with_people_stays(office, county):
    account("sun", "孙县里", "supervisor", county)
    given = {"name": "北山县医保局", "kind": "agency", "division": "999903", "institution": ""}
    assert "不能改变类别" in said(office.post("/organisation/YBX/", given))


def test_a_division_is_registered_in_ones_own_area_only(office, county):
    assert office.post("/organisations/divisions/", {"code": "999904", "name": "南山县"}).status_code == 302
    assert Division.objects.get(pk="999904").name == "南山县"
    assert "6 位数字" in said(office.post("/organisations/divisions/", {"code": "99990４", "name": "南山县"}))
    local = browser(account("xian", "县管理", "administrator", county))
    refused = local.post("/organisations/divisions/", {"code": "990000", "name": "改名省"})
    assert refused.status_code == 400
    assert "不在您的管理范围内" in said(refused)


def test_a_countys_administrator_sees_and_makes_only_the_countys(county, hospital, supervisor):
    local = browser(account("xian", "县管理", "administrator", county))
    assert [u.username for u in local.get("/accounts/").context["page"]] == ["xian"]
    assert [o.code for o in local.get("/organisations/").context["page"]] == ["YBX"]
    for address in ("/account/wang/", "/organisation/H1/", "/organisation/YB/", "/account/nobody/"):
        assert local.get(address).status_code == 404, address
    given = {"username": "sun", "display_name": "孙新人", "organisation": "H1", "role": "institution"}
    assert "请选择单位" in said(local.post("/accounts/new/", given))
    above = {"code": "YBY", "name": "冒充", "kind": "authority", "division": "999901", "institution": ""}
    assert "不在您的管理范围内" in said(local.post("/organisations/new/", above))
    assert "已经登记" in said(local.post("/organisations/new/", above | {"code": "YB", "division": "999903"}))
    assert Organisation.objects.get(pk="YB").name == "示例市医疗保障局"


def make_administrator(username, organisation="YB9=示例市医保局", division="999900=示例市"):
    return commands.make_administrator(username, name="首管理", organisation=organisation, division=division, when=timezone.now())


def test_the_first_administrator_comes_from_the_command_line_and_makes_the_rest(db):
    password = make_administrator("shouguan")
    client = Client()
    client.post("/login/", {"username": "shouguan", "password": password})
    new = "another-invented-phrase-8"
    assert client.post("/me/password/", {"old": password, "new": new, "again": new}).status_code == 302
    assert [u.username for u in client.get("/accounts/").context["page"]] == ["shouguan"]
    assert {line.who for line in LogEntry.objects.filter(act=Act.MAKE_ACCOUNT)} == {"命令行"}


def test_the_command_line_lets_an_administrator_in_again_and_nobody_slips_into_two_duties(administrator, supervisor):
    password = make_administrator("zhao", "", "")
    administrator.refresh_from_db()
    assert administrator.check_password(password)
    for username, place, why in (("wang", "", "不相容岗位"), ("xin", "", "看不懂"), ("xin", "YB8=局", "应为 6 位数字")):
        with pytest.raises(UserError, match=why):
            make_administrator(username, place, "x=某地")
    assert not User.objects.filter(username="xin").exists()
