"""The whole way: an anonymous tip, a lead, a case decided and paid, a transfer that is answered, a reward, a published case.

Ten people do it, each in a browser of his own, and nobody but the tipster ever knows who he is.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.web.browser.people import People, do
from tests.web.browser.tipping import TEXT, give, officer_and_head

pytestmark = pytest.mark.browser

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
"""The day that the pages show."""


@pytest.fixture(scope="module")
def people(chromium, site):
    officer, head = officer_and_head(chromium, site, scripts=True)
    cast = People(chromium, site, {"jubao": officer, "jubaoshen": head})
    yield cast
    for tab in cast.tabs.values():
        tab.context.close()


def test_from_an_anonymous_tip_to_a_published_case(people, chromium, site):
    anyone = chromium.new_context(locale="zh-CN", java_script_enabled=False).new_page()
    code = give(anyone, site)
    tip, lead = taken_up(people), verified(people)
    case = decided(people)
    answered_by_health(people, case)
    do(people("banan", case), "执行完毕，报请结案", why_finish="基金已追回，罚款已入库")
    do(people("fuze", case), "批准结案")
    rewarded(people, tip, anyone, code)
    published(people, case, anyone)
    assert TEXT not in people("banan", lead).content()  # whoever verified it knows the officer's words only
    assert anyone.context.cookies() == []


def taken_up(people):
    """The tip becomes a lead; the tip's page."""
    officer = people("jubao", "/desk/tips/")
    officer.locator("tbody a").first.click()
    tip = officer.url
    do(officer, "打开内容")
    assert TEXT in officer.inner_text("main")
    officer.locator("#institution").select_option(label="示例市第一医院")
    do(officer, "受理", title="疑似挂床住院", facts="核查三楼病区住院登记与上传费用是否一致", amount="1000")
    return tip


def verified(people):
    """The lead is verified and ends with “立案”; its page."""
    keeper = people("jianguan", "/leads/")
    keeper.get_by_role("link", name="疑似挂床住院").click()
    lead = keeper.url
    do(keeper, "分派", officer="banan")
    found = "查明两名患者未在病区，费用照常上传。"
    do(people("banan", lead), "报负责人审定", result="case", proved="1000", established=found)
    do(people("fuze", lead), "同意结果，办结")
    return lead


def decided(people):
    """A case by the book, to its decision, served and paid; its page."""
    keeper = people("jianguan", "/cases/")
    keeper.get_by_role("status").get_by_role("link").first.click()
    for officer, certificate in (("banan", "ZF-9999-0001"), ("banan2", "ZF-9999-0002")):
        keeper.locator(f'input[value="{officer}"]').check()
        keeper.locator(f"#c-{officer}").fill(certificate)
    do(keeper, "提请负责人批准立案", cause="11", title="示例市第一医院挂床住院案", loss="1000")
    case = keeper.url
    do(people("fuze", case), "批准立案")
    do(
        people("banan", case), "登记", e_record="interview", e_title="护士长询问笔录", e_taken=f"{TODAY}T00:01",
        e_source="护士长，三楼病区", e_shows="问：患者在不在？答：这两人没有来住过。",
    )  # fmt: skip
    found = "两名患者挂床住院，造成基金损失一千元。"
    do(people("banan"), "送法制审核", established=found, outcome="penalty", loss="1000", fine="1500", grounds="及时改正")
    do(people("fazhi", case), "提出审核意见", opinion="agree", opinion_why="事实清楚，程序合法")
    do(people("banan2", case), "事先告知")
    people("banan", case).locator('input[name="waives"]').check()
    do(people("banan"), "记录", said="书面放弃陈述申辩和听证")
    do(people("fuze", case), "作出决定", d_repay="0", d_before="1000", d_why="事实清楚，按幅度处罚")
    do(people("banan", case), "登记送达", s_day=TODAY)
    do(people("banan", case), "登记入库", p_kind="fine", p_amount="1500", p_day=TODAY, p_receipt="罚没0001")
    return case


def answered_by_health(people, case):
    """Drafted from the case, approved, sent; the health authority signs, accepts and reports."""
    keeper = people("jianguan", case)
    keeper.get_by_role("link", name="拟移送书").click()
    assert "护士长询问笔录" in keeper.locator("#evidence").input_value()
    do(keeper, "保存，报负责人审批", category="other_care")
    transfer = keeper.url
    do(people("fuze", transfer), "同意移送")
    do(people("jianguan", transfer), "发出移送书")
    do(people("weijian", transfer), "签收并出具回执")
    assert "移送书（回执）" in people("jianguan", transfer).inner_text("main")
    do(people("weijian", transfer), "受理")
    do(people("weijian"), "反馈", result="penalty", outcome="对该院给予警告，责令整改。")
    do(people("jianguan", transfer), "确认结果，办结")


def rewarded(people, tip, anyone, code):
    """Proposed, agreed to by two, claimed with nothing but the code, paid."""
    do(people("jubao", tip), "按查实金额提出奖励", grade="1")
    do(people("jubaoshen", tip), "同意")
    do(people("jubaoshen2", tip), "同意")
    do(people("jubao", tip), "反馈并办结", feedback="经查属实，已依法处理，感谢您的举报。")
    anyone.goto(f"{people.site.address}/tips/receipt/")
    anyone.get_by_label("回执码").fill(code)
    anyone.get_by_role("button", name="查看").click()
    assert "经查属实" in anyone.inner_text("main")
    anyone.get_by_label("收款方式").fill("按与受理人员约定的办法，不留姓名")
    anyone.get_by_role("button", name="申领奖励").click()
    do(people("jubao", tip), "登记发放", reference="转账0001", on=TODAY)
    expect(people("jubao").locator("main")).to_contain_text("已发放")


def published(people, case, anyone):
    """Written of the closed case, without its persons; read by anybody."""
    writer = people("jianguan", case)
    writer.get_by_role("link", name="起草典型案例").click()
    text = "执法人员查明，护士长张小明登记的两名患者挂床住院，医保基金损失一千元，责令退回并处罚款。"
    do(writer, "保存，报审批", title="某院挂床住院案", text=text)
    do(people("fuze", writer.url), "批准公开")
    anyone.goto(f"{people.site.address}/public/")
    anyone.get_by_role("link", name="某院挂床住院案").click()
    told = anyone.inner_text("main")
    assert "护士长张某登记" in told
    assert "张小明" not in told
    assert "某院挂床住院案" in anyone.request.get(f"{people.site.address}/public/feed/").text()
