"""A district enters its trainings, promises and publicity, sees who is still due, and looks up an article."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from yijian.web.attachments.queries import attachments_of
from yijian.web.audit_log.models import LogEntry
from yijian.web.institutions.models import Institution
from yijian.web.training import actions, covering
from yijian.web.training.given import Given, from_form, from_lines
from yijian.web.training.library import articles
from yijian.web.training.models import Activity
from yijian.web.training.queries import activities_for, activity_for, sums

AREA = "999901"


@pytest.fixture
def office(db):
    for code, name, place in (("H1", "示例市第一医院", AREA), ("H2", "示例市第二医院", "999902"), ("Y1", "示例市大药房", AREA)):
        Institution.objects.create(code=code, name=name, kind="2" if code == "Y1" else "1", area=place)
    return organisation("YBA", "东城区医保局", "authority", AREA)


@pytest.fixture
def supervisor(office):
    return account("keeper", "某监管", "supervisor", office)


def given(**more):
    today = timezone.localdate()
    said = {
        "kind": "training", "title": "医保政策培训", "begin": today, "end": None, "topic": "条例与典型案例",
        "counts": {"sessions": 1, "hours": 3}, "attended": {"H1": 12},
    }  # fmt: skip
    return Given(**{**said, **more})


def test_an_institution_that_was_trained_is_no_longer_due(supervisor):
    year = timezone.localdate().year
    due = covering.due(covering.covered(supervisor, year), "training")
    assert {one.pk for one in due} == {"H1", "Y1"}
    actions.enter(AREA, given(), **by(supervisor))
    assert {one.pk for one in due.all()} == {"Y1"}
    assert {one.pk for one in covering.due(covering.covered(supervisor, year), "promise")} == {"H1", "Y1"}
    assert {one.pk for one in covering.due(covering.covered(supervisor, year - 1), "training")} == {"H1", "Y1"}


def test_what_was_counted_adds_up_and_a_withdrawn_one_counts_nowhere(supervisor):
    today = timezone.localdate()
    actions.enter(AREA, given(attended={"H1": 12, "YBA": 3}), **by(supervisor))
    leaflets = given(kind="publicity", venue="医院", counts={"leaflets": 10_000, "slogans": 1000}, attended={})
    wrong = actions.enter(AREA, leaflets, **by(supervisor))
    actions.enter(AREA, leaflets, **by(supervisor))
    actions.withdraw(wrong.pk, reason="重复登记", **by(supervisor))
    said = sums((AREA,), today, today)
    assert (said["leaflets"], said["slogans"], said["sessions"]) == (10_000, 1000, 1)
    assert (said["activities:training"], said["people:training"], said["activities:publicity"]) == (1, 15, 1)
    with pytest.raises(ValidationError, match="已经撤销"):
        actions.withdraw(wrong.pk, reason="重复登记", **by(supervisor))
    acts = list(LogEntry.objects.filter(act__startswith="training.").order_by("number").values_list("act", flat=True))
    assert acts == ["training.record"] * 3 + ["training.withdraw"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"attended": {}}, "须写明参加的单位和人数"),
        ({"attended": {"H9": 3}}, "没有编码为 H9"),
        ({"attended": {"H2": 3}}, "H2 不在所选区划内"),
        ({"counts": {"leaflets": 3}}, "没有这个计数项"),
        ({"begin": date(2999, 1, 1)}, "只登记已经办完的"),
        ({"kind": "publicity", "venue": "月球", "attended": {}}, "请选择宣传场所"),
        ({"kind": "publicity", "venue": "医院", "counts": {}, "attended": {}}, "须填写至少一个数量"),
        ({"topic": "无"}, "至少 4 个字"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(supervisor, more, said):
    with pytest.raises(ValidationError, match=said):
        actions.enter(AREA, given(**more), **by(supervisor))
    assert not Activity.objects.exists()


def test_lines_of_the_page_are_read_as_people_write_them():
    assert from_lines("H1 12\n\nY1，3人\nYBA\t2") == {"H1": 12, "Y1": 3, "YBA": 2}
    for text, said in (("H1 若干", "第 1 行"), ("H1 1\nH1 2", "第 2 行：H1 重复")):
        with pytest.raises(ValidationError, match=said):
            from_lines(text)


def test_the_excel_list_names_the_institutions_of_the_district_and_is_read_back(supervisor):
    page = browser(supervisor)
    book = openpyxl.load_workbook(BytesIO(page.get("/training/form/").content))
    sheet = book.worksheets[0]
    head = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "序号")
    assert {sheet.cell(row, 2).value for row in (head + 1, head + 2)} == {"H1", "Y1"}
    sheet.cell(head + 1, 4).value = 7
    out = BytesIO()
    book.save(out)
    assert list(from_form(out.getvalue()).values()) == [7]
    today = timezone.localdate().isoformat()
    sent = {
        "kind": "promise", "title": "签订承诺书", "area": AREA, "begin": today, "topic": "不骗取医保基金", "attended": "",
        "count-letters": "7", "list": SimpleUploadedFile("名单.xlsx", out.getvalue()),
        "files": SimpleUploadedFile("承诺书.txt", b"signed"),
    }  # fmt: skip
    answer = page.post("/training/enter/", sent)
    assert answer.status_code == 302, answer.context["problem"]
    address = answer["Location"]
    one = Activity.objects.get()
    assert (address, one.people) == (f"/training/{one.pk}/", 7)
    assert [file.name for file in attachments_of(f"training.activity:{one.pk}")] == ["承诺书.txt"]


def test_what_was_typed_stays_where_something_is_wrong(supervisor):
    sent = {"kind": "training", "title": "医保培训", "area": AREA, "begin": "", "topic": "条例解读", "attended": "H1 5"}
    text = browser(supervisor).post("/training/enter/", sent).content.decode()
    assert "请填写日期" in text
    assert "H1 5" in text


def test_pages_ask_little_and_say_how_many_are_due(supervisor):
    actions.enter(AREA, given(begin=timezone.localdate() - timedelta(days=1)), **by(supervisor))
    page = browser(supervisor)
    for address, said in (("/training/coverage/", "2 家定点机构中，已培训 <b>1</b> 家"), ("/training/", "医保政策培训")):
        with CaptureQueriesContext(connection) as asked:
            text = page.get(address).content.decode()
        assert said in text, text[text.index("<main") :][:3000]
        assert len(asked) <= 20


def test_another_district_neither_sees_nor_withdraws_it(supervisor):
    made = actions.enter(AREA, given(), **by(supervisor))
    stranger = account("xi", "某西城", "supervisor", organisation("YBB", "西城区医保局", "authority", "999902"))
    assert not activities_for(stranger).exists()
    with pytest.raises(Http404):
        activity_for(stranger, made.pk)
    with pytest.raises(PermissionDenied):
        actions.enter(AREA, given(), **by(stranger))


def test_an_article_leads_to_its_rules_and_causes(supervisor):
    found = {(one.law, one.article): one for one in articles()}
    split = found["医疗保障基金使用监督管理条例", "第三十八条第（一）项"]
    assert "split_admission" in {rule.id for rule in split.rules}
    assert split.causes
    numbers = [one.article for one in articles() if one.law == "医疗保障基金使用监督管理条例"]
    wanted = ["第十五条", "第三十八条第（一）项", "第三十八条第（三）项", "第三十八条第（七）项", "第四十条"]
    assert [one for one in numbers if one in wanted] == wanted
    assert all(one.has("重复收费") for one in articles("重复收费"))
    text = browser(supervisor).get("/library/", {"text": "重复收费"}).content.decode()
    assert "第三十八条第（三）项" in text
