"""Organisations and accounts from Excel: everything or nothing, every bad row named, passwords once."""

from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.web.conftest import account, browser, organisation
from yijian.web.accounts.acts import Act
from yijian.web.accounts.importing import SHEETS
from yijian.web.accounts.models import Division, Organisation, Posting, User
from yijian.web.audit_log.models import LogEntry

GOOD = {
    "行政区划": [[999900, "示例市"], ["999901", "东城区"]],
    "单位": [
        ["YBS", "示例市医保局", "医保行政部门", 999900, ""],
        ["H1", "第一医院", "定点医药机构", "999901", "H1"],
    ],
    "账号": [
        ["sun", "孙监管", "YBS", "监管科、负责人", "999901", "2030-12-31"],
        ["li", "李医保办", "H1", "定点机构", "", ""],
        ["xin", "辛新人", "YBS", "", "", ""],
    ],
}


@pytest.fixture
def office(administrator) -> Client:
    return browser(administrator)


def workbook(rows=GOOD, heads=None, **more):
    """An Excel file as people fill the template."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    for sheet, lines in {**rows, **more}.items():
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, (heads or {}).get(sheet) or [title for title, _, _ in SHEETS.get(sheet, ())])
        for number, line in enumerate(lines, 1):
            page.write_row(number, 0, line)
    book.close()
    return out.getvalue()


def upload(client, content, name="导入.xlsx"):
    return client.post("/accounts/import/", {"file": SimpleUploadedFile(name, content)})


def take_over(client, checked):
    return client.post("/accounts/import/take-over/", {"signed": checked.context["signed"]})


def problems(response):
    assert response.status_code == 400
    return [(p.sheet, p.line, p.column, p.reason) for p in response.context["problems"]]


def everything():
    return (
        list(Division.objects.order_by("pk").values()),
        list(Organisation.objects.order_by("pk").values()),
        list(User.objects.order_by("pk").values_list("username", flat=True)),
        list(Posting.objects.order_by("pk").values()),
        list(LogEntry.objects.exclude(act__in=(Act.LOG_IN,)).values_list("number", flat=True)),
    )


def test_a_file_is_previewed_and_then_taken_over(office):
    before = everything()
    checked = upload(office, workbook())
    assert checked.status_code == 200
    assert "全部检查通过，还没有写入" in checked.content.decode()
    assert checked.context["counts"]["单位"] == {"new": 2, "changed": 0, "same": 0}
    assert everything() == before, "a preview writes nothing, not even in the log"
    done = take_over(office, checked)
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(done.streaming_content))).get_sheet_by_index(0).to_python()[3:]
    assert [row[:3] for row in rows] == [
        ["sun", "孙监管", "示例市医保局"],
        ["li", "李医保办", "第一医院"],
        ["xin", "辛新人", "示例市医保局"],
    ]
    sun = User.objects.get(username="sun")
    assert sun.check_password(rows[0][3])
    assert sun.must_change
    assert str(sun.expires) == "2030-12-31"
    assert sorted((p.role, p.division_id) for p in sun.postings.all()) == [("head", "999901"), ("supervisor", "999901")]
    assert len({row[3] for row in rows}) == 3
    line = LogEntry.objects.order_by("-number").first()
    assert (line.act, line.about, line.who) == (Act.IMPORT, "3 个", "zhao")
    passwords = [row[3] for row in rows]
    assert not any(word in line.purpose + line.changes for line in LogEntry.objects.all() for word in passwords)


def test_the_template_is_a_file_that_the_import_reads(office):
    template = b"".join(office.get("/accounts/import/template.xlsx").streaming_content)
    assert problems(upload(office, template)) == [("", 0, "", "文件里没有要导入的行")]


@pytest.mark.parametrize(
    ("sheet", "row", "expected"),
    [
        ("行政区划", ["99", "两位"], ("行政区划代码", "应为 6 位数字")),
        ("行政区划", ["999900", "又一次"], ("行政区划代码", "出现了两次")),
        ("行政区划", ["999905", ""], ("名称", "不能为空")),
        ("单位", ["X1", "某局", "城堡", "999900", ""], ("类别", "“城堡”不认识")),
        ("单位", ["X1", "某局", "经办机构", "123456", ""], ("行政区划代码", "没有行政区划 123456")),
        ("单位", ["X1", "某院", "定点医药机构", "999900", ""], ("定点机构编码", "必须写明定点机构编码")),
        ("单位", ["../X", "某局", "经办机构", "999900", ""], ("单位编码", "应由 1 到 40 位")),
        ("账号", ["zhao", "重名", "YBS", "", "", ""], ("账号", "已经有人使用")),
        ("账号", ["ma", "马某", "没有", "", "", ""], ("单位编码", "没有单位 没有")),
        ("账号", ["ma", "马某", "YBS", "国王", "", ""], ("岗位", "“国王”不认识")),
        ("账号", ["ma", "马某", "YBS", "定点机构", "", ""], ("岗位", "不能任“定点机构”")),
        ("账号", ["ma", "马某", "YBS", "监管科、审计员", "", ""], ("岗位", "不相容岗位")),
        ("账号", ["ma", "马某", "YBS", "监管科", "110000", ""], ("管辖区划代码", "不在单位所属区划")),
        ("账号", ["ma", "马某", "YBS", "", "", "明年"], ("有效期至", "看不懂")),
        ("账号", ["m a", "马某", "YBS", "", "", ""], ("账号", "应由 2 到 40 位")),
        ("账号", ["ma", "马" * 101, "YBS", "", "", ""], ("姓名", "100")),
    ],
)
def test_a_bad_row_is_named_with_sheet_row_column_and_reason_and_nothing_is_written(office, sheet, row, expected):
    before = everything()
    rows = GOOD | {sheet: [*GOOD[sheet], row]}
    [(where, line, column, reason)] = problems(upload(office, workbook(rows)))
    assert (where, line, column) == (sheet, len(GOOD[sheet]) + 2, expected[0])
    assert expected[1] in reason
    assert everything() == before


def test_all_bad_rows_are_named_at_once(office):
    rows = {"行政区划": [["x", "一"], ["y", "二"]], "账号": [["ma", "", "没有", "", "", ""], ["li", "李某", "没有", "", "", ""]]}
    found = problems(upload(office, workbook(rows)))
    assert [(sheet, line, column) for sheet, line, column, _ in found] == [
        ("账号", 2, "姓名"),
        ("行政区划", 2, "行政区划代码"),
        ("行政区划", 3, "行政区划代码"),
        ("账号", 3, "单位编码"),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "不是能读的 Excel 文件"),
        (b"PK\x03\x04 broken", "不是能读的 Excel 文件"),
        ("账号,姓名\n".encode("gbk"), "不是能读的 Excel 文件"),
        (workbook()[:2000], "不是能读的 Excel 文件"),
        (b"x" * 2_000_001, "超过 2 MB"),
    ],
)
def test_what_is_no_excel_file_is_one_sentence(office, content, why):
    response = upload(office, content) if content else upload(office, b" ")
    assert response.status_code == 400
    assert why in response.content.decode()


def test_no_file_at_all_is_one_sentence(office):
    assert "没有选择文件" in office.post("/accounts/import/").content.decode()


def test_wrong_sheets_and_columns_are_named(office):
    found = problems(
        upload(office, workbook({"Sheet1": [], "账号": []}, {"账号": ["账号", "姓名", "姓名", "电话"], "Sheet1": ["a"]}))
    )
    assert ("Sheet1", 0, "", "不认识的工作表，可用：行政区划、单位、账号") in found
    assert ("账号", 1, "单位编码", "缺少这一列") in found
    assert ("账号", 1, "电话", "不认识的列") in found
    assert ("账号", 1, "姓名", "这一列出现了两次") in found


def test_too_many_rows_are_refused_before_anything_is_tried(office):
    rows = {"行政区划": [[f"{n:06}", "x"] for n in range(1001)]}
    assert "一次最多 1,000 行" in problems(upload(office, workbook(rows)))[0][3]


def test_the_same_file_again_has_nothing_new_but_accounts_that_exist(office):
    take_over(office, upload(office, workbook()))
    assert [(sheet, column) for sheet, _, column, _ in problems(upload(office, workbook()))] == [("账号", "账号")] * 3
    places = {sheet: rows for sheet, rows in GOOD.items() if sheet != "账号"}
    checked = upload(office, workbook(places | {"单位": [["H1", "第一人民医院", "定点医药机构", "999901", "H1"]]}))
    assert checked.context["counts"]["行政区划"] == {"new": 0, "changed": 0, "same": 2}
    assert checked.context["counts"]["单位"] == {"new": 0, "changed": 1, "same": 0}
    assert "没有新账号" in take_over(office, checked).content.decode()
    assert Organisation.objects.get(pk="H1").name == "第一人民医院"


def test_what_was_checked_cannot_be_taken_over_twice_or_after_things_changed(office):
    checked = upload(office, workbook())
    take_over(office, checked)
    before = everything()
    again = take_over(office, checked)
    assert again.status_code == 400
    assert "检查之后情况有变" in again.content.decode()
    assert everything() == before


@pytest.mark.parametrize("signed", ["", "x", "eyJ9:1abc:def"])
def test_what_was_not_checked_is_not_taken_over(office, signed):
    response = office.post("/accounts/import/take-over/", {"signed": signed})
    assert response.status_code == 400
    assert "没有导入" in response.content.decode()


def test_a_countys_administrator_imports_only_the_countys(administrator):
    county = organisation("YBX", "北山县医保局", "authority", "999901")
    local = browser(account("xian", "县管理", "administrator", county))
    found = problems(upload(local, workbook()))
    assert ("行政区划", 2, "行政区划代码", "行政区划 999900 不在您的管理范围内") in found
    assert ("单位", 2, "行政区划代码", "行政区划 999900 不在您的管理范围内") in found
    assert not Division.objects.filter(name="示例市").exists()


def test_only_who_keeps_accounts_imports(supervisor):
    page = browser(supervisor)
    assert page.get("/accounts/import/").status_code == 403
    assert upload(page, workbook()).status_code == 403
    assert page.get("/accounts/import/template.xlsx").status_code == 403
