"""From an initial password to work, as a new supervisor walks; and the administrator who made the account."""

import re
from base64 import b32decode

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import fits, log_in
from yijian.web.accounts.second_factor import code_now

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("tab", [{}, {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}], indirect=True)
def test_a_new_supervisor_is_made_enrols_and_begins(tab, site):
    username = f"xin{tab.viewport_size['width']}"
    log_in(tab, site, "guanli")
    tab.goto(f"{site.address}/accounts/")
    tab.get_by_role("link", name="新建账号").click()
    tab.get_by_label("单位").select_option(label="东城区医疗保障局")
    tab.get_by_label("姓名").fill("辛新人")
    tab.get_by_label("账号", exact=True).fill(username)
    tab.get_by_label("岗位").select_option(label="监管科")
    tab.get_by_role("button", name="建立账号").click()
    password = tab.locator(".yj-secret").inner_text()
    tab.context.clear_cookies()
    tab.goto(f"{site.address}/findings/")
    tab.get_by_label("账号").fill(username)
    tab.get_by_label("密码").fill(password)
    tab.get_by_role("button", name="登录", exact=True).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("怎样登记身份验证器？")
    expect(tab.locator(".yj-qr svg")).to_be_visible()
    assert fits(tab)
    secret = base32_to_hex(tab.locator("dd.yj-code").inner_text())
    tab.get_by_label("6 位数字").fill(code_now(secret))
    tab.get_by_role("button", name="登记").click()
    expect(tab.locator(".yj-codes li")).to_have_count(10)
    tab.get_by_role("link", name="已经保存，继续").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("新密码是什么？")
    tab.get_by_label("初始密码").fill(password)
    tab.get_by_label("新密码", exact=True).fill("walking-phrase-invented-9")
    tab.get_by_label("再输入一次新密码").fill("walking-phrase-invented-9")
    tab.get_by_role("button", name="更换密码").click()
    expect(tab).to_have_url(re.compile("/findings/$"))
    tab.goto(f"{site.address}/me/")
    expect(tab.locator(".yj-answer")).to_contain_text("还有 10 个备用码")


@pytest.mark.parametrize("tab", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_the_pages_of_accounts_fit_a_phone(tab, site):
    log_in(tab, site, "guanli")
    for address in (
        "accounts/",
        "accounts/new/",
        "accounts/import/",
        "account/shenhe/",
        "organisations/",
        "organisation/YB9999/",
        "me/",
    ):
        tab.goto(f"{site.address}/{address}")
        assert fits(tab), address


def base32_to_hex(text: str) -> str:
    return b32decode(text.replace(" ", "")).hex()
