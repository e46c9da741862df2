"""A month is closed once and in order, handed in by the head; what changes later is explained and goes into the next table."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import browser, by, do_jobs
from tests.web.statistics.conftest import CITY, EAST, NOVEMBER, OCTOBER, WEST, at, booked, closed, measured
from tests.web.statistics.test_the_monthly_table import row_of
from yijian.sheets.reading import read_workbook
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock
from yijian.web.jobs.models import Job
from yijian.web.statistics import actions, tending
from yijian.web.statistics.cells import from_json
from yijian.web.statistics.filling import head_of
from yijian.web.statistics.forms import monthly
from yijian.web.statistics.models import Explanation, MonthTable, TableChange
from yijian.web.statistics.periods import Month, between, period_given
from yijian.web.statistics.standing import is_intact, standing

DECEMBER = NOVEMBER.next


def year_of(area, last):
    return standing(area, between(Month(last.year, 1), last))


def test_a_closed_month_stays_what_it_was(offices):
    measured(offices, OCTOBER)
    table = closed(offices, OCTOBER)
    assert from_json(table.cells)[EAST]["medical"]["criticism"] == 1
    assert is_intact(table)
    measured(offices, OCTOBER)
    assert row_of(EAST, "2026-10", "medical")["criticism"] == 1
    (change,) = [one for one in year_of(EAST, OCTOBER).differences if one.column == "criticism"]
    assert (change.was, change.now, change.why) == (1, 2, None)
    page = browser(offices["supervisor-e"]).get("/statistics/monthly/?area=999901&period=2026-10").content.decode()
    assert "关账以后的变化" in page
    assert "待说明" in page


def test_closing_twice_or_out_of_order_is_refused_with_a_sentence(offices):
    closed(offices, OCTOBER)
    with pytest.raises(ValidationError, match=r"2026年10月已于 2026-11-03 .*关账，不能再次关账"):
        closed(offices, OCTOBER)
    with pytest.raises(ValidationError, match="先关 2026年11月"):
        closed(offices, DECEMBER)
    with pytest.raises(ValidationError, match="在它之前"):
        closed(offices, OCTOBER.before)
    with pytest.raises(ValidationError, match="还没有结束"):
        actions.close(EAST, NOVEMBER, **by(offices["supervisor-e"], at(NOVEMBER)))
    with pytest.raises(PermissionDenied):
        actions.close(WEST, OCTOBER, **by(offices["supervisor-e"], at(NOVEMBER)))
    assert MonthTable.objects.count() == 1


def test_what_was_typed_is_closed_with_it_and_cannot_be_typed_after(offices):
    said = {("agency_problems", "medical"): "2"}, {"agency_problems": "飞检通知"}
    actions.type_figures(EAST, OCTOBER, *said, **by(offices["supervisor-e"]))
    table = closed(offices, OCTOBER)
    assert from_json(table.cells)[EAST]["medical"]["agency_problems"] == 2
    with pytest.raises(ValidationError, match="已经关账，不能再填报"):
        actions.type_figures(EAST, OCTOBER, *said, **by(offices["supervisor-e"]))


def test_a_later_change_is_explained_and_corrected_in_the_next_table(offices):
    booked(offices["supervisor-e"], OCTOBER, "800.00")
    closed(offices, OCTOBER)
    booked(offices["supervisor-e"], OCTOBER, "900.00", name="t:1")  # a hundred more of the same month
    booked(offices["supervisor-e"], NOVEMBER, "50.00", name="t:2")
    with pytest.raises(ValidationError, match=r"2026年10月已关账的数有 .* 格与现在的台账不同"):
        closed(offices, NOVEMBER)
    october = MonthTable.objects.get(month=OCTOBER.first)
    with pytest.raises(ValidationError, match="请写明原因"):
        actions.explain(october.pk, "晚", **by(offices["supervisor-e"]))
    actions.explain(october.pk, "一笔到账登记晚了", **by(offices["supervisor-e"]))
    with pytest.raises(ValidationError, match="没有尚未说明"):
        actions.explain(october.pk, "一笔到账登记晚了", **by(offices["supervisor-e"]))
    before = row_of(EAST, "2026-11", "medical")["recovered"]
    november = closed(offices, NOVEMBER)
    assert from_json(november.cells)[EAST]["medical"]["recovered"] == Decimal("50.00")
    assert from_json(november.corrections)[EAST]["medical"]["recovered"] == Decimal("100.00")
    assert row_of(EAST, "2026-11", "medical")["recovered"] == before == Decimal("150.00")
    assert row_of(EAST, "2026-11", "medical_year")["recovered"] == Decimal("950.00")
    assert row_of(EAST, "2026-10", "medical_year")["recovered"] == Decimal("800.00")
    (change,) = [one for one in year_of(EAST, NOVEMBER).differences if one.column == "recovered"]
    assert change.why is not None
    assert change.why.by == offices["supervisor-e"]
    booked(offices["supervisor-e"], OCTOBER, "910.00", name="t:1")  # and once more: the old reason is none for that
    (change,) = [one for one in year_of(EAST, NOVEMBER).differences if one.column == "recovered"]
    assert change.why is None


def test_the_first_table_holds_the_year_until_then(offices):
    measured(offices, OCTOBER.before)
    measured(offices, OCTOBER)
    table = closed(offices, OCTOBER)
    assert table.opening
    assert row_of(EAST, "2026-10", "medical")["criticism"] == 1
    assert row_of(EAST, "2026-10", "medical_year")["criticism"] == 2
    measured(offices, NOVEMBER)
    closed(offices, NOVEMBER)
    assert row_of(EAST, "2026-11", "medical")["criticism"] == 1
    assert row_of(EAST, "2026-11", "medical_year")["criticism"] == 3


def test_those_above_add_up_what_was_handed_in_and_name_who_did_not(offices):
    measured(offices, OCTOBER)
    measured(offices, OCTOBER, where="w", code="H2")
    closed(offices, OCTOBER, "e", hand_in=True)
    closed(offices, OCTOBER, "w")  # closed, and not handed in
    assert row_of(CITY, "2026-10", "all")["criticism"] == 2  # for the time being
    table = closed(offices, OCTOBER, "c")
    assert table.missing == [WEST]
    assert row_of(CITY, "2026-10", "all")["criticism"] == 1
    page = browser(offices["supervisor-c"]).get("/statistics/monthly/?area=999900&period=2026-10").content.decode()
    assert "关账时没有报送、没有计入的区划：区划999902" in page
    late = MonthTable.objects.get(area=WEST)
    actions.hand_in(late.pk, **by(offices["head-w"], at(NOVEMBER, 20)))
    late.refresh_from_db()
    assert late.late
    closed(offices, NOVEMBER, "e", hand_in=True)
    closed(offices, NOVEMBER, "w", hand_in=True)
    november = closed(offices, NOVEMBER, "c")
    assert from_json(november.corrections)[WEST]["medical"]["criticism"] == 1
    assert row_of(CITY, "2026-11", "all_year")["criticism"] == 2
    assert row_of(CITY, "2026-11", "all")["criticism"] == 1
    province = row_of("990000", "2026-11", "all_year")
    assert province["criticism"] == 2


def test_december_that_came_late_is_named_and_then_counted_in_the_year(offices):
    december = Month(2025, 12)
    measured(offices, december)
    table = closed(offices, december)
    assert closed(offices, december, "c").missing == [EAST, WEST]
    client = browser(offices["supervisor-c"])
    for key in ("2025", "2025-Q4"):
        assert row_of(CITY, key, "all")["criticism"] == 0
        page = client.get(f"/statistics/monthly/?area=999900&period={key}").content.decode()
        assert "还没有报送的区划和月份" in page
        assert "区划999901（2025年12月）、区划999902（2025年12月）" in page
        held = client.get(f"/statistics/monthly.xlsx?area=999900&period={key}").content
        assert "还没有报送的：区划999901（2025年12月）" in str(read_workbook(monthly().sheet, held).head["state"])
    actions.hand_in(table.pk, **by(offices["head-e"], at(december.next, 9)))
    assert [row_of(CITY, "2025", line)["criticism"] for line in ("all", "all_year")] == [1, 1]
    assert row_of(CITY, "2025-12", "all")["criticism"] == 0  # a closed month stays what it was
    page = client.get("/statistics/monthly/?area=999900&period=2025").content.decode()
    assert "12 月关账以后下级补报" in page
    assert "还没有报送的区划和月份（已经关账的月份没有计入，未关账的暂按台账现值显示）：区划999902（2025年12月）。" in page


def test_a_county_that_begins_to_report_takes_nothing_from_the_year_of_those_above(offices):
    january, february, march, april = (Month(2026, n) for n in range(1, 5))
    keeper = offices["supervisor-e"]
    for month in (january, february, march, april):
        measured(offices, month)
        booked(keeper, month, "100.00", name=f"t:{month}")
    for active in (False, True):  # nobody reports there until February is closed
        type(keeper).objects.filter(pk=keeper.pk).update(is_active=active)
        if not active:
            assert [closed(offices, month, "c").missing for month in (january, february)] == [[WEST], [WEST]]
            assert row_of(CITY, "2026-02", "medical_year")["recovered"] == Decimal("200.00")
    third = closed(offices, march, "c")
    assert (EAST in third.missing, from_json(third.corrections)) == (True, {})
    assert row_of(CITY, "2026-03", "medical_year")["recovered"] == Decimal("200.00")
    for month in (march, april):
        closed(offices, month, hand_in=True, day=8)
    fourth = closed(offices, april, "c", day=9)
    assert from_json(fourth.corrections)[EAST]["medical"]["recovered"] == Decimal("100.00")  # March alone, which came late
    row = row_of(CITY, "2026-04", "medical_year")
    assert (row["recovered"], row["criticism"]) == (Decimal("400.00"), 4)


def test_the_head_hands_in_and_not_who_closed_it(offices):
    table = closed(offices, OCTOBER)
    with pytest.raises(PermissionDenied):
        actions.hand_in(table.pk, **by(offices["supervisor-e"]))
    MonthTable.objects.filter(pk=table.pk).update(by=offices["head-e"])
    with pytest.raises(ValidationError, match="不能是同一个人"):
        actions.hand_in(table.pk, **by(offices["head-e"]))
    MonthTable.objects.filter(pk=table.pk).update(by=offices["supervisor-e"])
    with pytest.raises(PermissionDenied):
        actions.hand_in(table.pk, **by(offices["head-c"]))
    actions.hand_in(table.pk, **by(offices["head-e"]))
    with pytest.raises(ValidationError, match="已报送"):
        actions.hand_in(table.pk, **by(offices["head-e"]))


def test_the_file_says_the_day_here_of_what_was_handed_in_before_eight(offices):
    table = closed(offices, OCTOBER)
    actions.hand_in(table.pk, **by(offices["head-e"], at(NOVEMBER, 4).replace(hour=7)))
    assert head_of(year_of(EAST, OCTOBER), period_given("2026-10", ("month",)), {})["handed"] == "2026-11-04"


def test_its_clock_runs_from_the_end_of_the_month_to_the_fifth(offices):
    assert tending.begin(date(2026, 11, 1)) == 3  # the province has nobody above
    assert tending.begin(date(2026, 11, 2)) == 0
    clock = Clock.objects.get(about="statistics.month:999901-2026-10")
    assert (clock.due, clock.right) == (date(2026, 11, 5), "keep_statistics")
    closed(offices, OCTOBER, hand_in=True)
    clock.refresh_from_db()
    assert clock.ended == "done"
    assert tending.begin(date(2026, 11, 3)) == 0


def test_a_month_is_closed_in_the_background_and_the_head_is_told(offices):
    client = browser(offices["supervisor-e"])
    assert client.post("/statistics/close/", {"area": EAST, "month": "2026-10"}).status_code == 302
    do_jobs()
    job = Job.objects.get()
    assert job.state == "done", job.problem
    assert "已关账" in job.said
    table = MonthTable.objects.get()
    assert LogEntry.objects.filter(act="statistics.close", area=EAST).count() == 1
    again = client.post("/statistics/close/", {"area": EAST, "month": "2026-10"})
    assert again.status_code == 400
    assert "不能再次关账" in again.content.decode()
    head = browser(offices["head-e"])
    assert "审核报送" in head.get("/statistics/monthly/?area=999901&period=2026-10").content.decode()
    assert head.post(f"/statistics/tables/{table.pk}/hand_in/").status_code == 302
    assert "已报送" in head.get("/statistics/").content.decode()


def test_who_changes_a_closed_table_in_the_database_is_noticed(offices):
    measured(offices, OCTOBER)
    table = closed(offices, OCTOBER)
    table.cells[EAST]["medical"]["criticism"] = 7
    table.save()
    assert not is_intact(MonthTable.objects.get())
    page = browser(offices["supervisor-e"]).get("/statistics/monthly/?area=999901&period=2026-10").content.decode()
    assert "在数据库里被改动过" in page


STEPS = st.lists(st.sampled_from(["measure", "money", "explain", "close", "hand_in"]), min_size=4, max_size=12)


@given(STEPS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_the_year_adds_up(offices, steps):
    Explanation.objects.all().delete()
    TableChange.objects.all().delete()
    MonthTable.objects.all().delete()  # of the example before
    month = Month(2026, 6)
    for number, word in enumerate(steps, 1):
        earlier = MonthTable.objects.filter(area=EAST).order_by("-month").first()
        if word == "measure":
            measured(offices, month if number % 2 else month.before)
        elif word == "money":
            booked(
                offices["supervisor-e"], month if number % 2 else month.before, f"{100 * number}.25", name=f"w:{timezone.now()}"
            )
        elif word == "explain" and earlier:
            for table in MonthTable.objects.filter(area=EAST):
                if any(one.table == table and one.why is None for one in year_of(EAST, table.of).differences):
                    actions.explain(table.pk, "补记以前月份的记录", **by(offices["supervisor-e"]))
        elif word == "close":
            try:
                closed(offices, month)
                month = month.next
            except ValidationError as refused:
                assert "写明原因" in str(refused)
        elif word == "hand_in" and earlier and earlier.state == "closed":
            actions.hand_in(earlier.pk, **by(offices["head-e"]))
    last = MonthTable.objects.filter(area=EAST).order_by("-month").first()
    if last is None:
        return
    year = year_of(EAST, last.of)
    total = sum_of(year.reported(last.of))
    months = [sum_of(year.month(one)) for one in sorted(year.tables)]
    opening = from_json(min(year.tables.values(), key=lambda one: one.month).corrections)
    assert total == sum(months, sum_of(opening))
    assert all(is_intact(one) for one in year.tables.values())
    if not [one for one in year.differences if one.why is None]:
        assert sum_of(year.target(last.of, provisional=False)) == total + sum_of(year.pending)


def sum_of(cells) -> Decimal:
    rows = [row for kinds in cells.values() for row in kinds.values()]
    return sum((Decimal(n) for row in rows for key, n in row.items() if key != "designated"), Decimal(0))
