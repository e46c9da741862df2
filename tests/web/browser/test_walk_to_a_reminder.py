"""From the question whether reminders help to one reminder and the finding that is left of it."""

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import fits

pytestmark = pytest.mark.browser


def test_from_the_overview_to_a_reminder_and_its_finding(tab):
    tab.get_by_role("link", name="提醒", exact=True).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("提醒有没有用？")
    expect(tab.locator("#answer")).to_contain_text("共询问 6 次，其中 4 次")
    expect(tab.locator("[data-chart='month-data'][data-drawn] svg").first).to_be_visible()
    tab.get_by_label("机构", exact=True).select_option("H1")
    expect(tab.locator("#answer")).to_contain_text("合计 3 条")
    assert "institution=H1" in tab.url
    tab.get_by_role("link", name="继续执行 1").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("给了哪些提醒？")
    expect(tab.locator("#answer")).to_contain_text("有 1 条提醒")
    tab.locator("#results tbody tr td a").first.click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("床位费天数超过住院天数")
    expect(tab.locator(".yj-answer").first).to_contain_text("原因：病情需要")
    tab.locator("#settled a").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("床位费天数超过住院天数")
    expect(tab.locator("#timeline circle.mark")).to_have_count(5)


def test_a_table_of_reminders_sorts_and_is_taken_out(tab):
    tab.goto(tab.url.rstrip("/") + "/reminders/")
    tab.locator("a[href^='/reminders/by/institution/']").click()
    tab.get_by_role("link", name="询问次数").click()
    expect(tab.locator("th[aria-sort=descending]")).to_contain_text("询问次数")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.startswith("提醒按机构")


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}], indirect=True)
def test_the_overview_works_without_scripts(tab):
    tab.goto(tab.url.rstrip("/") + "/reminders/")
    tab.get_by_label("处理", exact=True).select_option("2")
    tab.get_by_role("button", name="筛选").click()
    expect(tab.locator("#answer")).to_contain_text("有 1 条提醒")


@pytest.mark.parametrize("tab", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_the_pages_of_reminders_fit_a_phone(tab):
    base = tab.url.rstrip("/")
    for address in ("/reminders/", "/reminders/list/", "/reminders/by/doctor/", "/reminders/by/reason/", "/reminders/W3/"):
        tab.goto(base + address)
        assert fits(tab), address
