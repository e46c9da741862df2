"""From a doubt to repaid money, as four people do it: a reviewer, a hospital's clerk, a second reviewer, the finance office.

On the way each page is looked at by axe: no serious fault for people who cannot see or use a mouse.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import log_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
WHY = "床位费按实际占床天数收取，附护理记录与医嘱。"


def accessible(tab: Page) -> None:
    """No serious or critical fault by the WCAG 2 rules up to AA."""
    tab.wait_for_load_state()
    if not tab.evaluate("() => 'axe' in window"):
        tab.add_script_tag(path=str(AXE))
    found = tab.evaluate("() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa']})")
    faults = [
        (fault["id"], fault["help"], [node["html"][:120] for node in fault["nodes"][:3]])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert not faults, (tab.url, faults)


@pytest.fixture
def walker(chromium):
    """A tab in which axe may be loaded: our pages allow no script but their own."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = context.new_page()
    yield page
    context.close()


def test_from_screening_to_repaid_money(walker, site):
    tab, at = walker, site.address

    log_in(tab, site, "shenhe")
    accessible(tab)
    tab.get_by_role("link", name="筛查", exact=True).click()
    accessible(tab)
    tab.get_by_role("row").filter(has_text="床位").filter(has_text="示例市第一医院").get_by_role("link").first.click()
    accessible(tab)
    tab.keyboard.press("c")  # 属实
    tab.get_by_role("button", name="对本组全部").click()
    expect(tab.get_by_role("status")).to_contain_text("定为“属实”")
    tab.goto(f"{at}/reviews/")
    tab.get_by_role("button", name="个属实疑点建单").click()
    accessible(tab)
    tab.get_by_role("button", name="发送全部").click()
    expect(tab.locator("tbody")).to_contain_text("待机构答复")

    log_in(tab, site, "yiyuan1")
    accessible(tab)
    tab.get_by_role("link", name="答复审核疑点").click()
    tab.get_by_label("申诉理由").fill(WHY)
    accessible(tab)
    tab.get_by_role("button", name="提交申诉").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("机构申诉")
    review = tab.url

    log_in(tab, site, "fushen")
    tab.goto(review)
    expect(tab.locator("main")).to_contain_text(WHY)
    accessible(tab)
    tab.get_by_label("认定金额").fill("100")
    tab.get_by_label("处理").select_option("recover")
    tab.get_by_label("理由").last.fill("申诉部分成立，核减后追回")
    tab.get_by_role("button", name="作出认定").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("已认定")

    log_in(tab, site, "caiwu")
    tab.goto(f"{at}/recoveries/")
    tab.get_by_role("button", name="责令退回 100.00 元").click()
    accessible(tab)
    tab.get_by_role("link", name="到账登记").click()
    accessible(tab)
    tab.get_by_label("流水号", exact=True).fill("B0001")
    tab.get_by_label("到账日期", exact=True).fill("2026-04-01")
    tab.get_by_label("金额（元）").fill("100")
    tab.get_by_label("机构", exact=True).select_option(label="示例市第一医院")
    tab.get_by_role("button", name="登记", exact=True).click()
    tab.goto(f"{at}/recoveries/")
    expect(tab.locator("main")).to_contain_text("已退清")
    expect(tab.locator(".yj-answer")).to_contain_text("已退回 100.00 元")
    tab.get_by_role("row").filter(has_text="20").get_by_role("link").first.click()
    expect(tab.locator("main")).to_contain_text("审核单")
    accessible(tab)
