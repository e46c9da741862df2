"""What a supervisor sees of reminders, and that every figure agrees with the rows that it opens."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.web.conftest import account, browser, organisation
from yijian.web.audit_log.models import LogEntry
from yijian.web.exports.acts import Act
from yijian.web.findings.models import Finding
from yijian.web.reminders.filters import Filters
from yijian.web.reminders.models import Reminder
from yijian.web.reminders.queries import reminders_and_asked_for, reminders_for, requests, totals

pytestmark = pytest.mark.usefixtures("reminded")

ADDRESSES = [
    "/reminders/",
    "/reminders/list/",
    "/export/reminders.xlsx",
    "/reminders/by/rule/",
    "/export/reminders-by-doctor.xlsx",
    "/reminders/W3/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_may_not_see_findings_sees_no_reminders(office, address):
    assert office.get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_the_door_refuses_who_may_not_see_findings(administrator):
    for door in (lambda: reminders_for(administrator), lambda: reminders_and_asked_for(administrator, Filters())):
        with pytest.raises(PermissionDenied):
            door()


def test_a_district_sees_reminders_of_its_institutions_only(page, loaded):
    east = browser(account("dong", "东城监管", "supervisor", organisation("YBD", "东城区医保局", "authority", "999901")))
    assert {r.pk for r in east.get("/reminders/list/").context["page"]} == {"W1", "W3", "W4"}
    said = east.get("/reminders/").content.decode()
    assert "共询问 <b>4</b> 次" in said
    assert "/reminders/list/?institution=H2" not in said
    assert east.get("/reminders/list/", {"institution": "H2"}).context["page"].paginator.count == 0
    assert [g["name"] for g in east.get("/reminders/by/institution/").context["page"]] == ["示例市第一医院"]
    assert east.get("/reminders/W3/").status_code == 200
    assert east.get("/reminders/W5/").status_code == 404
    assert page.get("/reminders/W5/").status_code == 200


def test_the_overview_answers_in_a_sentence(page):
    said = re.sub(r"<[^>]+>", "", page.get("/reminders/").content.decode())
    assert "共询问 6 次，其中 4 次（66.7%）得到提醒，合计 5 条" in said
    assert "返回修改 1 条（20.0%，涉及 12.50 元），继续执行 2 条（40.0%），其他方式 1 条（20.0%），没有反馈 1 条（20.0%）" in said


def test_figures_add_up(supervisor):
    found = reminders_for(supervisor)
    sums = totals(found)
    assert sums.changed + sums.gone_on + sums.other + sums.silent == sums.n == found.count() == 5
    for words in ({"stage": "pre"}, {"stage": "mid"}, {"institution": "H1"}, {"institution": "H2"}, {"month": "2026-01"}):
        narrowed = Filters(**words)
        asked, reminded = requests(reminders_and_asked_for(supervisor, narrowed)[1])
        assert reminded <= asked
        assert reminded <= reminders_for(supervisor, narrowed).count()
    by_stage = [requests(reminders_and_asked_for(supervisor, Filters(stage=stage))[1]) for stage in ("pre", "mid")]
    assert [sum(part) for part in zip(*by_stage, strict=True)] == [6, 4]


@pytest.mark.parametrize("by", ["rule", "institution", "doctor", "reason"])
def test_every_figure_of_a_table_opens_as_many_rows(page, by):
    said = page.get(f"/reminders/by/{by}/").content.decode()
    opened = 0
    for address, figure in re.findall(r'href="(/reminders/list/\?[^"]+)">([\d,]+)</a>', said):
        assert page.get(unescape(address)).context["page"].paginator.count == int(figure.replace(",", "")), address
        opened += 1
    assert opened >= {"rule": 3, "institution": 2, "doctor": 2, "reason": 1}[by]


def test_every_figure_of_the_overview_opens_as_many_rows(page):
    said = page.get("/reminders/").content.decode()
    pairs = re.findall(r'href="(/reminders/list/\?[^"]+)">([\d,]+)</a>', said)
    assert len(pairs) > 15
    for address, figure in pairs:
        assert page.get(unescape(address)).context["page"].paginator.count == int(figure), address


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ({}, {"W1", "W3", "W4", "W5", "W6"}),
        ({"rule": "overlapping_admissions"}, {"W4", "W5", "W6"}),
        ({"institution": "H2", "done": "1"}, {"W5"}),
        ({"done": "9"}, {"W6"}),
        ({"done": "0"}, {"W4"}),
        ({"stage": "pre"}, {"W1"}),
        ({"month": "2026-02"}, {"W1"}),
        ({"doctor": "D2"}, {"W5", "W6"}),
        ({"reason": "病情需要"}, {"W3", "W5"}),
        ({"text": "M1"}, {"W3", "W4"}),
        ({"text": "第二医院"}, {"W5", "W6"}),
    ],
)
def test_filters_of_the_address_narrow_the_list(page, words, ids):
    assert {r.pk for r in page.get("/reminders/list/", words).context["page"]} == ids


def test_a_month_that_is_none_is_said_and_narrows_nothing(page):
    response = page.get("/reminders/list/", {"month": "去年"})
    assert "看不懂" in response.content.decode()
    assert response.context["page"].paginator.count == 5


def test_requests_are_not_counted_where_the_filter_speaks_of_reminders_only(page):
    assert "共询问" not in page.get("/reminders/", {"rule": "drug_sex"}).content.decode()
    assert page.get("/reminders/by/institution/", {"done": "1"}).content.decode().count('<td class="yj-money">—</td>') == 2
    assert "共询问 <b>2</b> 次" in page.get("/reminders/", {"institution": "H2"}).content.decode()


def test_a_table_sorts_by_what_the_address_says(page):
    shares = [g["share"] for g in page.get("/reminders/by/rule/", {"sort": "-share"}).context["page"]]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == 2
    names = [g["name"] for g in page.get("/reminders/by/institution/", {"sort": "name"}).context["page"]]
    assert names == ["示例市第一医院", "示例市第二医院"]


def test_the_same_reason_in_other_widths_and_blanks_is_one_reason(page):
    (reason,) = page.get("/reminders/by/reason/").context["page"]
    assert (reason["reason"], reason["n"], reason["rules"], reason["institutions"]) == ("病情需要", 2, 2, 2)


def test_a_reminder_says_what_was_said_what_was_done_and_what_is_left_after_settlement(page):
    response = page.get("/reminders/W3/")
    said = re.sub(r"<[^>]+>", "", response.content.decode())
    assert "医生继续执行，原因：病情需要" in said
    assert "2.5 毫秒" in said
    assert "医疗保障基金使用监督管理条例" in said
    finding = Finding.objects.get(rule="bed_days_over_stay")
    assert f"/findings/{finding.pk}/" in response.content.decode()
    assert [r.pk for r in response.context["same_encounter"]] == ["W3", "W4"]


def test_a_reminder_that_was_followed_has_no_finding(page):
    said = re.sub(r"<[^>]+>", "", page.get("/reminders/W1/").content.decode())
    assert "医生返回修改" in said
    assert "结算后的审核没有同一规则的疑点" in said
    assert "P1000000002" not in said


def test_a_reminder_that_is_not_there_is_said(page):
    assert page.get("/reminders/nothing/").status_code == 404
    assert page.get("/reminders/by/weather/").status_code == 404


def test_an_export_says_its_filter_and_is_logged(page):
    response = page.get("/export/reminders.xlsx", {"institution": "H2"})
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == "医监 提醒清单，共 2 条"
    assert rows[2][0] == "筛选条件：机构 示例市第二医院"
    assert {row[0] for row in rows[5:]} == {"W5", "W6"}
    assert not any("P1000000001" in str(cell) for row in rows for cell in row)
    line = LogEntry.objects.get(act=Act.EXPORT)
    assert (line.who, line.kind, line.about, line.purpose) == ("wang", "提醒", "2 条", "机构 示例市第二医院")


def test_a_table_goes_into_an_export_as_it_is_sorted(page):
    response = page.get("/export/reminders-by-institution.xlsx", {"sort": "name", "month": "2026-01"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    assert rows[2][0] == "筛选条件：月份 2026-01"
    assert [row[:5] for row in rows[4:]] == [
        ["机构", "机构编码", "询问次数", "提醒", "返回修改"],
        ["示例市第一医院", "H1", 1, 2, 0],
        ["示例市第二医院", "H2", 2, 2, 0],
    ]
    line = LogEntry.objects.get(act=Act.EXPORT)
    assert (line.kind, line.about) == ("提醒按机构", "2 条")


def test_a_rule_and_an_institution_lead_to_their_reminders(page):
    assert "/reminders/?rule=bed_days_over_stay" in page.get("/rules/bed_days_over_stay/").content.decode()
    assert "/reminders/?institution=H1" in page.get("/institutions/H1/").content.decode()


def test_without_reminders_the_page_says_what_to_do(page):
    Reminder.objects.all().delete()
    assert "没有一次需要提醒" in page.get("/reminders/").content.decode()
