"""What people do with tips in a browser: keys made and vouched for, a tip given on the public page."""

from tests.web.browser.conftest import log_in

PASS = "三月里的小河慢慢流向东边"
TEXT = "住院病人没有来住院，费用照样上传，护士站有两本登记簿。"


def officer_and_head(chromium, site, *, scripts):
    """Two logged-in tabs: the officer's and the head's, after both made and vouched for all keys."""
    tabs = []
    for name in ("jubao", "jubaoshen"):
        tab = chromium.new_context(locale="zh-CN", java_script_enabled=scripts).new_page()
        log_in(tab, site, name)
        tabs.append(tab)
    officer, head = tabs
    make_key(officer, site, "officer", PASS)
    confirm(head, site)
    make_key(head, site, "head", PASS)
    unlock(officer, site)
    confirm(officer, site)
    make_key(officer, site, "recovery_one")
    unlock(head, site)
    confirm(head, site)
    make_key(head, site, "recovery_two")
    confirm(officer, site)
    return officer, head


def make_key(tab, site, part, passphrase=""):
    tab.goto(f"{site.address}/desk/tips/keys/")
    tab.get_by_label("用途").select_option(part)
    tab.get_by_label("口令，至少").fill(passphrase)
    tab.locator("#again").fill(passphrase)
    tab.get_by_role("button", name="生成", exact=True).click()
    assert ("只显示这一次" in tab.inner_text("main")) is part.startswith("recovery")


def confirm(tab, site):
    tab.goto(f"{site.address}/desk/tips/keys/")
    tab.get_by_role("button", name="指纹一致，核认").click()


def unlock(tab, site):
    tab.goto(f"{site.address}/desk/tips/keys/")
    tab.get_by_label("密钥口令").fill(PASS)
    tab.get_by_role("button", name="打开密钥").click()
    assert "密钥已打开" in tab.inner_text("main")


def give(tab, site, **more):
    """Fill in the public form and send it, as somebody without scripts; the receipt code."""
    tab.goto(f"{site.address}/tips/")
    tab.get_by_label("举报谁").fill("示例市第一医院")
    tab.get_by_label("发生了什么").fill(TEXT)
    tab.get_by_label("附件").set_input_files([{"name": "记录.txt", "mimeType": "text/plain", "buffer": "三楼".encode()}])
    for label, value in more.items():
        tab.get_by_label(label).fill(value)
    tab.wait_for_timeout(3_500)  # the form's own wait: nobody writes faster
    tab.get_by_role("button", name="提交举报").click()
    return tab.locator(".code").inner_text()
