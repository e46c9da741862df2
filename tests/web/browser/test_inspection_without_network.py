"""An inspection is carried into a ward on two phones, the network is cut, and nothing is lost or entered twice."""

import json
import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.web.browser.conftest import fits, log_in
from tests.web.browser.people import sign_on_screen

pytestmark = pytest.mark.browser

PHONE = {"locale": "zh-CN", "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

LEFT = """async () => {
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const counts = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name));
    for (const store of db.objectStoreNames) counts.push(await asked(db.transaction(store).objectStore(store).count()));
  }
  return JSON.stringify(counts);
}"""
"""How many rows each store of each account has on the phone."""


def picture(kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="module")
def planned(chromium, site, supervising):
    """The supervisor registers two officers, plans an inspection and tells the hospital; the number of the inspection."""
    context = chromium.new_context(locale="zh-CN", storage_state=supervising)
    tab = context.new_page()
    for officer in ("办案人员演示", "办案人员二演示"):
        tab.goto(f"{site.address}/draws/members/")
        tab.get_by_label("类别").select_option(label="检查人员")
        tab.get_by_label("检查人员的账号").select_option(label=officer)
        tab.get_by_label("执法证件或资格证书编号").fill(f"演示{officer}")
        tab.get_by_role("button", name="登记", exact=True).click()
    tab.goto(f"{site.address}/inspections/new/")
    tab.locator("#title").fill("住院服务检查")
    tab.get_by_label("检查方式").select_option(label="专项检查")
    tab.get_by_label("定点医药机构", exact=True).select_option(label="示例市第一医院")
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    tab.get_by_label("计划自").fill(f"{today}")
    tab.locator("#end").fill(f"{today + timedelta(days=3)}")
    tab.get_by_text(re.compile("^住院服务")).first.click()
    for officer in ("办案人员演示", "办案人员二演示"):
        tab.locator("fieldset label").filter(has_text=re.compile(f"^{officer}")).click()
    tab.get_by_role("button", name="拟定检查").click()
    tab.get_by_role("button", name="发出检查通知").click()
    number = int(re.search(r"/inspections/(\d+)/", tab.url)[1])
    context.close()
    return number


@pytest.fixture(scope="module")
def phones(chromium, site, planned):
    """Two phones, each with the inspection of its officer, and how each loads its page anew."""
    made = []
    for n, name in enumerate(("banan", "banan2")):
        context = chromium.new_context(**PHONE)
        tab = context.new_page()
        tab.on("dialog", lambda d: d.accept())
        log_in(tab, site, name)
        if n == 0:
            tab.goto(f"{site.address}/inspections/{planned}/")
            tab.get_by_role("button", name="开始现场检查").click()
        tab.goto(f"{site.address}/inspections/{planned}/site/")
        tab.get_by_role("link", name="带到手机").click()
        tab.get_by_text("都已同步").wait_for()
        tab.get_by_text("可以离线使用").wait_for()  # after the first visit, without another
        made.append(tab)
    yield made
    for tab in made:
        tab.context.close()


def cut(tab):
    tab.context.set_offline(True)


def back(tab):
    tab.context.set_offline(False)


def until(tab, seen):
    """Let the browser go on until something has been seen of it."""
    for _ in range(400):
        if seen():
            return
        tab.wait_for_timeout(50)
    raise AssertionError("it did not happen within 20 s")


def card(tab, words):
    return tab.locator("section.card").filter(has_text=words)


def fill(tab, words, answer, note=""):
    if note:
        card(tab, words).locator("[data-note]").fill(note)
    card(tab, words).get_by_label(answer, exact=True).check()


def test_a_phone_without_network_keeps_answers_and_photographs_and_sends_them_once(phones, site, planned):
    tab, _ = phones
    cut(tab)
    tab.reload()
    expect(tab.locator("#network")).to_have_text("没有网络")
    assert fits(tab)
    shown = card(tab, "没有挂床住院")
    shown.get_by_label("不符合", exact=True).check()
    expect(shown.get_by_role("alert")).to_have_text("还没有保存：不符合的，请写明情况，至少 4 个字")
    expect(tab.locator("[data-text=unsent]")).to_have_text("1 项没有写完、没有保存")
    tab.get_by_role("button", name="返回").click()
    tab.get_by_text("1 项没有写完").click()
    expect(shown.get_by_label("不符合", exact=True)).to_be_checked()  # it is not lost by looking elsewhere
    shown.locator("[data-note]").fill("十二床无人在院")
    shown.locator("[data-note]").blur()
    tab.get_by_text("还有 1 项没有同步").wait_for()
    expect(shown.get_by_role("alert")).to_be_empty()
    tab.get_by_label("现在的地点").fill("内科病区 12 床")
    tab.get_by_label("现在的地点").blur()
    card(tab, "没有挂床住院").locator("[data-photo]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    tab.get_by_text("还有 2 项没有同步").wait_for()
    tab.reload()  # the phone was put away in between
    tab.get_by_text("还有 2 项没有同步").wait_for()
    expect(card(tab, "没有挂床住院").get_by_label("不符合", exact=True)).to_be_checked()
    lost = []

    def answer_lost(route):  # the server takes it, and its answer never arrives
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    tab.context.route("**/sync/", answer_lost, times=1)
    back(tab)
    until(tab, lambda: lost)
    tab.get_by_text("还有 2 项没有同步").wait_for()
    tab.get_by_role("button", name="立即同步").click()
    tab.get_by_text("都已同步").wait_for()
    assert len(lost) == 1
    tab.goto(f"{site.address}/inspections/{planned}/site/")
    page = tab.inner_text("main")
    assert page.count("十二床无人在院") == 1
    assert page.count("SHA-256") == 1
    assert "内科病区 12 床" in page


def test_what_two_phones_say_of_one_thing_both_stands_until_one_has_seen_both(phones, site, planned):
    first, second = phones
    for tab in phones:
        tab.goto(f"{site.address}/inspections/phone/#{planned}")
        tab.get_by_text("都已同步").wait_for()
        with tab.expect_response("**/carry/") as carried:
            tab.get_by_role("button", name="立即同步").click()
        carried.value.finished()
        cut(tab)
    fill(first, "没有诱导住院", "符合", "询问三人均为自行就诊")
    fill(second, "没有诱导住院", "不符合", "一人称被免费接送入院")
    for tab in phones:
        tab.get_by_text("还有 1 项没有同步").wait_for()
        back(tab)
        tab.get_by_text("都已同步").wait_for()
    first.get_by_role("button", name="立即同步").click()
    for tab in phones:
        shown = card(tab, "没有诱导住院")
        expect(shown.get_by_text("两人填写不一致，请看过之后重新填写")).to_be_visible()
        expect(shown).to_contain_text("询问三人均为自行就诊")
        expect(shown).to_contain_text("一人称被免费接送入院")
    fill(first, "没有诱导住院", "不符合", "两人核对：一人被接送")
    expect(card(first, "没有诱导住院")).to_contain_text("两人核对：一人被接送 · 办案人员")  # as the server says it
    first.get_by_text("都已同步").wait_for()
    expect(card(first, "没有诱导住院").get_by_text("两人填写不一致")).to_be_hidden()
    first.goto(f"{site.address}/inspections/{planned}/site/")
    page = first.inner_text("main")
    for said in ("询问三人均为自行就诊", "一人称被免费接送入院", "两人核对：一人被接送"):
        assert said in page


def test_what_is_changed_while_it_is_being_sent_is_sent_after_it(phones, site, planned):
    tab, _ = phones
    tab.goto(f"{site.address}/inspections/phone/#{planned}")
    tab.get_by_text("都已同步").wait_for()
    held = []
    tab.context.route("**/sync/", lambda route: held.append(route), times=1)
    fill(tab, "入院登记、体温单", "符合", "看了十份病历")
    until(tab, lambda: held)
    card(tab, "入院登记、体温单").locator("[data-note]").fill("又看了五份，共十五份")
    card(tab, "入院登记、体温单").locator("[data-note]").blur()
    tab.get_by_text("还有 2 项没有同步").wait_for()
    held[0].continue_()
    tab.get_by_text("都已同步").wait_for()
    tab.goto(f"{site.address}/inspections/{planned}/site/")
    page = tab.inner_text("main")
    assert "看了十份病历" in page
    assert "又看了五份，共十五份" in page
    assert "两人填写不一致" not in page


def test_a_long_press_on_an_answer_gives_that_answer(phones, site, planned):
    tab, _ = phones
    tab.goto(f"{site.address}/inspections/phone/#{planned}")
    tab.get_by_text("都已同步").wait_for()
    records = card(tab, "入院登记、体温单")
    records.locator("[data-note]").fill("共十五份，另有三份在病案室")
    unseen = records.get_by_label("未查看", exact=True)
    unseen.click(delay=500)  # where the press begins, the field is left, and what was written is kept with the old answer
    expect(unseen).to_be_checked()
    expect(records).to_contain_text("未查看 共十五份，另有三份在病案室 · 办案人员")
    assert "符合 共十五份，另有三份在病案室" not in records.inner_text()  # half of what was meant was never sent


def test_a_photograph_that_is_refused_stands_in_nobodys_way(phones, site, planned):
    tab, _ = phones
    tab.goto(f"{site.address}/inspections/phone/#{planned}")
    tab.get_by_text("都已同步").wait_for()
    tab.get_by_label("现在的地点").fill("药房")
    tab.get_by_label("现在的地点").blur()
    shown = card(tab, "床位数与核定一致")
    camera = shown.locator("[data-photo]")
    camera.set_input_files({"name": "b.jpg", "mimeType": "image/jpeg", "buffer": b"\x00\x00\x00\x18ftypheic" + bytes(500)})
    expect(tab.locator("#problem")).to_contain_text("不是 JPEG 或 PNG 照片")
    fill(tab, "入院登记、体温单", "符合", "病历在病案室")
    expect(card(tab, "入院登记、体温单")).to_contain_text("病历在病案室 · 办案人员")
    expect(tab.locator("#problem")).to_contain_text("不是 JPEG 或 PNG 照片")  # what else was sent takes nothing of it away
    with tab.expect_response("**/sync-photo/"):  # drawn anew as JPEG, and taken
        camera.set_input_files({"name": "c.jpg", "mimeType": "image/webp", "buffer": picture("WEBP")})
    expect(tab.locator("[data-text=unsent]")).to_have_text("都已同步")
    cut(tab)
    camera.set_input_files({"name": "d.jpg", "mimeType": "image/jpeg", "buffer": picture()[:200]})  # begins as a JPEG and is none
    tab.get_by_text("还有 1 项没有同步").wait_for()
    camera.set_input_files({"name": "e.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    tab.get_by_text("还有 2 项没有同步").wait_for()
    back(tab)
    tab.get_by_text("还有 1 项没有同步").wait_for()
    expect(shown).to_contain_text("没有接收")
    shown.get_by_role("button", name="删除这张照片").click()
    tab.get_by_text("都已同步").wait_for()
    tab.goto(f"{site.address}/inspections/{planned}/site/")
    assert tab.inner_text("main").count("SHA-256") == 3


def test_another_account_sees_nothing_of_it_and_a_button_takes_it_off_the_phone(phones, site, planned):
    tab, _ = phones
    tab.goto(f"{site.address}/inspections/phone/#{planned}")
    tab.get_by_text("都已同步").wait_for()
    cut(tab)
    fill(tab, "床位数与核定一致", "符合", "实有四十床")
    tab.get_by_text("还有 1 项没有同步").wait_for()
    tab.context.route("**/sync/", lambda route: route.abort())
    back(tab)
    tab.goto(f"{site.address}/")
    tab.locator(".yj-menu summary").click()
    tab.get_by_role("button", name="退出").click()
    tab.wait_for_url("**/login/**")
    cut(tab)
    with pytest.raises(Exception, match="net::ERR_"):
        tab.goto(f"{site.address}/inspections/phone/")
    back(tab)
    log_in(tab, site, "dcbanan")
    tab.goto(f"{site.address}/inspections/phone/#{planned}")
    tab.get_by_text("还没有带来检查").wait_for()
    assert "第一医院" not in tab.inner_text("body")
    log_in(tab, site, "banan")
    tab.goto(f"{site.address}/inspections/phone/#{planned}")
    tab.get_by_text("还有 1 项没有同步").wait_for()
    tab.context.unroute("**/sync/")
    tab.get_by_role("button", name="立即同步").click()
    tab.get_by_text("都已同步").wait_for()
    tab.get_by_role("button", name="从手机删除").click()
    tab.get_by_text("还没有带来检查").wait_for()
    assert set(json.loads(tab.evaluate(LEFT))) == {0}


def test_the_record_is_signed_on_the_screen_and_the_phone_forgets_what_is_done(phones, site, planned):
    first, second = phones
    first.goto(f"{site.address}/inspections/{planned}/site/")
    first.get_by_label("在场人或被询问人").fill("李某")
    first.get_by_label("职务").fill("医保办主任")
    first.locator("#record-place").fill("内科病区")
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=5)
    first.locator("#ended").fill(f"{soon:%Y-%m-%dT%H:%M}")
    first.get_by_label("内容").fill("逐床查看内科病区，十二床无人在院。")
    first.get_by_role("button", name="生成笔录").click()
    assert fits(first)
    sign_on_screen(first, "检查人员（本人）")
    sign_on_screen(first, "被检查方", "李某")
    expect(first.locator("main")).to_contain_text("检查人员签名 1 个，须 2 个")
    second.goto(first.url)
    sign_on_screen(second, "检查人员（本人）")
    expect(second.locator("main")).to_contain_text("签名已齐")
    first.goto(f"{site.address}/inspections/{planned}/site/")
    first.get_by_label("检查情况").fill("十二床挂床住院，一人被免费接送入院")
    first.get_by_role("button", name="结束现场检查").click()
    expect(first.locator("h1")).to_contain_text("现场结束")
    second.goto(f"{site.address}/inspections/phone/")
    second.get_by_text("还没有带来检查").wait_for()
    assert set(json.loads(second.evaluate(LEFT))) == {0}
