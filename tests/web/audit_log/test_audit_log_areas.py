"""Auditors of a city and of two of its counties: each reads the lines of his own people and records, only the top reads all."""

from io import BytesIO

import pytest
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.web.audit_log.audit_log_cast import tamper
from tests.web.conftest import PASSWORD, account, browser, by, organisation
from yijian.web.audit_log import queries
from yijian.web.audit_log.actions import record
from yijian.web.audit_log.filters import Filters
from yijian.web.audit_log.models import LogEntry
from yijian.web.findings.acts import Act


@pytest.fixture
def offices(db):
    """A province, two cities, two counties of the first."""
    return {
        code: organisation(f"YB{code}", f"{code}医保局", "authority", code)
        for code in ("990000", "999900", "999901", "999902", "998800")
    }


@pytest.fixture
def auditors(offices):
    return {code: account(f"audit{code}", "某审计", "auditor", place) for code, place in offices.items()}


@pytest.fixture
def lines(offices, auditors):
    """One line each: of the two counties' people, of the city's about a county's record, of the other city, of the system."""
    people = {code: account(f"super{code}", "某监管", "supervisor", place) for code, place in offices.items()}
    common = {"when": timezone.now(), "where": "10.0.0.1", "kind": "疑点", "purpose": "核实疑点"}
    record(Act.SCREEN, who=people["999901"], about="east", **common)
    record(Act.SCREEN, who=people["999902"], about="west", **common)
    record(Act.SCREEN, who=people["999900"], about="city-east", area="999901", person="P1", **common)
    record(Act.SCREEN, who=people["999900"], about="city", **common)
    record(Act.SCREEN, who=people["998800"], about="elsewhere", **common)
    record(Act.LOAD, who=None, name="命令行", about="system", **common)
    return people


SEEN = {
    "999901": {"east", "city-east"},
    "999902": {"west"},
    "999900": {"east", "west", "city-east", "city"},
    "998800": {"elsewhere"},
    "990000": {"east", "west", "city-east", "city", "elsewhere", "system"},
}


def read(auditor, **given):
    return {line.about for line in queries.entries(auditor, Filters(**given)) if line.kind == "疑点"}


@pytest.mark.parametrize("code", list(SEEN))
def test_the_list_search_export_and_detail_show_the_lines_of_ones_own_area_only(lines, auditors, code):
    desk, seen = browser(auditors[code]), SEEN[code]
    assert {line.about for line in desk.get("/log/").context["page"].rows if line.kind == "疑点"} == seen
    for about in SEEN["990000"]:
        found = desk.get("/log/", {"about": about}).context["page"].rows
        assert [line.about for line in found] == ([about] if about in seen else [])
        number = LogEntry.objects.get(about=about).number
        assert desk.get(f"/log/{number}/").status_code == (200 if about in seen else 404)
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(desk.get("/export/log.xlsx").streaming_content)))
    told = {row[7] for row in rows.get_sheet_by_index(0).to_python()[5:]}
    assert told & SEEN["990000"] == seen


def test_a_search_for_a_person_finds_no_line_of_another_area(lines, auditors):
    assert read(auditors["999901"], person="P1") == {"city-east"}
    assert read(auditors["999902"], person="P1") == set()
    assert read(auditors["999902"], who="super999901") == set()


def test_the_count_says_how_many_are_ones_own(lines, auditors):
    said = browser(auditors["999902"]).get("/log/").content.decode()
    own = LogEntry.objects.filter(area="999902").count()
    assert f"您管辖范围内有 <b>{own}</b> 条" in said
    assert "命令行的记录由最上级审计员查看" in said


def test_a_page_mark_of_a_foreign_line_tells_nothing(lines, auditors):
    foreign = LogEntry.objects.get(about="east").number
    page = queries.slice_of(queries.entries(auditors["999902"], Filters()), older=str(foreign))
    assert page.newer is None, "as if nothing had been named: the newest"


def test_a_failed_log_in_is_read_where_the_account_belongs(lines, auditors, client):
    client.post("/login/", {"username": "super999901", "password": "not this one"})
    client.post("/login/", {"username": "no-such-account", "password": PASSWORD})
    failed = LogEntry.objects.filter(act="accounts.log_in_failed")
    assert {line.who: line.area for line in failed} == {"super999901": "999901", "no-such-account": ""}


def test_who_moves_on_leaves_his_lines_where_they_were(lines, offices, administrator, auditors):
    from yijian.web.accounts.moving import move

    move(lines["999901"], offices["999902"], successor="-", reason="工作调动", **by(administrator))
    assert "east" in read(auditors["999901"])
    assert "east" not in read(auditors["999902"])
    moved = LogEntry.objects.get(act="accounts.move")
    assert moved.area == "999900", "it concerns both counties: the city that holds them reads it"


def test_a_record_outside_of_who_acted_is_read_with_who_acted(lines):
    line = record(Act.SCREEN, who=lines["999901"], when=timezone.now(), where=None, area="999902", about="astray")
    assert line.area == "999901"


def test_the_area_is_no_part_of_the_leaf_and_is_kept_from_changes(lines):
    from django.db import DatabaseError, transaction

    line = LogEntry.objects.get(about="east")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_log_logentry SET area = '' WHERE number = %s", [line.number])
    tamper(f"UPDATE audit_log_logentry SET area = '' WHERE number = {line.number}")
    line.refresh_from_db()
    assert line.is_sound


@pytest.mark.parametrize(("code", "index"), [("999901", "log_area_at"), ("999900", "log_city_at")])
def test_the_newest_lines_of_an_area_come_from_an_index(lines, auditors, code, index):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads so small a table whole")
    found = queries.entries(auditors[code], Filters())[:51]
    assert index in found.explain()
