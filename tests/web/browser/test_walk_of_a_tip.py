"""A tip from an anonymous browser without scripts to the officer's desk and back, with real keys and a real server."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import fits
from tests.web.browser.tipping import TEXT, give, officer_and_head

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(chromium, site):
    """The officer's tab and the head's, without scripts."""
    tabs = officer_and_head(chromium, site, scripts=False)
    yield tabs
    for tab in tabs:
        tab.context.close()


def test_an_anonymous_tip_is_read_answered_and_taken_up(desk, chromium, site):
    officer, _ = desk
    anyone = chromium.new_context(locale="zh-CN", java_script_enabled=False, viewport={"width": 360, "height": 740})
    asked = []
    tab = anyone.new_page()
    tab.on("request", lambda r: asked.append(r.url))
    code = give(tab, site)
    assert re.fullmatch(r"([2-9A-Z]{4}-){5}[2-9A-Z]{4}", code)
    assert fits(tab)
    officer.goto(f"{site.address}/desk/tips/")
    officer.locator("tbody a").first.click()
    officer.wait_for_load_state()
    assert TEXT not in officer.content()
    officer.get_by_role("button", name="打开内容").click()
    assert TEXT in officer.inner_text("main")
    with officer.expect_download() as download:
        officer.get_by_role("button", name="附件1.txt").click()
    assert download.value.path().read_text(encoding="utf-8") == "三楼"
    officer.get_by_label("给举报人留言").fill("请问是哪个月份？")
    officer.get_by_role("button", name="发送", exact=True).click()
    tab.goto(f"{site.address}/tips/receipt/")
    tab.get_by_label("回执码").fill(code.lower())
    tab.get_by_role("button", name="查看").click()
    assert "请问是哪个月份？" in tab.inner_text("main")
    officer.get_by_role("button", name="打开内容").click()
    officer.get_by_label("线索标题").fill("疑似挂床住院")
    officer.get_by_label("要核查的事实").fill("核查三楼病区住院登记与上传费用")
    officer.get_by_label("机构", exact=True).select_option(index=1)
    officer.get_by_role("button", name="受理", exact=True).click()
    assert "线索〔" in officer.inner_text("main")
    assert anyone.cookies() == []
    assert all(url.startswith((site.address, "data:")) for url in asked)
    anyone.close()


def test_who_gave_it_is_shown_after_a_head_agreed(desk, chromium, site):
    officer, head = desk
    anyone = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    give(anyone.new_page(), site, 姓名="钟举报", 电话="13900000000")
    anyone.close()
    officer.goto(f"{site.address}/desk/tips/?named=1")
    officer.locator("tbody a").first.click()
    officer.get_by_label("为什么要查看").fill("需要当面核对材料")
    officer.get_by_role("button", name="申请查看").click()
    head.goto(officer.url)
    assert head.get_by_role("button", name="打开内容").count() == 0
    head.get_by_role("button", name="同意", exact=True).click()
    officer.reload()
    officer.get_by_role("button", name="查看身份").click()
    assert "钟举报" in officer.inner_text("main")
    assert "钟举报" not in officer.url


def test_whoever_has_scripts_does_not_wait(desk, chromium, site):
    """The script does the proof of work while somebody writes."""
    anyone = chromium.new_context(locale="zh-CN")
    tab, complaints = anyone.new_page(), []
    tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    tab.goto(f"{site.address}/tips/")
    tab.get_by_label("举报谁").fill("示例市第一医院")
    tab.get_by_label("发生了什么").fill(TEXT)
    expect(tab.locator("[name=proof]")).not_to_have_value("")
    tab.get_by_role("button", name="提交举报").click()
    assert re.fullmatch(r"([2-9A-Z]{4}-){5}[2-9A-Z]{4}", tab.locator(".code").inner_text())
    assert (anyone.cookies(), complaints) == ([], [])
    anyone.close()
