"""The auditor searches the log, pages through it, opens a line, takes it away as a file, and signs it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.web.audit_log.audit_log_cast import BEGIN, tamper, write_lines
from tests.web.conftest import browser
from yijian.trust.checkpoint import read
from yijian.vocabulary.home import Home
from yijian.web.audit_log import queries, views
from yijian.web.audit_log.actions import note_export, record, sign_checkpoint
from yijian.web.audit_log.acts import Act
from yijian.web.audit_log.models import LogEntry
from yijian.web.exports.acts import Act as Exported
from yijian.web.findings.acts import Act as FindingAct

ADDRESSES = ["/log/", "/log/?who=wang", "/export/log.xlsx", "/log/0/", "/log/checkpoint/1.txt"]


@pytest.fixture
def desk(settings, tmp_path, auditor) -> Client:
    """The auditor's browser; forty lines are in the log, besides those of making the account."""
    settings.HOME = Home(tmp_path)
    write_lines(40)
    return browser(auditor)


def shown(response):
    return [line.about for line in response.context["page"].rows if line.kind == "疑点"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_may_not_read_the_log_reads_nothing_of_it(supervisor, administrator, address):
    for user in (supervisor, administrator):
        assert browser(user).get(address).status_code == 403
        assert browser(user).post("/log/checkpoint/").status_code == 403


def test_the_door_itself_refuses(db, supervisor):
    from django.core.exceptions import PermissionDenied

    common = {"who": supervisor, "when": timezone.now(), "where": None}
    for ask in (
        lambda: queries.entries(supervisor, views.Filters()),
        lambda: queries.standing(supervisor),
        lambda: sign_checkpoint(Home.of(None), **common),
        lambda: note_export(rows=1, filters="", **common),
    ):
        with pytest.raises(PermissionDenied):
            ask()


@pytest.mark.parametrize(
    ("narrowed", "numbers"),
    [
        ({"who": "sun"}, range(0, 40, 3)),
        ({"address": "10.0.0.2"}, range(2, 40, 4)),
        ({"person": "P3"}, range(3, 40, 5)),
        ({"about": "f7"}, [7]),
        ({"act": "findings.show_identity", "who": "wang", "address": "10.0.0.1"}, [1, 5, 13, 17, 25, 29, 37]),
        ({"act": "audit_log.export"}, []),
        ({"who": "su"}, []),
        ({"since": "2026-03-02", "until": "2026-03-02"}, range(15, 39)),
        ({"since": "2026-03-02", "until": "2026-03-01"}, []),
    ],
)
def test_lines_are_found_by_who_what_whose_where_and_when(desk, narrowed, numbers):
    response = desk.get("/log/", narrowed)
    assert sorted(shown(response)) == sorted(f"f{n}" for n in numbers)
    said = response.content.decode()
    assert f"<b>{len(numbers)}</b> 条" in said
    assert ("对调" in said) == (narrowed.get("until") == "2026-03-01")


def test_a_day_that_cannot_be_understood_is_said_and_narrows_nothing(desk):
    response = desk.get("/log/", {"since": "昨天", "person": "P3"})
    assert "“昨天”看不懂" in response.content.decode()
    assert len(shown(response)) == 8


def test_paging_shows_each_line_once_there_and_back(desk, monkeypatch):
    monkeypatch.setattr(queries.slice_of, "__kwdefaults__", {"older": "", "newer": "", "size": 7})
    for n in range(5):  # lines of one moment: the number decides
        record(FindingAct.LOAD, who=None, when=BEGIN + timedelta(hours=20), where=None, kind="疑点", about=f"g{n}")
    address, there = {"since": "2026-03-01", "until": "2026-03-10"}, []
    page = desk.get("/log/", address).context["page"]
    assert page.newer is None
    while True:
        there.append([line.number for line in page.rows])
        if page.older is None:
            break
        page = desk.get("/log/", {**address, "older": page.older}).context["page"]
    lines = LogEntry.objects.filter(at__lt=BEGIN + timedelta(days=9))
    assert [n for rows in there for n in rows] == list(lines.order_by("-at", "-number").values_list("number", flat=True))
    back = [[line.number for line in page.rows]]
    while page.newer is not None:
        page = desk.get("/log/", {**address, "newer": page.newer}).context["page"]
        back.append([line.number for line in page.rows])
    assert back[::-1] == there


@pytest.mark.parametrize("word", ["x", "-1", "99999999999", "٣", "12345678"])
def test_a_page_mark_that_is_none_shows_the_newest(desk, word):
    assert desk.get("/log/", {"older": word, "about": "f7"}).status_code == 200
    assert shown(desk.get("/log/", {"older": word, "about": "f7"})) == ["f7"]


def test_a_long_list_is_not_counted_to_its_end(desk, monkeypatch):
    monkeypatch.setattr(queries, "COUNTED", 10)
    assert "超过 10" in desk.get("/log/", {"who": "wang"}).content.decode()


def test_a_page_takes_few_queries(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert desk.get("/log/", {"who": "wang", "since": "2026-03-01"}).status_code == 200


def test_a_line_shows_old_and_new_its_hash_and_that_it_is_sound(desk):
    line = record(FindingAct.LOAD, who=None, when=timezone.now(), where=None, name="li", changes={"amount": ("1.00", "<b>2</b>")})
    said = desk.get(f"/log/{line.number}/").content.decode()
    for word in ("amount", "1.00", "&lt;b&gt;2", line.leaf, "内容与写入时的哈希相符", "本机命令"):
        assert word in said
    assert "<b>2</b>" not in said


def test_an_edited_line_is_marked_in_the_list_and_on_its_page(desk):
    number = LogEntry.objects.get(about="f7").number
    tamper(f"UPDATE audit_log_logentry SET purpose = '随便看看' WHERE number = {number}")
    assert desk.get("/log/").content.decode().count("内容与哈希不符") == 1
    assert "内容与写入时的哈希不符" in desk.get(f"/log/{number}/").content.decode()


def test_a_line_that_is_not_there_is_said(desk):
    for number in (4000, 99999999999999):
        response = desk.get(f"/log/{number}/")
        assert response.status_code == 404
        assert "日志里没有" in response.content.decode()
    assert desk.get("/log/checkpoint/7.txt").status_code == 404


def test_an_export_says_its_filter_and_is_logged_itself(desk, auditor):
    response = desk.get("/export/log.xlsx", {"who": "sun", "since": "2026-03-02"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    assert "账号 sun；从 2026-03-02" in rows[2][0]
    assert [row[7] for row in rows[5:]] == [f"f{n}" for n in range(39, 14, -3)]
    line = LogEntry.objects.get(act=Exported.EXPORT)
    assert (line.who, line.about, line.purpose) == (auditor.username, "9 条", "账号 sun；从 2026-03-02")


def test_too_long_an_export_is_one_sentence_and_is_not_logged(desk, monkeypatch):
    monkeypatch.setattr("yijian.web.audit_log.exports.MOST_ROWS", 10)
    response = desk.get("/export/log.xlsx")
    assert response.status_code == 400
    assert "超过 10 条" in response.content.decode()
    assert not LogEntry.objects.filter(act=Exported.EXPORT).exists()


def test_a_checkpoint_is_signed_given_and_shown_as_the_last(desk, auditor):
    assert "还没有签过检查点" in desk.get("/log/").content.decode()
    note = desk.post("/log/checkpoint/")
    size = LogEntry.objects.count()
    assert note["Content-Disposition"] == f'attachment; filename="yijian-log-{size}.txt"'
    assert read(note.content.decode(), "page")[0].size == size
    assert LogEntry.objects.get(act=Act.CHECKPOINT).who == auditor.username
    write_lines(2)
    said = desk.get("/log/").content.decode()
    assert "此后又有 <b>2</b> 条" in said
    assert desk.get(f"/log/checkpoint/{size}.txt").content == note.content
