"""A month travels to a bureau with a system of its own as one sealed file; what is wrong with it is refused."""

from copy import copy
from datetime import date

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import account, browser, by, organisation
from tests.web.statistics.conftest import CITY, EAST, NOVEMBER, OCTOBER, at, closed, measured
from yijian.trust.months import MonthSaid
from yijian.trust.office import key_file, own_key
from yijian.trust.parcel import MONTH, Contents, open_parcel, pack
from yijian.vocabulary.home import Home
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Clock
from yijian.web.statistics import actions, sending, tending
from yijian.web.statistics.cells import digest
from yijian.web.statistics.filling import fill
from yijian.web.statistics.forms import forms, monthly
from yijian.web.statistics.models import MonthTable
from yijian.web.statistics.periods import Month, between, period_given
from yijian.web.statistics.standing import standing
from yijian.web.transfers import opening, partner_keys

NORTH = "999903"
CELLS = {NORTH: {"medical": {"criticism": 2, "recovered": "1234.50"}}}


@pytest.fixture
def elsewhere(tmp_path):
    """The keys of a county's bureau whose system is another one."""
    return Home(tmp_path / "north")


@pytest.fixture
def known(offices, elsewhere):
    """The city's head has entered its key."""
    organisation("YB-north", "北山县医疗保障局", "partner", NORTH)
    held = key_file(elsewhere, "北山县医疗保障局")
    told = own_key(elsewhere, "").fingerprint
    return partner_keys.enter("YB-north", "insurance", held, CITY, told, **by(offices["head-c"]))


def table_said(month=OCTOBER, cells=None, **more) -> MonthSaid:
    cells = CELLS if cells is None else cells
    mine = digest(NORTH, str(month), cells, {}, True, [])
    said = MonthSaid(
        NORTH, str(month), monthly().sheet.mark, cells, {}, True, [], mine, "2026-11-05", "2026-11-02T09:00:00+08:00", "李填表",
        "2026-11-03T09:00:00+08:00", "赵负责",
    )  # fmt: skip
    return msgspec.structs.replace(said, **more)


def file_of(elsewhere, settings, said, kind="month"):
    contents = Contents(kind, f"统计月报-{said.area}-{said.month}", "北山县医疗保障局", said)
    return pack(elsewhere, contents, own_key(settings.HOME, "某市医保局"), when=timezone.now())[0]


def take(held, offices):
    return sending.take_in(held, **by(offices["supervisor-c"], at(NOVEMBER, 4)))


def test_what_came_is_added_up_like_what_was_handed_in(offices, known, elsewhere, settings):
    made = take(file_of(elsewhere, settings, table_said()), offices)
    assert (made.area, made.state, made.by, made.reporter) == (NORTH, "handed", None, "李填表")
    assert len(made.proof) == 3
    assert not made.late
    measured(offices, OCTOBER)
    for where in ("e", "w"):
        closed(offices, OCTOBER, where, hand_in=True)
    table = closed(offices, OCTOBER, "c", day=5)
    assert table.missing == []
    assert table.cells[NORTH] == CELLS[NORTH]
    year = standing(CITY, between(OCTOBER, OCTOBER))
    assert sum(rows.get("medical", {}).get("criticism", 0) for rows in year.month(OCTOBER).values()) == 3
    assert LogEntry.objects.filter(act="statistics.take", area=NORTH).count() == 1


