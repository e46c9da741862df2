"""From the plan of a campaign to a pledge in the ledger, as four people do it; axe looks at each page on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.browser.conftest import log_in
from tests.web.browser.test_money_comes_back_by_four_users import accessible

pytestmark = pytest.mark.browser


@pytest.fixture
def two_tabs(chromium, supervising):
    """One of the supervisor's, one for whoever logs in; axe may be loaded in both."""
    settings = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, "bypass_csp": True}
    contexts = [chromium.new_context(**settings, storage_state=supervising), chromium.new_context(**settings)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def test_from_the_plan_to_a_pledge_in_the_ledger(two_tabs, site):
    desk, tab = two_tabs
    today = timezone.localdate()
    desk.goto(f"{site.address}/campaigns/")
    desk.get_by_role("link", name="拟定方案").click()
    accessible(desk)
    desk.get_by_label("名称", exact=True).fill("医保基金专项治理")
    desk.get_by_label("治理内容与要求").fill("重点治理重复收费、超标准收费和挂床住院。")
    desk.get_by_label("收费", exact=True).check()
    desk.get_by_label("自查数据自").fill("2025-01-01")
    desk.get_by_label("至", exact=True).fill("2026-06-30")
    desk.get_by_label("阶段类别 1").select_option("self_inspection")
    desk.get_by_label("阶段名称 1").fill("自查自纠")
    desk.get_by_label("开始日期 1").fill(str(today))
    desk.get_by_label("结束日期 1").fill(str(today + timedelta(days=20)))
    desk.get_by_role("button", name="保存方案").click()
    desk.get_by_role("button", name="报负责人审批").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("待审批")
    campaign = desk.url

    log_in(tab, site, "fuze")
    tab.goto(campaign)
    tab.get_by_role("button", name="同意印发").click()
    expect(tab.locator("main")).to_contain_text("医保专治〔")
    accessible(tab)

    desk.goto(campaign)
    desk.get_by_role("button", name="下发自查").click()
    expect(desk.locator(".yj-answer")).to_contain_text("应报自查")
    accessible(desk)

    log_in(tab, site, "yiyuan1")
    tab.get_by_role("link", name="自查报告", exact=True).click()
    accessible(tab)
    tab.locator("tbody a").first.click()
    for label, text in {
        "违规行为描述": "同日重复收取护理费",
        "涉及人次": "3",
        "涉及金额": "1200.50",
        "整改措施": "修改收费字典",
    }.items():
        tab.get_by_label(f"第 1 行 {label}").fill(text)
    tab.get_by_label("第 1 行 问题类型").select_option("重复收费")
    tab.get_by_label("第 1 行 主动退回金额").fill("2000")
    tab.get_by_role("button", name="保存并报送").click()
    expect(tab.get_by_role("alert")).to_contain_text("主动退回金额不能大于涉及金额")
    accessible(tab)
    tab.get_by_label("第 1 行 主动退回金额").fill("1200.50")
    tab.get_by_role("button", name="保存并报送").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("已报送")
    accessible(tab)
    declared = tab.url

    desk.goto(f"{campaign}compare/")
    accessible(desk)
    desk.goto(declared)
    expect(desk.locator("main")).to_contain_text("与疑点、抽样对照")
    desk.get_by_role("button", name="受理").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("已受理")
    accessible(desk)

    log_in(tab, site, "caiwu")
    tab.goto(f"{site.address}/recoveries/")
    expect(tab.get_by_role("button", name="责令退回 1,200.50 元")).to_be_visible()
