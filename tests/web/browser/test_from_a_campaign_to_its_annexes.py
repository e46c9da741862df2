"""A campaign: a hospital inspects itself, two bodies draw, a ward is inspected without network, the annexes say what was done.

Seven people do it, each in a browser of his own.
"""

import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.draws import independent
from tests.web.browser.people import People, do, sign_on_screen

pytestmark = pytest.mark.browser

NOW = datetime.now(ZoneInfo("Asia/Shanghai"))
MONTH = f"{NOW:%Y-%m}"
HOSPITAL = "示例市第一医院"
PHONE = {"locale": "zh-CN", "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
OFFICERS = ("办案人员演示", "办案人员二演示")


def day(shift):
    """A day as a date field takes it, from today."""
    return (datetime.now(NOW.tzinfo).date() + timedelta(days=shift)).isoformat()


@pytest.fixture(scope="module")
def people(chromium, site):
    cast = People(chromium, site, {})
    yield cast
    for tab in cast.tabs.values():
        tab.context.close()


def test_from_a_campaign_to_its_annexes(people, chromium):
    campaign = issued(people)
    inspected_itself(people, campaign)
    drawn_by_two(people)
    inspection = planned(people, campaign)
    in_the_ward(people, chromium, inspection)
    put_right(people, inspection)
    annexes(people, campaign)


def issued(people):
    """The notice of 2020 with days of now, approved by the head; its page."""
    keeper = people("jianguan", f"/campaigns/new/?template=jilin_2020&year={NOW.year}")
    for n, (begin, end) in enumerate(((-20, -15), (-15, 5), (-5, 40), (41, 50)), start=1):
        keeper.get_by_label(f"开始日期 {n}", exact=True).fill(day(begin))
        keeper.get_by_label(f"结束日期 {n}", exact=True).fill(day(end))
    for n, due in enumerate((5, 40, 50), start=1):
        keeper.get_by_label(f"期限 {n}", exact=True).fill(day(due))
    do(keeper, "保存方案", title="住院服务专项治理", data_begin="2026-01-01", data_end="2026-03-31")
    campaign = keeper.url
    do(keeper, "报负责人审批")
    do(people("fuze", campaign), "同意印发")
    do(people("jianguan", campaign), "下发自查")
    return campaign


def inspected_itself(people, campaign):
    """The hospital fills in its return and promises to pay back; the bureau takes it."""
    hospital = people("yiyuan1", "/campaigns/returns/")
    hospital.locator("tbody a").first.click()
    row = {
        "问题类型": "重复收费", "违规行为描述": "同一天重复收取床位费", "涉及人次": "2", "涉及金额": "320.50",
        "主动退回金额": "400", "整改措施": "已停用重复的收费项目",
    }  # fmt: skip
    for heading, value in row.items():
        field = hospital.get_by_label(f"第 1 行 {heading}", exact=True)
        field.select_option(value) if heading == "问题类型" else field.fill(value)
    hospital.get_by_role("button", name="保存并报送").click()
    expect(hospital.locator(".alert-danger")).to_contain_text("400.00 与 320.50")  # more back than it was
    hospital.get_by_label("第 1 行 主动退回金额", exact=True).fill("320.50")
    do(hospital, "保存并报送")
    do(people("jianguan", hospital.url), "受理")
    expect(people("jianguan", campaign).locator(".yj-answer")).to_contain_text("定点医疗机构已报 1/2")


def drawn_by_two(people):
    """Hospitals are drawn with the secrets of the bureau's head and of the agency's auditor; a stranger recomputes the record."""
    keeper = people("jianguan", "/draws/new/")
    for body in ("示例市医疗保障事务中心", "示例市医疗保障局"):
        keeper.locator("label").filter(has_text=body).locator("input").check()
    do(keeper, "拟定名单", title="住院服务检查对象抽取", kind="institutions", of="1")
    draw = keeper.url
    for share in keeper.locator('input[name^="share-"]').all():
        share.fill("100")
    do(keeper, "保存应抽数")
    do(keeper, "冻结")
    secrets = {}
    for who in ("fuze", "neishen"):
        do(people(who, draw), "承诺")
        (secrets[who],) = re.findall(r"\b[0-9a-f]{64}\b", people(who).inner_text("main"))
    for who, secret in secrets.items():
        people(who, draw).locator('input[name="secret"]').fill(secret)
        do(people(who), "揭示")
    record = people("jianguan", draw).request.get(f"{draw}file/record/").text()
    assert independent.differs(record) == ""


def planned(people, campaign):
    """Two officers are registered; one of the drawn hospitals is to be inspected under the campaign; the inspection's page."""
    keeper = people("jianguan")
    for officer in OFFICERS:
        people("jianguan", "/draws/members/")
        keeper.get_by_label("类别").select_option(label="检查人员")
        keeper.get_by_label("检查人员的账号").select_option(label=officer)
        do(keeper, "登记", certificate=f"演示{officer}")
    people("jianguan", "/inspections/new/")
    keeper.locator("#from-draw").select_option(index=1)
    keeper.get_by_role("button", name="换名单").click()
    keeper.locator("#institution").select_option(label=HOSPITAL)
    keeper.locator("#kind").select_option(label="专项检查")
    keeper.locator("#about").select_option(index=1)
    for words in ("住院服务", *OFFICERS):
        keeper.locator("fieldset label").filter(has_text=re.compile(f"^{words}")).locator("input").check()
    do(keeper, "拟定检查", title="住院服务检查", begin=day(0), end=day(3))
    inspection = keeper.url
    do(keeper, "发出检查通知")
    do(people("banan", inspection), "开始现场检查")
    return inspection


def in_the_ward(people, chromium, inspection):
    """One officer answers the list on a phone without network; both sign the record on the screen."""
    context = chromium.new_context(**PHONE, storage_state=people("banan").context.storage_state())
    phone = context.new_page()
    phone.goto(f"{inspection}site/")
    phone.get_by_role("link", name="带到手机").click()
    phone.get_by_text("都已同步").wait_for()
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()
    phone.get_by_text("都已同步").wait_for()
    context.set_offline(True)
    phone.reload()
    expect(phone.locator("#network")).to_have_text("没有网络")

    def card(words):
        return phone.locator("section.card").filter(has_text=words)

    card("没有挂床住院").locator("[data-note]").fill("十二床无人在院，三日床位费照收")
    card("没有挂床住院").get_by_label("不符合", exact=True).check()
    for words in ("没有诱导住院", "床位数与核定", "入院登记、体温单"):
        card(words).get_by_label("符合", exact=True).check()
    expect(phone.locator("body")).to_contain_text(re.compile("还有 [45] 项没有同步"))
    context.set_offline(False)
    phone.get_by_text("都已同步").wait_for()
    phone.goto(f"{inspection}site/")
    fields = {"在场人或被询问人": "李某", "职务": "医保办主任", "内容": "逐床查看内科病区，十二床无人在院。"}
    for label, value in fields.items():
        phone.get_by_label(label).fill(value)
    phone.locator("#record-place").fill("内科病区")
    phone.locator("#ended").fill(f"{datetime.now(NOW.tzinfo) + timedelta(minutes=5):%Y-%m-%dT%H:%M}")
    phone.get_by_role("button", name="生成笔录").click()
    sign_on_screen(phone, "检查人员（本人）")
    sign_on_screen(phone, "被检查方", "李某")
    sign_on_screen(people("banan2", phone.url), "检查人员（本人）")
    do(people("banan", f"{inspection}site/"), "结束现场检查", why_sign="十二床挂床住院三日，床位费照收")
    context.close()


def put_right(people, inspection):
    """The head finds a problem, a lead is made of it, the hospital puts it right, and an officer looks again."""
    found = "一名患者挂床住院三日，床位费应予退回"
    do(people("fuze", inspection), "认定存在问题", why_conclude=found, amount="150")
    do(people("fuze"), "发出责令整改通知书", why_order="完善查房与请假制度")
    do(people("jianguan", inspection), "登记为线索")
    expect(people("jianguan").locator("main")).to_contain_text("监督检查，估计金额 150.00 元")
    do(people("yiyuan1", inspection), "提交", why_mend="已修订查房制度，床位费已申请退回")
    do(people("banan", inspection), "已整改到位，办结", why_recheck="夜间逐床复查，全部在院")


def annexes(people, campaign):
    """The campaign counts the inspection; annex 4 and annex 2 say the same on the page and in Excel, and the row is behind it."""
    keeper = people("jianguan", campaign)
    expect(keeper.locator("main")).to_contain_text("住院服务专项治理")
    said = shown(people, "annex4")
    expected = {"现场检查家次": "1", "发现问题": "1", "限期整改": "1", "检查到的家数": "1"}
    assert {heading: said[heading] for heading in expected} == expected
    total = written(people, "annex4")
    assert expected.keys() <= total.keys()
    for heading, figure in total.items():
        assert said[heading] in (f"{figure:,}", f"{figure:,.2f}"), heading
    keeper.locator("tr").filter(has_text="限期整改").get_by_role("link").last.click()
    expect(keeper.locator("main")).to_contain_text("住院服务检查")
    hospitals = people("jianguan").request.get(f"{people.site.address}/statistics/annex2.xlsx?area=999900&period={MONTH}").body()
    cells = [cell for row in openpyxl.load_workbook(BytesIO(hospitals)).worksheets[0].iter_rows(values_only=True) for cell in row]
    assert HOSPITAL in cells
    assert 320.5 in cells


def shown(people, form):
    """Heading → the total as the page of this month shows it."""
    page = people("jianguan", f"/statistics/{form}/?area=999900&period={MONTH}")
    rows = [[cell.strip() for cell in row.inner_text().split("\t")] for row in page.locator("main table tbody tr").all()]
    return {row[0].removesuffix("填报").strip(): row[-1] for row in rows if len(row) > 2}


def written(people, form):
    """The same of the Excel file, counts and yuan only: what has no total there is left out."""
    data = people("jianguan").request.get(f"{people.site.address}/statistics/{form}.xlsx?area=999900&period={MONTH}").body()
    rows = list(openpyxl.load_workbook(BytesIO(data), data_only=True).worksheets[0].iter_rows(values_only=True))
    top = next(n for n, row in enumerate(rows) if row[0] == "序号")
    headings = [lower or upper for upper, lower in zip(rows[top], rows[top + 1], strict=True)]
    total = next(row for row in rows if row[0] == "合计")
    return {heading: figure for heading, figure in zip(headings, total, strict=True) if isinstance(figure, int | float)}