def test_a_campaign_takes_the_months_that_came_as_files_without_their_corrections(offices, known, elsewhere, settings):
    before = {NORTH: {"medical": {"criticism": 5}}}
    mine = digest(NORTH, str(OCTOBER), CELLS, before, True, [])
    take(file_of(elsewhere, settings, table_said(corrections=before, digest=mine)), offices)
    measured(offices, OCTOBER)
    for area, count in ((CITY, 3), ("990000", 3), (NORTH, 2)):
        period = period_given("2026-09..2026-10", forms()["annex4"].periods)
        rows = fill(forms()["annex4"], standing(area, period.whole), period, {}).rows
        assert sum(row["criticism"] for row in rows) == count


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (table_said(area=EAST), "不能代其他区划报送"),
        (table_said(form="0123"), "报表栏目不同"),
        (table_said(month="十月"), "没有写明区划或月份"),
        (table_said(cells={EAST: {"medical": {"criticism": 1}}}), "不属于发件单位的区划"),
        (table_said(cells={NORTH: {"medical": {"criticism": -1}}}), "不是可以计入的数"),
        (table_said(cells={NORTH: {"medical": {"criticism": "1"}}}), "不是整数"),
        (table_said(cells={NORTH: {"medical": {"recovered": "NaN"}}}), "不是可以计入的数"),
        (table_said(cells={NORTH: {"medical": {"recovered": "1.234"}}}), "不是两位小数"),
        (table_said(cells={NORTH: {"medical": {"secret": 1}}}), "不认识的栏目"),
        (table_said(cells={NORTH: {"doctor": {"criticism": 1}}}), "不认识的对象"),
        (table_said(digest="0" * 64), "哈希不符"),
        (table_said(month=NOVEMBER), "还没有结束"),
    ],
)
def test_what_no_month_can_say_is_refused(offices, known, elsewhere, settings, said, words):
    with pytest.raises(ValidationError, match=words):
        take(file_of(elsewhere, settings, said), offices)
    assert not MonthTable.objects.exists()
    assert LogEntry.objects.filter(act="statistics.refuse").count() == 1


def test_a_changed_file_and_a_month_that_comes_twice_are_refused(offices, known, elsewhere, settings):
    held = file_of(elsewhere, settings, table_said())
    with pytest.raises(ValidationError, match=r"改动过|签名"):
        take(held[:-9] + bytes([held[-9] ^ 1]) + held[-8:], offices)
    take(held, offices)
    with pytest.raises(ValidationError, match="已经接收过，内容相同，没有重复计入"):
        take(held, offices)
    other = table_said(cells={NORTH: {"medical": {"criticism": 9}}})
    with pytest.raises(ValidationError, match="不能改写"):
        take(file_of(elsewhere, settings, other), offices)
    with pytest.raises(ValidationError, match="请先接收 2026年11月"):
        sending.take_in(
            file_of(elsewhere, settings, table_said(month=NOVEMBER.next)),
            **by(offices["supervisor-c"], at(NOVEMBER.next.next, 4)),
        )
    assert MonthTable.objects.count() == 1


def test_only_a_bureau_of_medical_insurance_files_a_month(offices, elsewhere, settings):
    organisation("YB-north", "北山县公安局", "partner", NORTH)
    told = own_key(elsewhere, "").fingerprint
    partner_keys.enter("YB-north", "police", key_file(elsewhere, "北山县公安局"), CITY, told, **by(offices["head-c"]))
    with pytest.raises(ValidationError, match="统计文件只收医疗保障部门的"):
        take(file_of(elsewhere, settings, table_said()), offices)
    assert not MonthTable.objects.exists()


def test_who_keeps_statistics_here_hands_in_here_and_not_by_file(offices, known, elsewhere, settings):
    office = organisation("YB-n", "北山县医保局", "authority", NORTH)
    account("supervisor-n", "某填表", "supervisor", office)
    with pytest.raises(ValidationError, match="在本系统里有填报人"):
        take(file_of(elsewhere, settings, table_said()), offices)
    assert not MonthTable.objects.exists()


def test_the_first_file_is_the_first_closing_or_january(offices, known, elsewhere, settings):
    def later(month):
        return table_said(month, opening=False, digest=digest(NORTH, str(month), CELLS, {}, False, []))

    with pytest.raises(ValidationError, match="请先接收它首次关账的月份"):
        take(file_of(elsewhere, settings, later(OCTOBER)), offices)
    assert not MonthTable.objects.exists()
    assert take(file_of(elsewhere, settings, later(Month(2026, 1))), offices).of == Month(2026, 1)


def test_a_file_stops_the_clock_of_its_month(offices, known, elsewhere, settings):
    take(file_of(elsewhere, settings, table_said()), offices)
    assert tending.begin(date(2026, 12, 1)) == 4  # the city, its two counties, and who files from elsewhere
    clock = Clock.objects.get(about=f"statistics.month:{NORTH}-{NOVEMBER}")
    said = table_said(
        NOVEMBER, opening=False, digest=digest(NORTH, str(NOVEMBER), CELLS, {}, False, []), due="2026-12-05",
        closed="2026-12-02T09:00:00+08:00", handed="2026-12-03T09:00:00+08:00",
    )  # fmt: skip
    sending.take_in(file_of(elsewhere, settings, said), **by(offices["supervisor-c"], at(NOVEMBER.next, 9)))
    clock.refresh_from_db()
    assert clock.ended == "done"  # it was handed in on the third, whenever somebody took it in
    assert tending.begin(date(2026, 12, 10)) == 0


