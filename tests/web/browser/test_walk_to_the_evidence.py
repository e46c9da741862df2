"""From log-in to a finding's evidence, as an official walks."""

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import fits

pytestmark = pytest.mark.browser


def test_from_log_in_to_the_evidence_and_a_name(tab):
    expect(tab.get_by_role("heading", level=1)).to_have_text("今天先看什么？")
    tab.get_by_role("link", name="疑点", exact=True).click()
    tab.get_by_label("规则", exact=True).select_option("bed_days_over_stay")
    expect(tab.locator("#answer")).to_contain_text("有 1 个疑点")
    assert "rule=bed_days_over_stay" in tab.url
    assert "least" not in tab.url
    tab.locator("#results tbody tr td a").first.click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("床位费天数超过住院天数")
    expect(tab.locator("#timeline circle.mark")).to_have_count(5)
    expect(tab.locator("tr.yj-marked")).to_have_count(5)
    expect(tab.get_by_text("张**")).to_be_visible()
    tab.get_by_text("显示姓名").click()
    tab.get_by_label("查看身份的事由").fill("核实疑点，调阅病历")
    tab.get_by_role("button", name="确认显示").click()
    expect(tab.get_by_text("张小三", exact=True)).to_be_visible()
    expect(tab.locator(".yj-watermark span").first).to_contain_text("监管科演示")
    tab.get_by_text("查看规则 SQL").click()
    expect(tab.locator("pre.yj-sql")).to_contain_text("SELECT")


def test_a_chart_is_drawn_and_leads_to_its_findings(tab):
    tab.goto(tab.url.split("/findings")[0].rstrip("/") + "/findings/")
    expect(tab.locator("[data-chart='rule-data'][data-drawn] svg").first).to_be_visible()


def test_the_filter_in_the_address_is_what_a_colleague_sees(tab):
    base = tab.url.rstrip("/")
    tab.goto(f"{base}/findings/?institution=H2&sort=amount")
    expect(tab.get_by_label("机构", exact=True)).to_have_value("H2")
    expect(tab.locator("#answer")).to_contain_text("有 2 个疑点")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}], indirect=True)
def test_the_list_works_without_scripts(tab):
    base = tab.url.rstrip("/")
    tab.goto(f"{base}/findings/")
    tab.get_by_label("规则", exact=True).select_option("amount_arithmetic")
    tab.get_by_role("button", name="筛选").click()
    expect(tab.locator("#answer")).to_contain_text("有 3 个疑点")


@pytest.mark.parametrize("tab", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_the_pages_fit_a_phone(tab):
    base = tab.url.rstrip("/")
    for address in ("/", "/findings/", "/institutions/H2/", "/coverage/", "/quarantine/"):
        tab.goto(base + address)
        assert fits(tab), address
    tab.locator(".yj-menu summary").click()
    expect(tab.get_by_role("link", name="规则库")).to_be_visible()
