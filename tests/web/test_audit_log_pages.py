"""The auditor searches the log, pages through it, opens a line, takes it away as a file, and signs it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.web.audit_log_cast import BEGIN, tamper, write_lines
from yijian.trust.checkpoint import read
from yijian.vocabulary.home import Home
from yijian.web.audit_log import queries, views
from yijian.web.audit_log.actions import note_export, record, sign_checkpoint
from yijian.web.audit_log.acts import Act
from yijian.web.audit_log.models import LogEntry
from yijian.web.findings.acts import Act as FindingAct

ADDRESSES = ["/log/", "/log/?who=wang", "/log/export.xlsx", "/log/0/", "/log/checkpoint/1.txt"]


@pytest.fixture
def auditor(db, settings, tmp_path, administrator) -> Client:
    """A browser of somebody who may read the log; forty lines are in it, besides those of making the account."""
    settings.HOME = Home(tmp_path)
    write_lines(40)
    client = Client()
    client.force_login(administrator)
    return client


def shown(response):
    return [line.about for line in response.context["page"].rows if line.kind == "疑点"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_may_not_read_the_log_reads_nothing_of_it(db, supervisor, address):
    client = Client()
    client.force_login(supervisor)
    assert client.get(address).status_code == 403
    assert client.post("/log/checkpoint/").status_code == 403


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
        ({"who": "qian"}, range(0, 40, 3)),
        ({"address": "10.0.0.2"}, range(2, 40, 4)),
        ({"person": "P3"}, range(3, 40, 5)),
        ({"about": "f7"}, [7]),
        ({"act": "findings.show_identity", "who": "wang", "address": "10.0.0.1"}, [1, 5, 13, 17, 25, 29, 37]),
        ({"act": "audit_log.export"}, []),
        ({"who": "qia"}, []),
        ({"since": "2026-03-02", "until": "2026-03-02"}, range(15, 39)),
        ({"since": "2026-03-02", "until": "2026-03-01"}, []),
    ],
)
def test_lines_are_found_by_who_what_whose_where_and_when(auditor, narrowed, numbers):
    response = auditor.get("/log/", narrowed)
    assert sorted(shown(response)) == sorted(f"f{n}" for n in numbers)
    said = response.content.decode()
    assert f"<b>{len(numbers)}</b> 条" in said
    assert ("对调" in said) == (narrowed.get("until") == "2026-03-01")


def test_a_day_that_cannot_be_understood_is_said_and_narrows_nothing(auditor):
    response = auditor.get("/log/", {"since": "昨天", "person": "P3"})
    assert "“昨天”看不懂" in response.content.decode()
    assert len(shown(response)) == 8


def test_paging_shows_each_line_once_there_and_back(auditor, monkeypatch):
    monkeypatch.setattr(queries.slice_of, "__kwdefaults__", {"older": "", "newer": "", "size": 7})
    for n in range(5):  # lines of one moment: the number decides
        record(FindingAct.LOAD, who=None, when=BEGIN + timedelta(hours=20), where=None, kind="疑点", about=f"g{n}")
    address, there = {"since": "2026-03-01", "until": "2026-03-10"}, []
    page = auditor.get("/log/", address).context["page"]
    assert page.newer is None
    while True:
        there.append([line.number for line in page.rows])
        if page.older is None:
            break
        page = auditor.get("/log/", {**address, "older": page.older}).context["page"]
    lines = LogEntry.objects.filter(at__lt=BEGIN + timedelta(days=9))
    assert [n for rows in there for n in rows] == list(lines.order_by("-at", "-number").values_list("number", flat=True))
    back = [[line.number for line in page.rows]]
    while page.newer is not None:
        page = auditor.get("/log/", {**address, "newer": page.newer}).context["page"]
        back.append([line.number for line in page.rows])
    assert back[::-1] == there


@pytest.mark.parametrize("word", ["x", "-1", "99999999999", "٣", "12345678"])
def test_a_page_mark_that_is_none_shows_the_newest(auditor, word):
    assert auditor.get("/log/", {"older": word, "about": "f7"}).status_code == 200
    assert shown(auditor.get("/log/", {"older": word, "about": "f7"})) == ["f7"]


def test_a_long_list_is_not_counted_to_its_end(auditor, monkeypatch):
    monkeypatch.setattr(queries, "COUNTED", 10)
    assert "超过 10" in auditor.get("/log/", {"who": "wang"}).content.decode()


def test_a_page_takes_few_queries(auditor, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        assert auditor.get("/log/", {"who": "wang", "since": "2026-03-01"}).status_code == 200


def test_a_line_shows_old_and_new_its_hash_and_that_it_is_sound(auditor):
    line = record(FindingAct.LOAD, who=None, when=timezone.now(), where=None, name="li", changes={"amount": ("1.00", "<b>2</b>")})
    said = auditor.get(f"/log/{line.number}/").content.decode()
    for word in ("amount", "1.00", "&lt;b&gt;2", line.leaf, "内容与写入时的哈希相符", "本机命令"):
        assert word in said
    assert "<b>2</b>" not in said


def test_an_edited_line_is_marked_in_the_list_and_on_its_page(auditor):
    number = LogEntry.objects.get(about="f7").number
    tamper(f"UPDATE audit_log_logentry SET purpose = '随便看看' WHERE number = {number}")
    assert auditor.get("/log/").content.decode().count("内容与哈希不符") == 1
    assert "内容与写入时的哈希不符" in auditor.get(f"/log/{number}/").content.decode()


def test_a_line_that_is_not_there_is_said(auditor):
    for number in (4000, 99999999999999):
        response = auditor.get(f"/log/{number}/")
        assert response.status_code == 404
        assert "日志里没有" in response.content.decode()
    assert auditor.get("/log/checkpoint/7.txt").status_code == 404


def test_an_export_says_its_filter_and_is_logged_itself(auditor, administrator):
    response = auditor.get("/log/export.xlsx", {"who": "qian", "since": "2026-03-02"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()
    assert "账号 qian；从 2026-03-02" in rows[2][0]
    assert [row[7] for row in rows[5:]] == [f"f{n}" for n in range(39, 14, -3)]
    line = LogEntry.objects.get(act=Act.EXPORT)
    assert (line.who, line.about, line.purpose) == (administrator.username, "9 条", "账号 qian；从 2026-03-02")


def test_too_long_an_export_is_one_sentence_and_is_not_logged(auditor, monkeypatch):
    for module in ("yijian.web.audit_log.views", "yijian.web.audit_log.export"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 10)
    response = auditor.get("/log/export.xlsx")
    assert response.status_code == 400
    assert "超过 10 条" in response.content.decode()
    assert not LogEntry.objects.filter(act=Act.EXPORT).exists()


def test_a_checkpoint_is_signed_given_and_shown_as_the_last(auditor, administrator):
    assert "还没有签过检查点" in auditor.get("/log/").content.decode()
    note = auditor.post("/log/checkpoint/")
    size = LogEntry.objects.count()
    assert note["Content-Disposition"] == f'attachment; filename="yijian-log-{size}.txt"'
    assert read(note.content.decode(), "page")[0].size == size
    assert LogEntry.objects.get(act=Act.CHECKPOINT).who == administrator.username
    write_lines(2)
    said = auditor.get("/log/").content.decode()
    assert "此后又有 <b>2</b> 条" in said
    assert auditor.get(f"/log/checkpoint/{size}.txt").content == note.content
