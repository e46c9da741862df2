"""The annexes by division, and the tables whose rows are records."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.web.conftest import account, browser, by, organisation
from tests.web.statistics.conftest import CITY, EAST, OCTOBER, at, booked, closed, measured
from yijian.sheets.checking import added
from yijian.sheets.reading import read_workbook
from yijian.web.campaigns.models import Campaign, SelfInspection, SelfInspectionRow
from yijian.web.inspections.models import Inspection, InspectionMember
from yijian.web.institutions.queries import institution
from yijian.web.leads import actions as leads
from yijian.web.statistics import actions
from yijian.web.statistics.cells import from_json
from yijian.web.statistics.filling import fill
from yijian.web.statistics.forms import forms, monthly
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import Month, between, period_given
from yijian.web.statistics.records import RECORDS
from yijian.web.statistics.standing import standing

WORDS = "核查后查明多收费用若干次"


def filled(key: str, area: str, period: str):
    found = period_given(period, forms()[key].periods)
    return fill(forms()[key], standing(area, found.whole), found, {})


def recovered(area: str, period: str):
    return added(forms()["annex4"].sheet, filled("annex4", area, period).rows)["recovered"]


def test_a_campaign_counts_each_month_once_whatever_was_closed_first_or_corrected_later(offices):
    keeper = offices["supervisor-e"]
    for month in between(Month(2025, 10), Month(2026, 9)):
        booked(keeper, month, "100.00", name=f"t:{month}")
    for month in between(Month(2026, 6), Month(2026, 8)):
        closed(offices, month)
    assert recovered(EAST, "2026-04..2026-09") == Decimal("600.00")
    assert recovered(EAST, "2025-10..2026-09") == Decimal("1200.00")
    booked(keeper, Month(2026, 3), "70.00", name="t:late")
    made = closed_after_saying(offices, Month(2026, 9))
    assert from_json(made.corrections)[EAST]["medical"]["recovered"] == Decimal("70.00")
    assert recovered(EAST, "2026-09..2026-10") == Decimal("100.00")
    assert recovered(CITY, "2026-03..2026-04") == Decimal("270.00")
    page = browser(keeper).get("/statistics/annex4/?area=999901&period=2026-09..2026-10").content.decode()
    assert "各月取自台账现值" in page


def closed_after_saying(people, month: Month):
    """Closed, with a reason for whatever changed before."""
    for table in MonthTable.objects.filter(area=EAST):
        if any(one.table == table and not one.why for one in standing(EAST, between(Month(month.year, 1), table.of)).differences):
            actions.explain(table.pk, "一笔到账登记晚了", **by(people["supervisor-e"]))
    return closed(people, month)


@pytest.fixture
def verified(offices):
    """A lead about a person, verified and confirmed in the county."""
    office = offices["supervisor-e"].organisation
    officer = account("officer-e", "某办案", "case_officer", office)
    given = leads.Given("media", "冒名就医", "有人用他人的卡住院治疗", "person", at(OCTOBER).date(), None, subject="P1000000001")
    lead = leads.register(given, EAST, **by(offices["supervisor-e"], at(OCTOBER)))
    leads.assign(lead.pk, officer.username, **by(offices["supervisor-e"], at(OCTOBER)))
    leads.report(lead.pk, "minor", Decimal("120.00"), reason=WORDS, **by(officer, at(OCTOBER)))
    return leads.confirm(lead.pk, **by(offices["head-e"], at(OCTOBER)))


def test_areas_add_up_to_the_monthly_table(offices):
    measured(offices, OCTOBER)
    measured(offices, OCTOBER, where="w", code="H2")
    booked(offices["supervisor-e"], OCTOBER, "800.40")
    annex, month = filled("annex4", CITY, "2026-10"), filled("monthly", CITY, "2026-10")
    total = dict(zip([line.key for line in monthly().sheet.lines], month.rows, strict=True))["all"]
    sums = added(forms()["annex4"].sheet, annex.rows)
    shared = [column.key for column in forms()["annex4"].sheet.columns if column.key in total]
    assert len(shared) > 15
    assert {key: sums[key] for key in shared} == {key: total[key] for key in shared}
    assert (sums["criticism"], sums["recovered"]) == (2, Decimal("800.40"))
    assert [row["criticism"] for row in annex.rows] == [0, 1, 1]  # the city itself, and its two counties


def test_a_campaign_takes_its_own_months(offices):
    measured(offices, OCTOBER.before)
    measured(offices, OCTOBER)
    assert added(forms()["annex4"].sheet, filled("annex4", CITY, "2026-08..2026-09").rows)["criticism"] == 1
    assert added(forms()["annex4"].sheet, filled("annex4", CITY, "2026-08..2026-10").rows)["criticism"] == 2
    closed(offices, OCTOBER)
    assert added(forms()["annex4"].sheet, filled("annex4", EAST, "2026-08..2026-10").rows)["criticism"] == 2


def test_pharmacies_have_a_table_of_their_own(offices):
    measured(offices, OCTOBER)
    rows = filled("annex3", CITY, "2026-10").rows
    assert added(forms()["annex3"].sheet, rows)["rectification"] == 0
    assert sum(row["designated"] for row in rows) == 1  # the small area's pharmacy


def test_a_row_of_a_division_opens_its_own_records_alone(offices):
    county = measured(offices, OCTOBER)
    client = browser(offices["supervisor-c"])
    page = client.get("/statistics/annex4/?area=999900&period=2026-10").content.decode()
    link = "/statistics/annex4/rows/?area=999901&amp;period=2026-10&amp;column=criticism&amp;own=1"
    assert link in page
    assert county.number in client.get(link.replace("&amp;", "&")).content.decode()
    of_city = client.get("/statistics/annex4/rows/?area=999900&period=2026-10&column=criticism&own=1").content.decode()
    assert county.number not in of_city


@pytest.mark.parametrize("key", ["annex1", "annex2", "annex3", "annex4", "persons", "verified", "visits", "inpatient"])
def test_every_form_is_a_page_and_an_excel_file_that_is_read_back(offices, verified, key):
    client = browser(offices["head-c"])
    assert client.get(f"/statistics/{key}/").status_code == 200
    answer = client.get(f"/statistics/{key}.xlsx?area=999900&period=2026-10")
    assert answer.status_code == 200
    found = read_workbook(forms()[key].sheet, answer.content)
    assert not found.problems
    assert found.head["period"] == "2026年10月"


def test_the_verified_leads_name_no_person(offices, verified):
    client = browser(offices["supervisor-c"])
    page = client.get("/statistics/verified/?area=999900&period=2026-10").content.decode()
    assert verified.number in page
    assert WORDS in page
    assert "参保人员" in page
    assert "P1000000001" not in page
    held = client.get("/statistics/verified.xlsx?area=999900&period=2026-10").content
    said = " ".join(str(cell.value) for row in load_workbook(BytesIO(held)).worksheets[0].iter_rows() for cell in row)
    assert verified.number in said
    assert "P1000000001" not in said
    assert verified.number not in client.get("/statistics/verified/?area=999900&period=2026-09").content.decode()
    assert browser(offices["supervisor-w"]).get("/statistics/verified/?area=999900").status_code == 404


def test_records_are_shown_to_those_who_may_see_them_alone(offices, verified, agency):
    auditor = browser(account("inner", "某内审", "agency_auditor", agency))
    page = auditor.get("/statistics/verified/?area=999900&period=2026-10").content.decode()
    assert "没有权限" in page
    assert verified.number not in page
    assert auditor.get("/statistics/verified.xlsx?area=999900&period=2026-10").status_code == 403
    assert auditor.get("/statistics/annex4.xlsx?area=999900&period=2026-10").status_code == 200


def test_every_form_of_records_has_records():
    assert {key for key, form in forms().items() if form.rows == "records"} == set(RECORDS)


def visited(people, code: str, kind: str = "routine", day: int = 15, area: str = EAST, team: int = 2) -> Inspection:
    """An inspection whose team arrived in October."""
    keeper, when = people["supervisor-e"], at(OCTOBER, day)
    made = Inspection.objects.create(
        number=f"J{Inspection.objects.count()}", title="专项检查", kind=kind, area=area, institution=institution(code),
        subject_kind="pharmacy" if code == "Y1" else "medical", begin=when.date(), end=when.date(), arrived=when, state="signed",
        found="病历与收费不符", problem=True, opened=when, by=keeper,
    )  # fmt: skip
    for n in range(team):
        InspectionMember.objects.create(inspection=made, code=f"R{n}", name=f"某{n}", unit="某局", duty="inspector")
    return made


def test_inspections_are_counted_by_visits_people_and_coverage(offices):
    made = visited(offices, "H1")
    visited(offices, "H1", day=20)
    visited(offices, "H1", "flight", day=21, area=CITY, team=3)
    InspectionMember.objects.filter(inspection=made, code="R1").update(left=at(OCTOBER, 10))  # replaced before they went
    row = dict(zip([line.key for line in monthly().sheet.lines], filled("monthly", CITY, "2026-10").rows, strict=True))["medical"]
    assert (row["inspected"], row["people"], row["flights"]) == (2, 6, 1)  # the county's and the city's, each once
    annex = filled("annex4", CITY, "2026-10")
    east = dict(zip(annex.areas, annex.rows, strict=True))[EAST]
    assert (east["designated"], east["covered"], east["inspected"]) == (2, 1, 1)
    assert east["coverage"] == Decimal("0.5")
    assert added(forms()["annex4"].sheet, annex.rows)["covered"] == 1
    client = browser(offices["supervisor-e"])
    page = client.get("/statistics/visits/?area=999901&period=2026-10").content.decode()
    assert made.number in page
    assert "病历与收费不符" in page
    rows = client.get("/statistics/annex4/rows/?area=999901&period=2026-10&column=covered&own=1").content.decode()
    assert f"/inspections/{made.pk}/" in rows


def test_an_agency_is_counted_once_a_month_however_often_it_was_found_wanting(offices):
    keeper, office = offices["supervisor-e"], organisation("JB-e", "东区医保经办中心", "agency", EAST)
    for day in (12, 20):
        when = at(OCTOBER, day)
        Inspection.objects.create(
            number=f"J-{day}", title="专项检查", kind="routine", area=EAST, agency=office, subject_kind="agency",
            begin=when.date(), end=when.date(), arrived=when, state="signed", found="审核把关不严", problem=True, opened=when,
            by=keeper,
        )  # fmt: skip
    officer = account("officer-e", "某办案", "case_officer", keeper.organisation)
    for subject in ("东区医保经办中心", "西区医保经办中心"):
        given = leads.Given(
            "media", "审核不严", "未按规定审核医疗费用，多付基金", "agency", at(OCTOBER).date(), None, subject=subject
        )
        lead = leads.register(given, EAST, **by(keeper, at(OCTOBER)))
        leads.assign(lead.pk, officer.username, **by(keeper, at(OCTOBER)))
        leads.report(lead.pk, "minor", None, reason=WORDS, **by(officer, at(OCTOBER)))
        leads.confirm(lead.pk, **by(offices["head-e"], at(OCTOBER)))
    lines = [line.key for line in monthly().sheet.lines]
    row = dict(zip(lines, filled("monthly", CITY, "2026-10").rows, strict=True))["agency"]
    assert (row["inspected"], row["proved"]) == (1, 2)  # the one of both ledgers, and the other


def declared(people, *, form: str = "hospital", code: str = "H1", zero: bool = False) -> SelfInspection:
    """A return that came in October, with one row where it is no zero return."""
    keeper = people["supervisor-e"]
    days = {"data_begin": at(OCTOBER, 1).date(), "data_end": at(OCTOBER, 9).date()}
    campaign = Campaign.objects.create(
        title="专项治理", text="重点治理重复收费", area=EAST, opened=at(OCTOBER), by=keeper, **days
    )
    place = {"institution": institution(code)} if form != "agency" else {"agency": keeper.organisation}
    made = SelfInspection.objects.create(
        campaign=campaign, form=form, name="某单位", area=EAST, due=at(OCTOBER, 20).date(), state="submitted", zero=zero,
        returned=at(OCTOBER).date(), declared=0 if zero else Decimal("640.50"), head={"period": "2026年1月至6月"}, **place,
    )  # fmt: skip
    if not zero:
        said = {
            "kind": "重复收费",
            "what": "同日重复收取护理费",
            "times": "36",
            "remedy": "加装拦截",
            "remedied_on": "2026-10-09",
        }
        money = {"involved": Decimal("640.50"), "refund": Decimal("640.50")}
        SelfInspectionRow.objects.create(filed=made, place=1, said=said, **money)
    return made


def test_self_inspections_fill_the_first_two_annexes(offices):
    made = declared(offices)
    declared(offices, form="agency")
    declared(offices, code="H2", zero=True)
    booked(offices["supervisor-e"], OCTOBER, "600.00", name=f"campaigns.selfinspection:{made.pk}.1")
    booked(offices["supervisor-e"], OCTOBER, "50.00", name="t:9")
    lines = [line.key for line in monthly().sheet.lines]
    rows = dict(zip(lines, filled("monthly", CITY, "2026-10").rows, strict=True))
    assert (rows["medical"]["self_inspected"], rows["agency"]["self_inspected"]) == (2, 1)
    assert (rows["medical"]["self_returned"], rows["medical"]["recovered"]) == (Decimal("600.00"), Decimal("650.00"))
    assert rows["all"]["self_declared"] == Decimal("1281.00")
    client = browser(offices["supervisor-c"])
    page = client.get("/statistics/annex2/?area=999900&period=2026-10").content.decode()
    assert "同日重复收取护理费" in page
    assert f"/campaigns/returns/{made.pk}/" in page
    held = client.get("/statistics/annex2.xlsx?area=999900&period=2026-10").content
    (row,) = read_workbook(forms()["annex2"].sheet, held).rows
    assert (row["times"], row["involved"], row["code"]) == (36, Decimal("640.50"), "H1")
    (row,) = read_workbook(forms()["annex1"].sheet, client.get("/statistics/annex1.xlsx?period=2026-10").content).rows
    assert row["kind"] == "重复收费"


def test_no_form_at_all_is_not_found(offices):
    assert browser(offices["head-c"]).get("/statistics/annex9/").status_code == 404


def test_a_campaign_leads_to_its_tables(offices):
    campaign = declared(offices).campaign
    client = browser(offices["supervisor-e"])
    assert "附件4" not in client.get(f"/campaigns/{campaign.pk}/").content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(state="running", issued=at(OCTOBER).date())
    page = client.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "/statistics/annex4/?area=999901&amp;period=2026-10.." in page
