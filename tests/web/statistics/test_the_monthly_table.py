"""The monthly table counts the ledgers; a number opens its records; it leaves as Excel that is read back."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from tests.web.conftest import account, browser, by
from tests.web.statistics.conftest import CITY, EAST, NOVEMBER, OCTOBER, at, booked, measured
from yijian.sheets.reading import read_workbook
from yijian.web.accounts.queries import Scope
from yijian.web.audit_log.models import LogEntry
from yijian.web.findings.models import Finding
from yijian.web.statistics import actions
from yijian.web.statistics.counting import Place, counted
from yijian.web.statistics.figures import figures
from yijian.web.statistics.filling import fill
from yijian.web.statistics.forms import forms, monthly
from yijian.web.statistics.periods import Month, month_of, period_given, usual
from yijian.web.statistics.standing import standing

EVERY = list(figures())
THREE = (Month(2026, 9), OCTOBER, NOVEMBER)


def of(area: str, *words: str, months=THREE):
    return counted(words, Scope(areas=(area,)), months)


def row_of(area: str, key: str, line: str, form: str = "monthly"):
    period = period_given(key, forms()[form].periods)
    filled = fill(forms()[form], standing(area, period.whole), period, {})
    return dict(zip([one.key for one in forms()[form].sheet.lines], filled.rows, strict=True))[line]


def test_figures_are_counted_in_one_question_and_parties_in_one_more_each(loaded):
    now = month_of(timezone.localdate())
    with CaptureQueriesContext(connection) as asked:
        found = of("999900", *EVERY, months=(now.before, now))
    assert set(found) == set(EVERY)
    assert len(asked) == 1 + sum(bool(one.parties) for one in figures().values())
    assert found["designated"][Place("999901", "medical", None)] == 1
    assert sum(found["doubts"].values()) == Finding.objects.filter(gone_in=None).exclude(institution=None).count() > 0
    assert {at.month for at in found["doubts"]} == {now}


def test_measures_of_a_month_by_division_and_kind(offices):
    measured(offices, OCTOBER)
    measured(offices, NOVEMBER)
    measured(offices, NOVEMBER, "damages", "w", "H2", amount=Decimal("1500.50"), due=at(NOVEMBER.next).date())
    found = of(CITY, "criticism", "damages", "any_measure")
    assert found["criticism"] == {Place(EAST, "medical", OCTOBER): 1, Place(EAST, "medical", NOVEMBER): 1}
    assert found["damages"] == {Place("999902", "medical", NOVEMBER): Decimal("1500.50")}
    assert of(EAST, "damages")["damages"] == {}


def test_a_hospital_is_handled_once_a_month_however_much_was_done(offices):
    measured(offices, NOVEMBER)
    measured(offices, NOVEMBER, "interview", due=at(NOVEMBER.next).date())
    booked(offices["supervisor-e"], NOVEMBER, "800")
    assert of(CITY, "handled")["handled"] == {Place(EAST, "medical", NOVEMBER): 1}
    assert row_of(CITY, "2026-11", "all")["handled"] == 1


def test_a_yuan_stands_in_the_table_once(offices):
    booked(offices["supervisor-e"], OCTOBER, "800.40")
    row = row_of(CITY, "2026-10", "medical")
    assert row["recovered"] == Decimal("800.40")
    assert row_of(CITY, "2026-11", "medical")["recovered"] == 0
    assert row_of(CITY, "2026-11", "medical_year")["recovered"] == Decimal("800.40")
    assert row_of(CITY, "2026-Q4", "all")["recovered"] == Decimal("800.40")
    assert row_of(CITY, "2026", "all")["recovered"] == Decimal("800.40")


def test_what_a_ledger_cannot_know_is_empty_and_not_nought(offices):
    row = row_of(CITY, "2026-10", "medical")
    assert row["criticism"] == 0
    assert "agency_problems" not in row
    assert "tips_received" not in row
    assert row_of(CITY, "2026-10", "other")["tips_received"] == 0


def test_the_page_shows_it_and_each_number_opens_its_records(offices):
    made = measured(offices, OCTOBER)
    client = browser(offices["supervisor-c"])
    page = client.get("/statistics/monthly/?area=999900&period=2026-10").content.decode()
    assert "2026年10月" in page
    assert "处不一致" in page
    assert "还没有关账" in page
    link = "/statistics/monthly/rows/?area=999900&amp;period=2026-10&amp;column=criticism&amp;line=medical"
    assert link in page
    rows = client.get(link.replace("&amp;", "&")).content.decode()
    assert made.number in rows
    assert f"/agreements/{made.pk}/" in rows
    assert made.number not in client.get(link.replace("&amp;", "&").replace("2026-10", "2026-11")).content.decode()
    whole = client.get(link.replace("&amp;", "&").replace("line=medical", "line=all_year").replace("2026-10", "2026-11"))
    assert made.number in whole.content.decode()


def test_records_keep_their_own_rights(offices, agency):
    made = measured(offices, OCTOBER)
    reader = account("legal", "某法制", "agency_auditor", agency)
    rows = browser(reader).get("/statistics/monthly/rows/?area=999900&period=2026-10&column=proved&line=all")
    assert rows.status_code == 200
    county = browser(offices["supervisor-w"])
    assert county.get("/statistics/monthly/rows/?area=999901&period=2026-10&column=criticism&line=all").status_code == 404
    reader = account("legal2", "某法制", "case_officer", offices["supervisor-e"].organisation)
    tip = "/statistics/monthly/rows/?area=999901&period=2026-10&column=tips_received&line=other"
    assert browser(reader).get(tip).status_code == 200
    assert made.area == EAST


def test_it_leaves_as_excel_that_says_the_same(offices):
    measured(offices, OCTOBER)
    booked(offices["supervisor-e"], OCTOBER, "800.40")
    actions.type_figures(
        CITY, OCTOBER, {("agency_problems", "medical"): "3"}, {"agency_problems": "检查组台账"}, **by(offices["supervisor-c"])
    )
    answer = browser(offices["head-c"]).get("/statistics/monthly.xlsx?area=999900&period=2026-10")
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    said = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert said[1][0] == "医保基金监督检查情况统计表"
    filled = read_workbook(monthly().sheet, answer.content)
    assert {one.says.partition("（")[0] for one in filled.problems} == {"处理家次不应多于检查家次"}  # nobody was there
    by_line = dict(zip([line.key for line in monthly().sheet.lines], filled.rows, strict=True))
    assert (by_line["medical"]["agency_problems"], by_line["medical"]["criticism"]) == (3, 1)
    assert by_line["all_year"]["recovered"] == Decimal("800.40")
    assert filled.head["period"] == "2026年10月"
    assert LogEntry.objects.filter(act="statistics.fetch").count() == 1


def test_sums_that_cannot_be_are_said(offices):
    measured(offices, OCTOBER)
    measured(offices, OCTOBER, where="w", code="H2")
    page = browser(offices["supervisor-c"]).get("/statistics/monthly/?area=999900&period=2026-10").content.decode()
    assert "处理家次不应多于检查家次（2 与 0）" in page


def test_a_reporter_types_with_a_source_and_nobody_types_for_others(offices):
    client = browser(offices["supervisor-e"])
    given = {"area": EAST, "month": "2026-10", "agency_problems-medical": "12", "note-agency_problems": ""}
    answer = client.post("/statistics/type/", given)
    assert answer.status_code == 400
    assert "来自哪里" in answer.content.decode()
    assert 'value="12"' in answer.content.decode()
    assert client.post("/statistics/type/", given | {"note-agency_problems": "检查组台账"}).status_code == 302
    assert client.post("/statistics/type/", given | {"agency_problems-medical": "十二"}).status_code == 400
    assert row_of(EAST, "2026-10", "medical")["agency_problems"] == 12
    assert row_of(CITY, "2026-10", "all")["agency_problems"] == 12
    assert client.post("/statistics/type/", given | {"area": "999902"}).status_code == 404
    page = client.get("/statistics/monthly/rows/?area=999901&period=2026-10&column=agency_problems&line=medical").content.decode()
    assert "检查组台账" in page


@pytest.mark.parametrize("key", ["2026-13", "2026-00", "1999-01", "2026-Q5", "x", "2026-11..2026-04", "9" * 40, "²026-01"])
def test_no_period_at_all_is_the_last_month(offices, key):
    assert period_given(key, ("month", "quarter", "year", "campaign")) is None
    answer = browser(offices["head-c"]).get(f"/statistics/monthly/?period={key}")
    assert answer.status_code == 200


def test_the_usual_period_is_the_one_that_is_over():
    day = at(NOVEMBER).date()
    assert [usual(kind, day) for kind in ("month", "quarter", "year")] == ["2026-10", "2026-Q3", "2026"]
    assert usual("quarter", day.replace(month=2)) == "2025-Q4"