def test_two_who_take_in_the_same_file_at_once_count_it_once(offices, known, elsewhere, settings, monkeypatch):
    held, save = file_of(elsewhere, settings, table_said()), MonthTable.save

    def second(table, **how):
        """Somebody else was faster, after this one had looked."""
        if not MonthTable.objects.exists():
            MonthTable.objects.bulk_create([copy(table)])
        save(table, **how)

    monkeypatch.setattr(MonthTable, "save", second)
    with pytest.raises(ValidationError, match="刚刚已经接收过，没有重复计入"):
        take(held, offices)
    assert LogEntry.objects.filter(act="statistics.refuse").count() == 1


def test_a_file_goes_to_the_page_that_it_is_for(offices, known, elsewhere, settings):
    held = file_of(elsewhere, settings, table_said())
    with pytest.raises(ValidationError, match="这是统计月报的文件"):
        opening.take_in(held, CITY, **by(offices["supervisor-c"]))
    letter = file_of(elsewhere, settings, table_said(), kind="letter")
    with pytest.raises(ValidationError, match="这是移送书的文件"):
        take(letter, offices)
    with pytest.raises(ValidationError, match="不是本单位的下级"):
        sending.take_in(held, **by(offices["supervisor-e"]))
    stranger = file_of(Home(elsewhere.path.parent / "stranger"), settings, table_said())
    with pytest.raises(ValidationError, match="公钥没有登记"):
        take(stranger, offices)


def test_a_month_goes_up_to_a_bureau_with_a_system_of_its_own(offices, elsewhere, settings):
    organisation("YB-up", "某省医疗保障局", "partner", "999900")
    told = own_key(elsewhere, "").fingerprint
    key = partner_keys.enter("YB-up", "insurance", key_file(elsewhere, "某省医疗保障局"), CITY, told, **by(offices["head-c"]))
    measured(offices, OCTOBER)
    table = closed(offices, OCTOBER, "c")
    client = browser(offices["supervisor-c"])
    assert client.post(f"/statistics/tables/{table.pk}/pack/", {"key": key.pk}).status_code == 400
    actions.hand_in(table.pk, **by(offices["head-c"], at(NOVEMBER, 4)))
    page = client.get("/statistics/monthly/?area=999900&period=2026-10").content.decode()
    assert "某省医疗保障局" in page
    answer = client.post(f"/statistics/tables/{table.pk}/pack/", {"key": key.pk})
    assert answer.status_code == 200
    ours = own_key(settings.HOME, "")
    opened = open_parcel(elsewhere, answer.content, {ours.id: ours}, "x", MONTH)
    said = msgspec.json.decode(opened.manifest.said, type=MonthSaid)
    assert (said.area, said.digest, said.reporter) == (CITY, table.digest, table.reporter)
    assert browser(offices["supervisor-e"]).post(f"/statistics/tables/{table.pk}/pack/", {"key": key.pk}).status_code == 404


def test_the_page_takes_a_file_or_says_why_not(offices, known, elsewhere, settings):
    client = browser(offices["supervisor-c"])
    wrong = client.post("/statistics/incoming/", {"file": SimpleUploadedFile("x.yjt", b"no file at all")})
    assert wrong.status_code == 400
    assert "没有接收" in wrong.content.decode()
    assert client.post("/statistics/incoming/", {}).status_code == 400
    held = SimpleUploadedFile("x.yjt", file_of(elsewhere, settings, table_said()))
    assert client.post("/statistics/incoming/", {"file": held}).status_code == 302
    page = client.get("/statistics/monthly/?area=999903&period=2026-10").content.decode()
    assert "1,234.50" in page


def test_who_has_nobody_above_hands_in_by_file_alone(offices):
    table = closed(offices, OCTOBER, "p")
    with pytest.raises(ValidationError, match=r"没有.*的上级区划"):
        actions.hand_in(table.pk, **by(offices["head-p"], at(NOVEMBER, 4)))
    assert actions.hand_in(table.pk, by_file=True, **by(offices["head-p"], at(NOVEMBER, 4))).to == ""
